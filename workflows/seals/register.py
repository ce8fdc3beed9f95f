"""The register of a town's seals (用印登记簿): one line a paper and state, chained by hash, never changed.

Lines are written in the transaction of the case. Names and purposes are references; whoever exports resolves them.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township import directory
from township.db import Tx, insert_ignore, locked
from township.models import towns
from workflows.seals import papers
from workflows.seals.models import register_lines, seals
from workflows.seals.papers import Paper, Part, sheet
from workflows.seals.wording import texts

__all__ = ["Line", "Seal", "append", "first_break", "lines", "seal_of", "sheet"]

SEALED, REVOKED, SUPERSEDED = "sealed", "revoked", "superseded"


class Seal(Struct, frozen=True):
    """A seal: whose it is, how many lines its register has, and the hash of the last."""

    id: str
    town_id: str
    village_id: str | None
    name: str
    seq: int
    head: str


class Line(Struct, frozen=True):
    """One line, as it is stored."""

    seal_id: str
    seq: int
    town_id: str
    at: dt.datetime
    state: str
    paper_id: str
    case_id: str
    kind: str
    purpose_ref: str
    receiver_ref: str
    applicant_id: str | None
    checkers: Sequence[str]
    approvers: Sequence[str]
    custodian_id: str | None
    copies: int
    digest: str
    serial: str
    file_sha256: str
    photo_sha256: str
    prev: str
    hash: str = ""


def genesis(seal_id: str) -> str:
    """What the first line of a register is chained to."""
    return hashlib.sha256(seal_id.encode()).hexdigest()


def hash_of(line: Line) -> str:
    """The hash of a line: over all its columns and the hash before it."""
    told = {name: getattr(line, name) for name in Line.__struct_fields__ if name != "hash"}
    told["at"] = line.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    told |= {"checkers": list(line.checkers), "approvers": list(line.approvers)}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal_of(tx: Tx, town_id: str, village_id: str | None, *, lock: bool = False) -> Seal:
    """Find the seal of a village (or, without one, of the town), and enter it when it is seen the first time.

    `lock`: its register is about to grow.
    """
    seal_id = f"village:{village_id}" if village_id else f"town:{town_id}"
    villages = {one.id: one.name for one in directory.villages_of(tx, town_id)}
    told = tx.execute(sa.select(towns.c.county, towns.c.name).where(towns.c.id == town_id)).first()
    town = f"{told.county or ''}{told.name}" if told else ""
    name = texts().say("seal_of_village", town=town, village=villages[village_id]) if village_id else town
    row = {"id": seal_id, "town_id": town_id, "village_id": village_id, "name": name, "seq": 0}
    insert_ignore(tx, seals, {**row, "head": genesis(seal_id)}, ["id"])
    chosen = sa.select(seals).where(seals.c.id == seal_id)
    found = tx.execute(locked(chosen) if lock else chosen).mappings().one()
    return Seal(**found)


def seals_of(tx: Tx, town_id: str) -> list[Seal]:
    """List the seals of a town that have a register."""
    chosen = sa.select(seals).where(seals.c.town_id == town_id).order_by(seals.c.id)
    return [Seal(**row) for row in tx.execute(chosen).mappings()]


def append(tx: Tx, paper: Paper, state: str, at: dt.datetime, *, copies: int, photo_sha256: str = "") -> Line:
    """Add the line of a paper that was sealed, revoked or replaced."""
    seal = seal_of(tx, paper.town_id, paper.village_id, lock=True)
    who = papers.parts(tx, paper.id)
    purpose, receiver = _words(tx, paper, at)
    line = Line(
        seal.id, seal.seq + 1, paper.town_id, at, state, paper.id, paper.case_id, paper.kind, purpose, receiver,
        paper.applicant_id, who.get(Part.CHECKER, ()), who.get(Part.APPROVER, ()),
        next(reversed(who.get(Part.CUSTODIAN, ())), None), copies, paper.digest, paper.serial, paper.file_sha256,
        photo_sha256, seal.head,
    )  # fmt: skip
    told = {name: getattr(line, name) for name in Line.__struct_fields__}
    told |= {"checkers": list(line.checkers), "approvers": list(line.approvers), "hash": hash_of(line)}
    tx.execute(sa.insert(register_lines).values(**told))
    tx.execute(sa.update(seals).where(seals.c.id == seal.id).values(seq=line.seq, head=told["hash"]))
    return line


def lines(tx: Tx, seal_id: str) -> list[Line]:
    """Read the register of a seal. Whoever asks must have been allowed to see it."""
    chosen = sa.select(register_lines).where(register_lines.c.seal_id == seal_id).order_by(register_lines.c.seq)
    return [Line(**row) for row in tx.execute(chosen).mappings()]


def first_break(chain: Sequence[Line], seal: Seal) -> int | None:
    """Find the first line that was changed, left out or added; None when the chain is whole."""
    expected = genesis(seal.id)
    for number, line in enumerate(chain, 1):
        if line.seq != number or line.prev != expected or hash_of(line) != line.hash:
            return number
        expected = line.hash
    return None if (len(chain), expected) == (seal.seq, seal.head) else len(chain) + 1


def _words(tx: Tx, paper: Paper, at: dt.datetime) -> tuple[str, str]:
    """Keep purpose and receiver of a paper for the register; a later line of the same paper shows the same ones."""
    chosen = sa.select(register_lines.c.purpose_ref, register_lines.c.receiver_ref)
    known = tx.execute(chosen.where(register_lines.c.paper_id == paper.id).limit(1)).first()
    if known is not None:
        return known.purpose_ref, known.receiver_ref
    told: Mapping[str, Any] = sheet(tx, paper.id).lines
    purpose, receiver = (
        papers.keep(tx, paper.town_id, paper.applicant_id, "register", str(told.get(name, "")), at)
        for name in ("purpose", "receiver")
    )
    return purpose, receiver
