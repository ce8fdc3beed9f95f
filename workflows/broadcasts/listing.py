"""Looking at broadcasts: what somebody ordered, what was sent to how many groups, and one of them as a draft again."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.scope import Scope
from workflows.broadcasts import register
from workflows.broadcasts.drafts import Draft, level_in_words, texts, zones_in_words
from workflows.broadcasts.models import broadcast_sendings, broadcasts
from workflows.broadcasts.moments import AFTERNOON, MORNING, NIGHT, NOON, Spoken
from workflows.broadcasts.register import Broadcast, Sending
from workflows.models import cases
from workflows.visibility import may_see, sight


class Sent(Struct, frozen=True):
    """The last occurrence of a broadcast, group by group."""

    number: str
    sendings: tuple[Sending, ...]


class Line(Struct, frozen=True):
    """One broadcast in a list."""

    case_id: str
    number: str
    heard: str
    when: str
    where: str
    level: str
    editor: str
    state: str
    """waiting, set, sending, sent, partly, cancelled, refused, expired, unsigned"""
    next_at: datetime | None
    delivered: int
    groups: int
    reads: int | None
    members: int
    doubt: str
    """Villages of which nobody knows whether they heard it."""


def listed(tx: Tx, scope: Scope, *, limit: int = 50) -> list[Line]:
    """List the broadcasts of the town that a scope may see, the newest first."""
    chosen = (
        sa.select(broadcasts, cases.c.number, cases.c.result)
        .join(cases, cases.c.id == broadcasts.c.case_id)
        .where(may_see())
        .order_by(broadcasts.c.created_at.desc(), broadcasts.c.id.desc())
        .limit(limit)
    )
    rows = tx.execute(chosen, sight(scope)).mappings().all()
    people = directory.persons(tx, {row["editor_id"] for row in rows})
    known = register.villages(tx, scope.town_id)
    return [_line(tx, register.broadcast_of(row), row["number"], row["result"], people, known) for row in rows]


def _line(
    tx: Tx, found: Broadcast, said: str, result: str, people: Mapping[str, directory.Person],
    known: Mapping[str, str],
) -> Line:  # fmt: skip
    last = register.last_occurrence(tx, found.id)
    sent = register.sendings(tx, found.id, last) if last else []
    counted = [one for one in sent if one.reads is not None]
    editor = people[found.editor_id].name if found.editor_id in people else ""
    return Line(
        found.case_id, said, found.order.heard, found.order.when_in_words(), zones_in_words(found.order.zones, known),
        level_in_words(found.order.level), editor, _state(result, sent, found), found.next_at,
        sum(one.state == "delivered" for one in sent), len(sent),
        sum(one.reads or 0 for one in counted) if counted else None, sum(one.members or 0 for one in counted),
        names(tuple(one.village_id for one in sent if one.state == "unknown"), known),
    )  # fmt: skip


def _state(result: str, sent: Sequence[Sending], found: Broadcast) -> str:
    if result in ("withdrawn", "refused", "expired", "unsigned"):
        return result
    if any(one.state == "waiting" for one in sent):
        return "sending"
    if found.state == "set":
        return "set"
    if found.state == "waiting":
        return "waiting"
    return "sent" if all(one.state == "delivered" for one in sent) else "partly"


def number(tx: Tx, case_id: str) -> str:
    """Name the number of a case."""
    return str(tx.execute(sa.select(cases.c.number).where(cases.c.id == case_id)).scalar_one())


def names(villages: tuple[str, ...], known: Mapping[str, str]) -> str:
    """Name villages."""
    return texts().say("between_names").join(known.get(one, one) for one in villages)


def is_broadcast(tx: Tx, case_id: str) -> bool:
    """Say whether a case is a broadcast."""
    return tx.execute(sa.select(broadcasts.c.id).where(broadcasts.c.case_id == case_id)).first() is not None


def of_editor(tx: Tx, town_id: str, editor_id: str, since: datetime) -> list[Broadcast]:
    """List what somebody ordered that has still something to leave."""
    chosen = (
        sa.select(broadcasts)
        .where(
            broadcasts.c.town_id == town_id, broadcasts.c.editor_id == editor_id, broadcasts.c.created_at >= since,
            broadcasts.c.state.in_(("waiting", "set")),
        )
        .order_by(broadcasts.c.created_at)
    )  # fmt: skip
    return [register.broadcast_of(row) for row in tx.execute(chosen).mappings()]


def last_sent(tx: Tx, town_id: str, person_id: str, since: datetime) -> Sent | None:
    """Find the last occurrence of what somebody ordered."""
    mine = sa.and_(broadcasts.c.town_id == town_id, broadcasts.c.editor_id == person_id)
    chosen = (
        sa.select(broadcasts.c.id, broadcasts.c.case_id, broadcast_sendings.c.occurs_at)
        .join(broadcast_sendings, broadcast_sendings.c.broadcast_id == broadcasts.c.id)
        .where(mine, broadcast_sendings.c.occurs_at >= since)
        .order_by(broadcast_sendings.c.occurs_at.desc())
        .limit(1)
    )
    row = tx.execute(chosen).first()
    if row is None:
        return None
    return Sent(number(tx, row.case_id), tuple(register.sendings(tx, row.id, row.occurs_at)))


def may_leave(tx: Tx, found: Broadcast) -> bool:
    """Say whether the case of a broadcast has not been called off, returned or left unsigned."""
    return not tx.execute(sa.select(cases.c.result).where(cases.c.id == found.case_id)).scalar_one()


def may_change(tx: Tx, found: Broadcast) -> bool:
    """Say whether a broadcast may still be ordered otherwise: nothing of it has left, or nothing ever will."""
    return register.last_occurrence(tx, found.id) is None


def as_draft(tx: Tx, found: Broadcast) -> Draft:
    """Turn a broadcast into a draft again; while its case is open the new one takes its place."""
    result = tx.execute(sa.select(cases.c.result).where(cases.c.id == found.case_id)).scalar_one()
    order = found.order
    spoken = Spoken(is_now=True)
    if order.minute is not None:
        here = order.minute.astimezone(SHANGHAI)
        rule = order.rule.split("RRULE:")[-1] if order.rule else ""
        spoken = Spoken(None if rule else here.date(), _half(here.hour), here.hour, here.minute, rule)
    replaces = "" if result else found.case_id
    return Draft(order.text, spoken, order.zones, order.level, order.skips_days_off, order.issuer, replaces)


def _half(hour: int) -> str:
    return MORNING if hour < 11 else NOON if hour < 13 else AFTERNOON if hour < 17 else NIGHT
