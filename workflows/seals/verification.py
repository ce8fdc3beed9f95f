"""Verification by code, for anybody: what a paper is and whether it still counts, never whose it is or what it says.

Whoever asks too often waits: the number of codes is large, but nobody shall try.
"""

import datetime as dt
import hashlib
from enum import StrEnum

import sqlalchemy as sa
from msgspec import Struct

from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.ids import new_id
from workflows import records
from workflows.seals import papers
from workflows.seals.models import code_lookups, seals
from workflows.seals.paper.kinds import kind_of
from workflows.seals.papers import Paper, State
from workflows.seals.wording import texts

WINDOW = dt.timedelta(minutes=30)
MOST = 10
"""Codes that one person may ask for in the window."""


class Standing(StrEnum):
    """Whether a paper counts."""

    ISSUED = "issued"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"
    TOO_OFTEN = "too_often"


class Verified(Struct, frozen=True):
    """What anybody may know of a paper."""

    standing: Standing
    kind: str = ""
    title: str = ""
    number: str = ""
    seal: str = ""
    date: dt.date | None = None
    valid_until: dt.date | None = None
    demo: bool = False
    file_sha256: str = ""
    """Hash of the sealed file, so that a page can compare one that is dropped on it; "" where a hand stamped paper."""


def look_up(tx: Tx, town_id: str | None, code: str, *, asker: str, at: dt.datetime) -> Verified:
    """Say how the paper of a code stands, of one town or (None) of any that is served here.

    `asker`: whatever tells one asker from another; only its hash is kept.
    """
    if _is_too_often(tx, asker, at):
        return Verified(Standing.TOO_OFTEN)
    paper = papers.by_code(tx, code)
    if paper is None or (town_id is not None and paper.town_id != town_id):
        return Verified(Standing.UNKNOWN)
    standing = standing_of(paper, at.astimezone(SHANGHAI).date())
    if standing is Standing.UNKNOWN:
        return Verified(Standing.UNKNOWN)
    number = records.load(tx, paper.town_id, paper.case_id, lock=False).row["number"]
    seal = tx.execute(sa.select(seals.c.name).where(seals.c.id == paper.seal_id)).scalar()
    return Verified(
        standing, paper.kind, kind_of(paper.kind).title, number, str(seal or ""), paper.drawn_on, paper.valid_until,
        paper.demo, paper.file_sha256,
    )  # fmt: skip


def standing_of(paper: Paper, today: dt.date) -> Standing:
    """Say how a paper stands on a day; one that never got its seal is not known."""
    if paper.state is State.REVOKED:
        return Standing.REVOKED
    if paper.state is not State.SEALED:
        return Standing.UNKNOWN
    if paper.replaced_by:
        return Standing.SUPERSEDED
    return Standing.EXPIRED if paper.valid_until and today > paper.valid_until else Standing.ISSUED


def in_words(tx: Tx, town_id: str, found: Verified) -> str:
    """Say what was found as people read it."""
    if found.standing is Standing.TOO_OFTEN:
        return texts().say("verified_too_often", minutes=int(WINDOW.total_seconds() // 60))
    if found.standing is Standing.UNKNOWN:
        return texts().say("verified_unknown", phone=directory.town_phone(tx, town_id))
    name = f"verified_{found.standing.value}"
    is_open = found.standing is Standing.ISSUED and found.valid_until is None
    return texts().say(
        f"{name}_open" if is_open else name, title=found.title, number=found.number, seal=found.seal,
        date=_day(found.date), until=_day(found.valid_until), demo=texts().say("demo") if found.demo else "",
        check=texts().say("verified_check"),
    )  # fmt: skip


def _day(day: dt.date | None) -> str:
    return texts().say("day", year=day.year, month=day.month, day=day.day) if day else ""


def _is_too_often(tx: Tx, asker: str, at: dt.datetime) -> bool:
    """Count who asks, and forget what is long past."""
    hashed = hashlib.sha256(asker.encode()).hexdigest()
    tx.execute(sa.delete(code_lookups).where(code_lookups.c.at <= at - WINDOW))
    mine = sa.select(sa.func.count()).select_from(code_lookups).where(code_lookups.c.asker == hashed)
    if tx.execute(mine).scalar_one() >= MOST:
        return True
    tx.execute(sa.insert(code_lookups).values(id=new_id(), asker=hashed, at=at))
    return False
