"""Directory events applied: what DingTalk says now of a member is asked for and written down, in the order it came.

An event only says that something changed; the truth is fetched, so that a late or repeated event does no harm.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from ruamel.yaml import YAML

from bot.dingtalk.client import Client
from bot.dingtalk.directory import Staff
from bot.dingtalk.faults import ChannelFault, Rejected
from bot.incoming import events
from bot.messages import DirectoryEvent
from township import directory, members
from township.clock import Clock
from township.db import Database, Tx
from township.directory import Role
from township.members import Member
from workflows import departures

log = logging.getLogger(__name__)

CHANGED = frozenset(
    {"user_add_org", "user_active_org", "user_modify_org", "user_dept_change", "user_role_change", "label_user_change"}
)
LEFT, TITLED, DISBANDED = "user_leave_org", "chat_update_title", "chat_disband"
STAFF_IDS = ("userId", "UserId", "userid")
"""The names under which events tell whom they are about."""
PATIENCE = timedelta(days=1)
"""How long an event is tried again while the platform cannot be asked."""


@dataclass(frozen=True, slots=True)
class _Organisation:
    """Names of departments and roles by number."""

    departments: Mapping[int, str]
    roles: Mapping[int, str]


class Members:
    """Keeps the directory of one process's accounts true."""

    def __init__(self, db: Database, clock: Clock, clients: Mapping[str, Client]) -> None:
        self._db = db
        self._clock = clock
        self._clients = clients

    async def apply(self) -> int:
        """Apply what waits; returns how many events were closed. What cannot be asked now stays for the next time."""
        waiting = await self._db.read(events.waiting)
        for done, event in enumerate(waiting):
            try:
                await self._apply(event)
            except ChannelFault as fault:
                log.warning("the directory was not asked", extra={"action": "event_waits", "code": fault.code})
                if event.at is None or self._clock.now() - event.at < PATIENCE:
                    return done
                await self._close(event, "failed")
            except Exception:
                log.exception("an event was not applied", extra={"action": "event_failed", "event": event.event_id})
                await self._close(event, "failed")
        return len(waiting)

    async def _apply(self, event: DirectoryEvent) -> None:
        now, changes = self._clock.now(), []
        for staff_id in _listed(event.data, *STAFF_IDS):
            if event.kind == LEFT and not await self._is_back(event.account_id, staff_id):
                changes.append(partial(_let_go, event=event, staff_id=staff_id, at=now))
            elif event.kind in CHANGED and (staff := await self._staff(event.account_id, staff_id)):
                organisation = await self._organisation(event.account_id)
                changes.append(partial(_write, event=event, staff=staff, organisation=organisation, at=now))

        def call(tx: Tx) -> None:
            for change in changes:
                change(tx)
            _groups(tx, event)
            events.close(tx, event.event_id)

        await self._db.write(call)

    async def _close(self, event: DirectoryEvent, state: str) -> None:
        await self._db.write(lambda tx: events.close(tx, event.event_id, state))

    async def _staff(self, account_id: str, staff_id: str) -> Staff | None:
        """Ask for a member; who has left meanwhile is nobody, and the event of leaving follows."""
        try:
            return await self._clients[account_id].get_user(staff_id)
        except Rejected:
            return None

    async def _is_back(self, account_id: str, staff_id: str) -> bool:
        """Say whether somebody who left is a member again: events may overtake each other. In doubt: gone."""
        try:
            return await self._staff(account_id, staff_id) is not None
        except ChannelFault:
            return False

    async def _organisation(self, account_id: str) -> _Organisation:
        client = self._clients[account_id]
        departments = {one.id: one.name for one in await client.list_departments()}
        return _Organisation(departments, {role.id: role.name async for role in client.list_roles()})


def _let_go(tx: Tx, *, event: DirectoryEvent, staff_id: str, at: datetime) -> None:
    """End what somebody answered for, and give what waits for that person to whoever is next."""
    person = members.left(tx, event.account_id, staff_id, why=event.kind, at=at)
    if person is None:
        return
    for case_id in departures.hand_over(tx, person.town_id, person.id, why=event.event_id, now=at):
        log.error("nobody takes over a case", extra={"action": "case_without_holder", "case": case_id})


def _write(tx: Tx, *, event: DirectoryEvent, staff: Staff, organisation: _Organisation, at: datetime) -> None:
    departments = {organisation.departments.get(number, "") for number in staff.department_ids}
    served = members.towns_of(tx, event.account_id)
    villages = [village for town_id in served for village in directory.villages_of(tx, town_id)]
    home = next((village for village in villages if village.name in departments), None)
    known = directory.by_staff_id(tx, event.account_id, staff.staff_id)
    town_id = home.town_id if home else known.town_id if known else served[0]
    roles = frozenset(role for number in staff.role_ids if (role := _role(organisation.roles.get(number, ""))))
    member = Member(staff.staff_id, staff.name, staff.mobile, home.id if home else None, roles)
    members.joined(tx, town_id, event.account_id, member, why=event.kind, at=at)


def _groups(tx: Tx, event: DirectoryEvent) -> None:
    for open_id in _listed(event.data, "openConversationId", "OpenConversationId"):
        if event.kind == TITLED:
            title = next(iter(_listed(event.data, "title", "Title")), "")
            members.group_titled(tx, event.account_id, open_id, title)
        elif event.kind == DISBANDED:
            members.group_disbanded(tx, event.account_id, open_id)


@cache
def _roles_by_name() -> Mapping[str, Role]:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).parents[1] / "roles.yaml")
    named = {name: Role(role) for role, names in loaded.items() for name in names}
    return {**named, **{role.value: role for role in Role}}


def _role(name: str) -> Role | None:
    return _roles_by_name().get(name)


def _listed(data: Mapping[str, object], *names: str) -> Sequence[str]:
    """Read a field that is one text or a list of them, under any of its spellings."""
    value = next((data[name] for name in names if data.get(name)), ())
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
