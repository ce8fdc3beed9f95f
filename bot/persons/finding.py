"""Who is meant by a name on the command line: of several with one name nobody is guessed, they are listed."""

import sqlalchemy as sa

from bot.wording import texts
from township import directory
from township.db import Tx
from township.directory import Person
from township.errors import Mistake
from township.models import people, reaches, villages
from township.privacy import mask

MOST = 20


def find(tx: Tx, said: str, village: str = "") -> Person:
    """Find a person by name, telephone number or our own id; several or none are a Mistake."""
    phone = sa.select(reaches.c.person_id).where(reaches.c.kind == "phone", reaches.c.value == said)
    chosen = sa.select(people.c.id).where(sa.or_(people.c.id == said, people.c.name == said, people.c.id.in_(phone)))
    if village:
        named = sa.select(villages.c.id).where(villages.c.name == village)
        chosen = chosen.where(people.c.village_id.in_(named))
    ids = list(tx.scalars(chosen.order_by(people.c.id).limit(MOST)))
    if not ids:
        raise Mistake("person_nobody", said=said)
    found = directory.persons(tx, ids)
    if len(ids) > 1:
        raise Mistake("person_several", said=said, listed="\n".join(described(tx, found[one]) for one in ids))
    return found[ids[0]]


def described(tx: Tx, who: Person) -> str:
    """Say who somebody is, so that one of several with the same name can be told from the others."""
    village = next((one.name for one in directory.villages_of(tx, who.town_id) if one.id == who.village_id), "")
    phones = [mask(way.value) for way in directory.reaches_of(tx, who.id) if way.kind == "phone"]
    told = (who.name, village, directory.door_of(tx, who), *phones)
    return texts().say("person_line", id=who.id, told=" ".join(one for one in told if one))
