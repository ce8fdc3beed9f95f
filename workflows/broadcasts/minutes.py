"""The minute comes: what is approved leaves, once, to each village group; what nobody approved in time is over.

Swept like timers by any process: the case is locked first, as in `cases.act`, and what another process holds is passed
over. A machine that was down sends what is at most half an hour late, outside quiet hours; later it tells the editor.
"""

import logging
from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa

from township import outbox
from township.db import Tx
from township.effects import Announce, Say, ToGroup, ToPerson
from township.errors import Refused
from township.ids import new_id
from workflows import cases as door
from workflows import records
from workflows.broadcasts import outcomes, register
from workflows.broadcasts.drafts import say_minute, texts
from workflows.broadcasts.models import broadcast_sendings, broadcasts
from workflows.broadcasts.policy import Level, policy, quiet, too_late
from workflows.broadcasts.register import Broadcast
from workflows.clocks import calendars, recurrence
from workflows.clocks.promises import STAGE_CLOCK
from workflows.models import cases
from workflows.state import Via

log = logging.getLogger(__name__)

MAY_LEAVE = frozenset({"scheduled", "missed", "second"})
"""Stages of the case in which its minutes count."""


def sweep(tx: Tx, now: datetime, limit: int = 20) -> int:
    """Let leave what is due, and end what nobody approved; a small slice at a time; returns how many."""
    planned = _taken(tx, sa.and_(broadcasts.c.state == "set", broadcasts.c.next_at <= now), limit)
    for found in planned:
        _occur(tx, found, now)
    unasked = _taken(tx, sa.and_(broadcasts.c.state == "waiting", broadcasts.c.lapses_at <= now), limit)
    for found in unasked:
        _lapse(tx, found, now)
    return len(planned) + len(unasked)


def _taken(tx: Tx, where: sa.ColumnElement[bool], limit: int) -> list[Broadcast]:
    chosen = (
        sa.select(broadcasts)
        .join(cases, cases.c.id == broadcasts.c.case_id)
        .where(where)
        .order_by(broadcasts.c.next_at, broadcasts.c.id)
        .limit(limit)
        .with_for_update(of=cases, skip_locked=True)
    )
    return [register.broadcast_of(row) for row in tx.execute(chosen).mappings()]


def _occur(tx: Tx, found: Broadcast, now: datetime) -> None:
    """One occurrence: it leaves, or is too late."""
    minute = found.next_at
    case = tx.execute(sa.select(cases.c.stage, cases.c.result).where(cases.c.id == found.case_id)).one()
    if minute is None or case.result or case.stage not in MAY_LEAVE or not found.approvals or not found.is_intact:
        if not case.result:
            log.error("a broadcast was held back", extra={"action": "broadcast_held", "broadcast": found.id})
        register.change(tx, found.id, state="over", next_at=None)
        return
    following = _following(tx, found, minute, now)
    state = "set" if following else "sent"
    register.change(tx, found.id, state=state, next_at=following)
    if _is_over(found.order.level, minute, now):
        _missed(tx, found, minute, now)
    else:
        send(tx, found, minute, dict.fromkeys(found.order.zones, 1), now)


def _is_over(level: Level, minute: datetime, now: datetime) -> bool:
    """Say whether a minute is too long gone, or quiet hours have begun since."""
    return too_late(minute, now) or (quiet(level, minute) is None and quiet(level, now) is not None)


def _following(tx: Tx, found: Broadcast, minute: datetime, now: datetime) -> datetime | None:
    """The next occurrence that can still be heard; those that passed while the machine was down are passed over."""
    if not found.order.rule:
        return None
    calendar = calendars.calendar_of(tx, found.town_id)

    def is_off(day: date) -> bool:
        return found.order.skips_days_off and not calendar.day(day).spans

    return recurrence.following(found.order.rule, max(minute, now - policy().late), is_off=is_off)


def send(tx: Tx, found: Broadcast, minute: datetime, attempts: Mapping[str, int], now: datetime) -> None:
    """Put one announcement for each village into the outbox, under the key of its sending: at most once."""
    groups = register.groups_of(tx, found.town_id, tuple(attempts))
    effects = []
    for village, attempt in attempts.items():
        group_id, sending_id = groups.get(village), new_id()
        row = {
            "id": sending_id, "town_id": found.town_id, "broadcast_id": found.id, "occurs_at": minute,
            "village_id": village, "attempt": attempt, "group_id": group_id, "due_at": now if attempt > 1 else minute,
            "state": "waiting" if group_id else "no_group",
        }  # fmt: skip
        tx.execute(sa.insert(broadcast_sendings).values(**row))
        if group_id:
            is_urgent = found.order.level is Level.URGENT
            announce = Announce(
                ToGroup(group_id), found.id, sending_id, "", found.order.heard, found.case_id, is_urgent
            )
            effects.append((f"broadcast:{sending_id}", announce))
    outbox.put(tx, found.town_id, effects, now=now, not_before=minute)
    if not effects:
        outcomes.settle(tx, found, minute, now)


def _missed(tx: Tx, found: Broadcast, minute: datetime, now: datetime) -> None:
    """The machine was down at the minute: its editor is told; one that comes again goes on."""
    key = f"broadcast:{found.id}:{minute.timestamp():.0f}:missed"
    if found.order.rule:
        said = texts().say("missed_again", minute=say_minute(minute), text=found.order.heard)
        effects = [(key, Say(ToPerson(found.editor_id), said, case_id=found.case_id))]
        outbox.put(tx, found.town_id, effects, now=now)
        return
    door.act(tx, door.Act(found.town_id, found.case_id, "lapse", key, None, {}, via=Via.DELIVERY), now=now)


def _lapse(tx: Tx, found: Broadcast, now: datetime) -> None:
    """Nobody approved in time: the clock of its stage closes the case, now instead of later."""
    register.change(tx, found.id, state="over", next_at=None)
    case = records.load(tx, found.town_id, found.case_id)
    if not case.state.is_open:
        return
    clock = case.state.clocks.get(STAGE_CLOCK + case.state.stage)
    if clock is None or not clock.late:
        raise Refused("not_now", action="lapse")
    what = {"clock": clock.name, "step": clock.fired}
    key = f"broadcast:{found.id}:unapproved"
    door.act(tx, door.Act(found.town_id, found.case_id, "late", key, None, what, via=Via.CLOCK), now=now)
