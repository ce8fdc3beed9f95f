"""Who called for help, from where, and who is on duty there: what every alarm begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.conversations import Conversation
from bot.dialogue.hearing import signs
from bot.dialogue.meaning import details
from bot.wording import texts
from township import directory
from township.db import Tx
from township.directory import DutyPerson, Person


@dataclass(frozen=True, slots=True)
class Scene:
    """Who called, from where, and who is on duty."""

    person: Person | None
    concerned: Person | None
    """Whom it happens to, where that is known; who speaks, unless it was said for somebody else."""
    village_id: str | None
    place: str
    phone: str
    duty: Sequence[DutyPerson]

    @property
    def said(self) -> dict[str, str]:
        """Give place and telephone as fields of a case, as far as they are known."""
        known = {"place": self.place, "phone": self.phone}
        return {name: value for name, value in known.items() if value}


def look(tx: Tx, conversation: Conversation, words: str, now: datetime) -> Scene:
    """Find out who speaks in this talk, for whom, and who is on duty for the village."""
    person = directory.person(tx, conversation.person_id) if conversation.person_id else None
    group = directory.group(tx, conversation.group_id) if conversation.group_id else None
    own = person.village_id if person else (group.village_id if group else None)
    concerned = person if (on_behalf := details.behalf(signs.plain(words))) is None else _meant(tx, person, on_behalf)
    village_id = concerned.village_id if concerned else own
    duty = directory.on_duty(tx, conversation.town_id, now, village_id)
    ways = directory.reaches_of(tx, person.id) if person else []
    phone = next((way.value for way in ways if way.kind == "phone"), "")
    return Scene(person, concerned, village_id, _place(tx, conversation, concerned, village_id), phone, duty)


def _meant(tx: Tx, speaker: Person | None, said: details.Behalf) -> Person | None:
    """Find who is spoken for, in the speaker's village: whoever goes there must not go to the speaker's own door."""
    if speaker is None or speaker.village_id is None:
        return None
    found = directory.named(tx, speaker.town_id, details.own_name(said.affected), speaker.village_id)
    return found[0] if len(found) == 1 else None


def _place(tx: Tx, conversation: Conversation, person: Person | None, village_id: str | None) -> str:
    """Say where, as one says it on the phone: the village, the group of the village, the family."""
    villages = {village.id: village.name for village in directory.villages_of(tx, conversation.town_id)}
    parts = [villages.get(village_id or "", "")]
    if person is not None:
        parts += [directory.door_of(tx, person), texts().say("family", name=person.name[:1]) if person.name else ""]
    return "".join(part for part in parts if part)
