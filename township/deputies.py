"""Who stands in for whom, from when until when: the deputy holds the offices of who is away, and gives them back.

Whoever holds an office at a moment is told by `directory.py`. What concerns children or complaints about cadres goes
only to somebody who is named for it already.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township import audit, directory
from township.audit import AuditEntry
from township.db import Tx
from township.directory import RESTRICTED, Person, Role
from township.ids import new_id
from township.models import grants, people


class Standin(Struct, frozen=True):
    """What was arranged: the offices that the deputy holds meanwhile, and those that nobody may take over."""

    taken: tuple[Role, ...]
    left: tuple[Role, ...]


def cadres(tx: Tx, town_id: str) -> list[Person]:
    """List the cadres of a town."""
    chosen = sa.select(people.c.id).where(people.c.town_id == town_id, people.c.is_cadre).order_by(people.c.id)
    found = directory.persons(tx, tx.execute(chosen).scalars())
    return [found[person_id] for person_id in sorted(found)]


def appoint(
    tx: Tx, absent: Person, deputy: Person, *, since: datetime, until: datetime, by: str, at: datetime
) -> Standin:
    """Let `deputy` hold the offices of `absent` for a time; an arrangement made before is replaced."""
    back_again(tx, absent, by=by, at=at)
    named_for = {grant.role for grant in directory.roles_of(tx, deputy.id, at)}
    held = directory.roles_of(tx, absent.id, at)
    left = {grant.role for grant in held if grant.role in RESTRICTED.values() and grant.role not in named_for}
    for grant in held:
        if grant.role not in left:
            row = {"town_id": absent.town_id, "role": grant.role.value, "village_id": grant.village_id}
            times = {"stands_in_for": absent.id, "starts_at": since, "ends_at": until}
            tx.execute(sa.insert(grants).values(id=new_id(), person_id=deputy.id, **row, **times))
    audit.record(tx, absent.town_id, AuditEntry(by, absent.id, "changed", "deputy", deputy.id, at))
    return Standin(_once([grant.role for grant in held if grant.role not in left]), _once(sorted(left)))


def arranged(tx: Tx, town_id: str, since: datetime, until: datetime) -> list[datetime]:
    """List when deputies begin to stand in, from one moment to another; each moment once, in order."""
    within = (grants.c.starts_at > since, grants.c.starts_at <= until)
    chosen = sa.select(grants.c.starts_at).where(
        grants.c.town_id == town_id, grants.c.stands_in_for.is_not(None), *within
    )
    return sorted(set(tx.execute(chosen).scalars()))


def back_again(tx: Tx, absent: Person, *, by: str, at: datetime) -> list[Person]:
    """End what was arranged for somebody who is back; returns who stood in."""
    mine = (grants.c.stands_in_for == absent.id, sa.or_(grants.c.ends_at.is_(None), grants.c.ends_at > at))
    stood_in = list(tx.execute(sa.select(grants.c.person_id).where(*mine).distinct()).scalars())
    if not stood_in:
        return []
    tx.execute(sa.update(grants).where(*mine).values(ends_at=at))
    audit.record(tx, absent.town_id, AuditEntry(by, absent.id, "changed", "deputy", "back", at))
    found = directory.persons(tx, stood_in)
    return [found[person_id] for person_id in sorted(found)]


def _once(roles: Sequence[Role]) -> tuple[Role, ...]:
    return tuple(dict.fromkeys(roles))
