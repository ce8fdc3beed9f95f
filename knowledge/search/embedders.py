"""Which embedders this database has vectors of: the one that answers, one that is being made ready, those that were.

Rows only. How a vector is made is in `embeddings`; who makes what is missing, in `backlog`.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from knowledge.models import clauses, embedders, vectors
from township.db import Tx, locked, upsert
from township.errors import Mistake

LEASE = timedelta(seconds=60)
"""How long whoever makes vectors is believed to live without a sign; a slice takes seconds."""


class EmbedderState(StrEnum):
    """What an embedder is for this database."""

    filling = "filling"
    """Not all clauses have its vectors yet."""
    serving = "serving"
    """It answers, or did when somebody looked last: every clause had its vector."""
    retired = "retired"
    """Another answers; its vectors are kept for a time, should somebody go back."""


@dataclass(frozen=True, slots=True)
class Known:
    """An embedder as its row has it: enough to open it again."""

    name: str
    setting: str
    sealed_key: bytes | None
    dimensions: int
    state: EmbedderState = EmbedderState.filling


def serving(tx: Tx) -> Known | None:
    """Find the one that answers; None before the first was complete."""
    return _one(tx, embedders.c.state == EmbedderState.serving)


def named(tx: Tx, name: str) -> Known | None:
    """Find an embedder by its name."""
    return _one(tx, embedders.c.name == name)


def note(tx: Tx, known: Known, *, at: datetime) -> None:
    """Write down that an embedder is wanted, and how it is opened.

    Vectors of another length under its name are a Mistake: two kinds would be mixed.
    """
    before = _alike(tx, known.name, known.dimensions)
    begins = before is None or before.state is EmbedderState.retired
    row: dict[str, object] = {"name": known.name, "setting": known.setting, "sealed_key": known.sealed_key}
    if begins:
        row |= {"dimensions": known.dimensions, "state": EmbedderState.filling.value, "since": at}
        upsert(tx, embedders, row, ["name"])
    else:
        tx.execute(embedders.update().where(embedders.c.name == known.name).values(**row))


def left(tx: Tx, name: str, dimensions: int) -> int:
    """Count the clauses without a vector of an embedder; vectors of another length are the Mistake of `note`."""
    _alike(tx, name, dimensions)
    has = sa.select(vectors.c.text_hash).where(vectors.c.embedder == name)
    lacking = sa.select(sa.func.count(sa.distinct(clauses.c.text_hash))).where(clauses.c.text_hash.not_in(has))
    return tx.scalar(lacking) or 0


def serve(tx: Tx, name: str, *, at: datetime) -> bool:
    """Let `name` be the one that answers, and retire the one before; true when that is new."""
    before = tx.scalars(locked(sa.select(embedders.c.name).where(embedders.c.state == EmbedderState.serving))).all()
    if list(before) == [name]:
        return False
    retired = {"state": EmbedderState.retired.value, "since": at}
    tx.execute(embedders.update().where(embedders.c.name.in_(before)).values(**retired))
    now = {"state": EmbedderState.serving.value, "since": at}
    tx.execute(embedders.update().where(embedders.c.name == name).values(**now))
    return True


def hold(tx: Tx, name: str, by: str, *, at: datetime) -> bool:
    """Take or renew the right to make the vectors of `name`, for LEASE; false while another lives who has it."""
    row = tx.execute(locked(sa.select(embedders).where(embedders.c.name == name))).mappings().first()
    if row is None:
        return False
    is_free = row["held_until"] is None or row["held_until"] <= at or row["held_by"] == by or _is_dead(row["held_by"])
    if is_free:
        values = {"held_by": by, "held_until": at + LEASE}
        tx.execute(embedders.update().where(embedders.c.name == name).values(**values))
    return is_free


def give_back(tx: Tx, name: str, by: str) -> None:
    """Let another make the vectors of `name`."""
    mine = sa.and_(embedders.c.name == name, embedders.c.held_by == by)
    tx.execute(embedders.update().where(mine).values(held_by=None, held_until=None))


def outdated(tx: Tx, before: datetime) -> list[str]:
    """List what was retired before a moment: nobody will go back to it."""
    found = sa.select(embedders.c.name).where(embedders.c.state == EmbedderState.retired, embedders.c.since < before)
    return list(tx.scalars(found.order_by(embedders.c.name)))


def forget(tx: Tx, name: str, most: int) -> int:
    """Delete up to `most` vectors of an embedder, and with the last of them its row; says how many it were."""
    few = sa.select(vectors.c.text_hash).where(vectors.c.embedder == name).limit(most)
    hashes = list(tx.scalars(few))
    tx.execute(vectors.delete().where(vectors.c.embedder == name, vectors.c.text_hash.in_(hashes)))
    if len(hashes) < most:
        tx.execute(embedders.delete().where(embedders.c.name == name, embedders.c.state == EmbedderState.retired))
    return len(hashes)


def this_process(part: str) -> str:
    """Name a part of this process as a holder: whoever looks from the same machine can tell whether it lives."""
    return f"{socket.gethostname()}:{os.getpid()}:{part}"[:80]


def _is_dead(holder: str | None) -> bool:
    """Tell whether a holder was a process of this machine that has ended: a killed one need not be waited for."""
    host, _, rest = (holder or "").partition(":")
    number = rest.partition(":")[0]
    if host != socket.gethostname() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _alike(tx: Tx, name: str, dimensions: int) -> Known | None:
    known = named(tx, name)
    if known is not None and known.dimensions != dimensions:
        raise Mistake("embedder_dimensions", name=name, expected=known.dimensions, found=dimensions)
    return known


def _one(tx: Tx, where: sa.ColumnElement[bool]) -> Known | None:
    e = embedders.c
    found = sa.select(e.name, e.setting, e.sealed_key, e.dimensions, e.state).where(where)
    row = tx.execute(found.order_by(e.since.desc(), e.name)).mappings().first()
    return Known(**{**row, "state": EmbedderState(row["state"])}) if row else None
