"""Who is to be told again, as a keeper reads it: name, village, telephone, and by which way each is reached."""

from dataclasses import dataclass
from datetime import date

from bot.wording import texts
from knowledge.validity.recall import Hearer, Recall
from township import directory
from township.db import Tx


@dataclass(frozen=True, slots=True)
class Addressee:
    """One line of the list."""

    name: str
    """Of a person, or the title of a group."""
    village: str
    phone: str
    is_group: bool
    is_written_to: bool
    told_on: date

    def in_words(self) -> str:
        """Say the line."""
        day = self.told_on.isoformat()
        if self.is_group:
            return texts().say("recall_group", title=self.name, day=day)
        way = texts().say("recall_way_message" if self.is_written_to else "recall_way_phone")
        return texts().say("recall_person", way=way, name=self.name, village=self.village, phone=self.phone, day=day)


def addressees(tx: Tx, one: Recall) -> list[Addressee]:
    """List whom a recall concerns: groups first, then people by village."""
    people = directory.persons(tx, [hearer.person_id for hearer in one.hearers if hearer.person_id])
    villages: dict[str | None, str] = {}
    for town_id in {person.town_id for person in people.values()}:
        villages |= {village.id: village.name for village in directory.villages_of(tx, town_id)}
    found = []
    for hearer in one.hearers:
        if hearer.group_id:
            group = directory.group(tx, hearer.group_id)
            found.append(Addressee(group.title if group else "", "", "", True, True, hearer.told_on))
        elif known := people.get(hearer.person_id):
            phone = next((way.value for way in directory.reaches_of(tx, known.id) if way.kind == "phone"), "")
            village = villages.get(known.village_id, "")
            found.append(Addressee(known.name, village, phone, False, is_written_to(tx, hearer), hearer.told_on))
    return sorted(found, key=lambda each: (not each.is_group, each.is_written_to, each.village, each.name))


def is_written_to(tx: Tx, hearer: Hearer) -> bool:
    """Tell whether somebody has an account that can be written to; all others are rung up."""
    return any(way.kind == "staff" for way in directory.reaches_of(tx, hearer.person_id))
