"""Who rang somewhere else about something here: a person of the town by name and number, known or new.

A new one is a row with a telephone number and nothing more; a clerk says later who it is.
"""

import sqlalchemy as sa

from township.db import Tx
from township.ids import new_id
from township.models import people, reaches


def known_or_new(tx: Tx, town_id: str, name: str, phone: str, village_id: str | None) -> str:
    """Find the person of this name with this number; without a number, the only one of that name in the village."""
    found = _with_phone(tx, town_id, name, phone) if phone else _only(tx, town_id, name, village_id)
    return found or _new(tx, town_id, name, phone, village_id)


def _with_phone(tx: Tx, town_id: str, name: str, phone: str) -> str | None:
    mine = (people.c.town_id == town_id, people.c.name == name, reaches.c.kind == "phone", reaches.c.value == phone)
    chosen = sa.select(people.c.id).join(reaches, reaches.c.person_id == people.c.id).where(*mine)
    found = tx.execute(chosen.order_by(people.c.id).limit(1)).scalar()
    return str(found) if found else None


def _only(tx: Tx, town_id: str, name: str, village_id: str | None) -> str | None:
    if village_id is None:
        return None
    mine = (people.c.town_id == town_id, people.c.name == name, people.c.village_id == village_id)
    found = tx.execute(sa.select(people.c.id).where(*mine)).scalars().all()
    return str(found[0]) if len(found) == 1 else None


def _new(tx: Tx, town_id: str, name: str, phone: str, village_id: str | None) -> str:
    person_id = new_id()
    row = {"id": person_id, "town_id": town_id, "village_id": village_id, "name": name}
    tx.execute(sa.insert(people).values(**row, is_cadre=False, flags={}))
    if phone:
        way = {"id": new_id(), "town_id": town_id, "person_id": person_id, "kind": "phone", "value": phone}
        tx.execute(sa.insert(reaches).values(**way))
    return person_id
