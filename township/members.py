"""What DingTalk says of its members and groups, written down: who joined, changed or left, event by event.

The sheet of a whole town is `register.py`'s matter. Each change leaves an audit entry; the same change twice is one.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township import audit, directory
from township.audit import AuditEntry
from township.db import Tx, insert_ignore
from township.directory import Person, Role
from township.ids import new_id
from township.models import account_towns, duty, grants, groups, people, reaches


class Member(Struct, frozen=True):
    """Somebody of the organisation, in our words."""

    staff_id: str
    name: str
    mobile: str = ""
    village_id: str | None = None
    """None: of no village, or of one that is not known here."""
    roles: frozenset[Role] = frozenset()


def towns_of(tx: Tx, account_id: str) -> list[str]:
    """List the towns that an account serves."""
    served = sa.select(account_towns.c.town_id).where(account_towns.c.account_id == account_id)
    return list(tx.execute(served.order_by(account_towns.c.town_id)).scalars())


def joined(tx: Tx, town_id: str, account_id: str, member: Member, *, why: str, at: datetime) -> str:
    """Write a member down, new or changed; a resident known by name and phone gets the account. Returns the person."""
    known = directory.by_staff_id(tx, account_id, member.staff_id) or _resident(tx, town_id, member)
    person_id = known.id if known else new_id()
    village_id = member.village_id or (known.village_id if known else None)
    is_changed = _person(tx, town_id, known, person_id, village_id, member)
    is_changed |= _reach(tx, town_id, person_id, "staff", member.staff_id, account_id)
    if member.mobile:
        is_changed |= _reach(tx, town_id, person_id, "phone", member.mobile, None)
    is_changed |= _roles(tx, town_id, person_id, {(role.value, member.village_id) for role in member.roles}, at)
    if is_changed:
        audit.record(tx, town_id, AuditEntry(None, person_id, "changed", "member", why, at))
    return person_id


def left(tx: Tx, account_id: str, staff_id: str, *, why: str, at: datetime) -> Person | None:
    """End what an account could reach and what its holder answered for, duty included; the person and the cases stay.

    Returns who left, None if nobody we know.
    """
    main = directory.by_staff_id(tx, account_id, staff_id)
    if main is None:
        return None
    way = (reaches.c.kind == "staff", reaches.c.account_id == account_id, reaches.c.value == staff_id)
    tx.execute(sa.delete(reaches).where(*way))
    _roles(tx, main.town_id, main.id, set(), at)
    tx.execute(sa.update(people).where(people.c.id == main.id).values(is_cadre=False))
    tx.execute(sa.update(duty).where(duty.c.person_id == main.id, duty.c.ends_at.is_(None)).values(ends_at=at))
    audit.record(tx, main.town_id, AuditEntry(None, main.id, "changed", "member", why, at))
    return main


def remember(tx: Tx, person_id: str, flag: str) -> None:
    """Keep how somebody wants to be served (`read_to_me`); the same twice is one."""
    flags = dict(tx.execute(sa.select(people.c.flags).where(people.c.id == person_id)).scalar() or {})
    tx.execute(sa.update(people).where(people.c.id == person_id).values(flags={**flags, flag: True}))


def group_titled(tx: Tx, account_id: str, open_id: str, title: str) -> None:
    """Take over the new name of a group."""
    tx.execute(
        sa.update(groups).where(groups.c.account_id == account_id, groups.c.open_id == open_id).values(title=title)
    )


def group_disbanded(tx: Tx, account_id: str, open_id: str) -> None:
    """Forget a group that is no more."""
    tx.execute(sa.delete(groups).where(groups.c.account_id == account_id, groups.c.open_id == open_id))


def _resident(tx: Tx, town_id: str, member: Member) -> Person | None:
    """Find the one resident of this name and phone who has no account yet."""
    if not member.mobile:
        return None
    has_account = sa.exists().where(reaches.c.person_id == people.c.id, reaches.c.kind == "staff")
    phone = sa.exists().where(
        reaches.c.person_id == people.c.id, reaches.c.kind == "phone", reaches.c.value == member.mobile
    )
    same = sa.select(people.c.id).where(
        people.c.town_id == town_id, people.c.name == member.name, phone, sa.not_(has_account)
    )
    found = list(tx.execute(same).scalars())
    return directory.person(tx, found[0]) if len(found) == 1 else None


def _person(tx: Tx, town_id: str, known: Person | None, person_id: str, village_id: str | None, member: Member) -> bool:
    values = {"name": member.name, "village_id": village_id, "is_cadre": bool(member.roles)}
    if known is None:
        tx.execute(sa.insert(people).values(id=person_id, town_id=town_id, **values))
        return True
    if values == {"name": known.name, "village_id": known.village_id, "is_cadre": known.is_cadre}:
        return False
    tx.execute(sa.update(people).where(people.c.id == person_id).values(**values))
    return True


def _reach(tx: Tx, town_id: str, person_id: str, kind: str, value: str, account_id: str | None) -> bool:
    if any(way.kind == kind and way.value == value for way in directory.reaches_of(tx, person_id)):
        return False
    row = {"id": new_id(), "town_id": town_id, "person_id": person_id, "kind": kind, "value": value}
    return insert_ignore(tx, reaches, {**row, "account_id": account_id}, ["id"])


def _roles(tx: Tx, town_id: str, person_id: str, wanted: Iterable[tuple[str, str | None]], at: datetime) -> bool:
    """End the roles that are no longer held and begin the new ones; standing in for others is not touched."""
    mine = (grants.c.person_id == person_id, grants.c.stands_in_for.is_(None), grants.c.ends_at.is_(None))
    rows = tx.execute(sa.select(grants.c.id, grants.c.role, grants.c.village_id).where(*mine)).all()
    held = {(row.role, row.village_id) for row in rows}
    ended = [row.id for row in rows if (row.role, row.village_id) not in set(wanted)]
    if ended:
        tx.execute(sa.update(grants).where(grants.c.id.in_(ended)).values(ends_at=at))
    begun = set(wanted) - held
    for role, village_id in sorted(begun, key=str):
        row = {"id": new_id(), "town_id": town_id, "person_id": person_id, "role": role, "village_id": village_id}
        tx.execute(sa.insert(grants).values(**row, starts_at=at))
    return bool(ended or begun)
