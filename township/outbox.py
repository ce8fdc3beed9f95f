"""Effects waiting to leave: put in the transaction that caused them, claimed and finished by `bot/delivery`.

Order is kept per target. A row's id is the effect's key everywhere. What is sent when a lease lapses is a matter
of the policy: text again, cards again under the same key, seals and loudspeakers never (`unknown`, a person decides).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from township import effects as fx
from township.db import Instant, Tx, insert_ignore, insert_ignore_all, locked
from township.effects import Effect, Policy
from township.ids import new_id
from township.models import outbox
from township.statements import Statement

LEASE = timedelta(seconds=20)
"""Renewed while the call is under way; a killed sender's rows are taken up after it."""
ENDS = "ends"
"""In the receipt of a text: it was on its way when a process died."""
WAITING = ("ready", "sending")
_WAITS = sa.or_(*(outbox.c.state == state for state in WAITING))
"""Said so, the words are those of the indexes; a list of states would be an array on PostgreSQL."""
MOST_TRIES = 12


EXPECTED = ("no_account", "not_to_be_told")
"""Why a text need not leave: its person is on the call list, or has asked not to be told."""
PASSING = ("say", "send_file")
"""Kinds of effects that are nothing any more once they have left."""


class Gone(Struct, frozen=True):
    """An effect whose row was taken out."""

    key: str
    effect: Effect


class Parcel(Struct, frozen=True):
    """One claimed row: an effect and the key under which it leaves."""

    id: str
    town_id: str
    effect: Effect
    policy: Policy
    target: str
    tries: int
    created_at: datetime


def put(
    tx: Tx,
    town_id: str,
    effects: Iterable[tuple[str, Effect]],
    *,
    now: datetime,
    not_before: datetime | None = None,
    lease_from: datetime | None = None,
) -> list[Parcel]:
    """Store effects under their keys; a key that is known already is passed over.

    With `lease_from` (machine time) the rows belong to the caller at once, who sends them after the commit: the
    way of a reply. At-most-once effects are never leased so: their `sending` must be on disk before the call.
    Returns the leased parcels.
    """
    leased, others = [], []
    for key, effect in effects:
        policy, target = fx.policy_of(effect), fx.order_key(effect)
        row_id = new_id()
        is_urgent = getattr(effect, "urgent", False)
        mine = lease_from is not None and policy is not Policy.AT_MOST_ONCE and not_before is None
        mine = mine and (is_urgent or not _WAITING_FOR.rows(tx, its_target=target))
        row = {
            "id": row_id,
            "key": key,
            "town_id": town_id,
            "kind": fx.kind_of(effect),
            "payload": fx.to_json(effect),
            "policy": policy.value,
            "target": target,
            "case_id": getattr(effect, "case_id", None),
            "urgent": is_urgent,
            "state": "sending" if mine else "ready",
            "not_before": not_before,
            "lease_until": lease_from + LEASE if mine and lease_from else None,
            "tries": 1 if mine else 0,
            "created_at": now,
        }
        if not mine:
            others.append(row)
        elif insert_ignore(tx, outbox, row, ["key"]):
            leased.append(Parcel(row_id, town_id, effect, policy, target, 1, now))
    insert_ignore_all(tx, outbox, others, ["key"])
    return leased


_WAITING_FOR = Statement(sa.select(outbox.c.id).where(outbox.c.target == sa.bindparam("its_target"), _WAITS).limit(1))


def cases_unread(tx: Tx, to: fx.ToPerson, *, made_after: str, left_after: datetime) -> frozenset[str]:
    """List the cases of which something has still to leave for a person, or has left after a moment of business time.

    Looks at effects made after the one or the task with the id `made_after` only: ids are sorted by time.
    """
    return frozenset(_UNREAD.scalars(tx, its_target=fx.queue_of(to), made_after=made_after, left_after=left_after))


_UNREAD = Statement(
    sa.select(outbox.c.case_id).where(
        outbox.c.id > sa.bindparam("made_after"),
        outbox.c.target == sa.bindparam("its_target"),
        outbox.c.case_id.is_not(None),
        sa.or_(
            _WAITS,
            outbox.c.done_at > sa.bindparam("left_after", type_=Instant()),
        ),
    )
)


def claim(tx: Tx, *, now: datetime, machine: datetime, limit: int = 50) -> list[Parcel]:
    """Take what is due: the oldest row of each target, and all that is urgent; lease it until `machine` + LEASE.

    A lapsed at-most-once row is never sent again: `in_doubt` finds it first.
    """
    rows = _DUE.rows(tx, now=now, machine=machine, most=limit)
    if rows:
        _LEASE_TO_SEND.run(tx, its_ids=[row["id"] for row in rows], until=machine + LEASE)
    return [_parcel(row) for row in rows]


def _due() -> sa.Select[Any]:
    """Find what is due by two small indexes: what waits for another day of business time costs a look at its key."""
    now, machine = sa.bindparam("now", type_=Instant()), sa.bindparam("machine", type_=Instant())
    heads = (
        sa.select(sa.func.min(outbox.c.id))
        .where(_WAITS, sa.or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now))
        .group_by(outbox.c.target)
    )
    urgent = sa.select(outbox.c.id).where(_WAITS, outbox.c.urgent)
    due = (
        sa.select(outbox)
        .where(
            outbox.c.id.in_(sa.union(heads, urgent)),
            sa.or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= machine),
            sa.or_(
                outbox.c.state == "ready",
                sa.and_(
                    outbox.c.state == "sending",
                    outbox.c.policy != Policy.AT_MOST_ONCE.value,
                    outbox.c.lease_until < machine,
                ),
            ),
        )
        .order_by(outbox.c.urgent.desc(), outbox.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )
    return locked(due, skip=True)


_DUE = Statement(_due())
_LEASE_TO_SEND = Statement(
    sa.update(outbox)
    .where(outbox.c.id.in_(sa.bindparam("its_ids", expanding=True)))
    .values(state="sending", lease_until=sa.bindparam("until"), tries=outbox.c.tries + 1)
)


def renew(tx: Tx, ids: Sequence[str], *, machine: datetime) -> None:
    """Keep what a living process is sending."""
    mine = sa.and_(outbox.c.id.in_(ids), outbox.c.state == "sending")
    tx.execute(sa.update(outbox).where(mine).values(lease_until=machine + LEASE))


def in_doubt(tx: Tx, *, machine: datetime) -> list[Parcel]:
    """Find at-most-once rows whose sender died in the call, and mark them `unknown`: a person decides."""
    rows = _LAPSED.rows(tx, machine=machine)
    if not rows:
        return []
    _doubt(tx, [row["id"] for row in rows])
    return [_parcel(row) for row in rows]


def doubtful(tx: Tx, row_id: str) -> None:
    """Mark one row `unknown`: its call neither came back nor certainly failed."""
    _doubt(tx, [row_id])


def _doubt(tx: Tx, ids: Sequence[str]) -> None:
    tx.execute(sa.update(outbox).where(outbox.c.id.in_(ids), outbox.c.state == "sending").values(state="unknown"))


_LAPSED = Statement(
    locked(
        sa.select(outbox).where(
            outbox.c.state == "sending",
            outbox.c.policy == Policy.AT_MOST_ONCE.value,
            outbox.c.lease_until < sa.bindparam("machine", type_=Instant()),
        ),
        skip=True,
    )
)


def said_to(tx: Tx, person_id: str) -> list[tuple[str, str]]:
    """List key and text of all that was said, or waits to be said, to a person, the oldest first."""
    chosen = sa.select(outbox.c.key, outbox.c.payload).where(outbox.c.target == f"person:{person_id}")
    rows = tx.execute(chosen.where(outbox.c.kind == "say").order_by(outbox.c.id))
    return [(row.key, str(row.payload["text"])) for row in rows]


def take_along(tx: Tx, parcel: Parcel, *, machine: datetime) -> list[Parcel]:
    """Lease what else waits to be told to the same person, due or not, so that it leaves in one message with `parcel`.

    Urgent words and replies go their own way.
    """
    waiting = (
        sa.select(outbox)
        .where(
            outbox.c.target == parcel.target,
            _WAITS,
            outbox.c.state == "ready",
            outbox.c.kind == fx.kind_of(parcel.effect),
            outbox.c.id != parcel.id,
            sa.not_(outbox.c.urgent),
        )
        .order_by(outbox.c.id)
    )
    found = [_parcel(row) for row in tx.execute(locked(waiting, skip=True)).mappings()]
    along = [one for one in found if getattr(one.effect, "reply_to", None) is None]
    if along:
        _LEASE_TO_SEND.run(tx, its_ids=[one.id for one in along], until=machine + LEASE * 1.5)  # not renewed
    return along


def _parcel(row: Any) -> Parcel:
    effect = fx.from_json(row["kind"], row["payload"])
    policy = Policy(row["policy"])
    return Parcel(row["id"], row["town_id"], effect, policy, row["target"], row["tries"] + 1, row["created_at"])


def not_arrived(tx: Tx, *, since: datetime) -> list[Parcel]:
    """List texts and files made since a moment that were given up, or of which nobody knows whether they arrived.

    Who has no account, or wants to hear nothing, is not among them: these are rung, or left in peace.
    """
    rows = tx.execute(
        sa.select(outbox)
        .where(outbox.c.created_at >= since, outbox.c.kind.in_(PASSING), outbox.c.state.in_(("failed", "unknown")))
        .order_by(outbox.c.id)
    ).mappings()
    return [_parcel(row) for row in rows if (row["receipt"] or {}).get("why") not in EXPECTED]


def let_go(tx: Tx, sent: Iterable[str], begun: Iterable[str], *, now: datetime, machine: datetime) -> list[Parcel]:
    """Close what is known to have left, and end every other lease: for a process that starts where no other lives.

    Nobody shall read a text a third time: what was `begun` at two ends is left in doubt. So is what may happen once
    only, even when it has left: its outcome was never written down where it was wanted. Returns texts left in doubt.
    """
    once = sa.and_(outbox.c.id.in_(known := list(sent)), outbox.c.policy == Policy.AT_MOST_ONCE.value)
    kept = set(tx.execute(sa.select(outbox.c.id).where(once)).scalars()) if known else set()
    done(tx, [one for one in known if one not in kept], now=now)
    doubtful_texts = _count_ends(tx, list(begun))
    lapsed = machine - LEASE
    tx.execute(sa.update(outbox).where(outbox.c.state == "sending").values(lease_until=lapsed))
    return doubtful_texts


def _count_ends(tx: Tx, begun: Sequence[str]) -> list[Parcel]:
    """Count one more end for texts on their way; what has met two is marked `unknown` and returned."""
    under_way = sa.and_(outbox.c.id.in_(begun), outbox.c.state == "sending", outbox.c.kind.in_(PASSING))
    rows = tx.execute(sa.select(outbox).where(under_way)).mappings().all() if begun else []
    first = [row["id"] for row in rows if ENDS not in (row["receipt"] or {})]
    tx.execute(sa.update(outbox).where(outbox.c.id.in_(first)).values(receipt={ENDS: 1}))
    again = [row for row in rows if row["id"] not in first]
    _doubt(tx, [row["id"] for row in again])
    return [_parcel(row) for row in again]


def done(tx: Tx, ids: Sequence[str], *, now: datetime, receipt: dict[str, Any] | None = None) -> None:
    """Close rows that have left."""
    for one in ids:
        _DONE.run(tx, its_id=one, at=now, its_receipt=receipt)


_DONE = Statement(
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("its_id"), outbox.c.state == "sending")
    .values(state="done", done_at=sa.bindparam("at"), receipt=sa.bindparam("its_receipt"))
)


def clear_away(tx: Tx, *, before: datetime, limit: int) -> list[Gone]:
    """Take out texts and files that left before a moment, and tell what they were; what happens once stays."""
    passed = (outbox.c.kind.in_(PASSING), outbox.c.state.in_(("done", "merged", "failed", "unknown")))
    is_over = (outbox.c.policy != Policy.AT_MOST_ONCE.value, outbox.c.created_at < before)
    rows = tx.execute(sa.select(outbox).where(*passed, *is_over).limit(limit)).mappings().all()
    tx.execute(sa.delete(outbox).where(outbox.c.id.in_([row["id"] for row in rows])))
    return [Gone(row["key"], fx.from_json(row["kind"], row["payload"])) for row in rows]


def erase(tx: Tx, parcel: Parcel) -> None:
    """Take the words of a passing text out of its row."""
    if isinstance(parcel.effect, fx.Say):
        emptied = fx.to_json(replace(parcel.effect, text=""))
        tx.execute(sa.update(outbox).where(outbox.c.id == parcel.id).values(payload=emptied))


def merged(tx: Tx, ids: Sequence[str], *, now: datetime, into: str) -> None:
    """Close rows whose text left inside another row."""
    tx.execute(
        sa.update(outbox).where(outbox.c.id.in_(ids)).values(state="merged", done_at=now, receipt={"into": into})
    )


def later(tx: Tx, row_id: str, *, retry_at: datetime, why: str, lasting: bool = False) -> None:
    """Give a row back for another try; after MOST_TRIES it is failed and stays for a person to see.

    `lasting`: nothing was done, and the caller decides how long it is worth trying.
    """
    state = "ready" if lasting else sa.case((outbox.c.tries >= MOST_TRIES, "failed"), else_="ready")
    values = {"state": state, "retry_at": retry_at, "receipt": {"why": why}}
    tx.execute(sa.update(outbox).where(outbox.c.id == row_id).values(values))


def postpone(tx: Tx, row_id: str, *, not_before: datetime) -> None:
    """Give a row back until a moment of business time: quiet hours, a spent purse."""
    tx.execute(
        sa.update(outbox)
        .where(outbox.c.id == row_id)
        .values(state="ready", not_before=not_before, tries=outbox.c.tries - 1, lease_until=None)
    )


def failed(tx: Tx, row_id: str, *, now: datetime, why: str) -> None:
    """Close a row that can never leave; doctor and console list it."""
    tx.execute(sa.update(outbox).where(outbox.c.id == row_id).values(state="failed", done_at=now, receipt={"why": why}))
