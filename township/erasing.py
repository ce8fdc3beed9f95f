"""Taking a person out of the directory at his or her own wish: the row stays for what points to it, and is empty.

What others keep of the person (cases, messages, posts) is theirs to erase, in the same transaction.
"""

from datetime import datetime

import sqlalchemy as sa

from township.db import Tx
from township.directory import Person
from township.models import duty, helpers, households, people, reaches


def erase(tx: Tx, who: Person, now: datetime) -> None:
    """Empty the name and every way to reach somebody; consents and past offices stay, as ids."""
    emptied: dict[str, object] = {"name": "", "household_id": None, "born_on": None, "flags": {}, "erased_at": now}
    tx.execute(sa.update(people).where(people.c.id == who.id).values(**emptied))
    led_to = sa.and_(reaches.c.kind == "helper", reaches.c.value == who.id)
    tx.execute(sa.delete(reaches).where(sa.or_(reaches.c.person_id == who.id, led_to)))
    tx.execute(sa.delete(helpers).where(sa.or_(helpers.c.principal_id == who.id, helpers.c.helper_id == who.id)))
    tx.execute(sa.update(duty).where(duty.c.person_id == who.id).values(phone=""))
    others = sa.exists().where(people.c.household_id == households.c.id)
    tx.execute(sa.update(households).where(households.c.id == who.household_id, ~others).values(door=""))
