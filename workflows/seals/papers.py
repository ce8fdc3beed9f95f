"""Papers as rows: drawn, frozen, sealed, void; what each says, and who had which part in it.

One case has at most one living paper. What a paper says is never changed: a change is a new paper with a new hash.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx, insert_ignore, locked
from township.errors import Refused
from township.ids import new_id
from township.models import person_values
from workflows import values
from workflows.seals import codes
from workflows.seals.models import paper_parts, papers
from workflows.seals.ports import Sheet, canonical, digest, restore


class State(StrEnum):
    """How far a paper is."""

    DRAFT = "draft"
    FROZEN = "frozen"
    """Approved by all: nothing on it changes any more, and it may be sealed once."""
    SEALING = "sealing"
    DOUBT = "doubt"
    """Sealed or not: a person decides."""
    SEALED = "sealed"
    VOID = "void"
    """Never to be sealed."""
    REVOKED = "revoked"


LIVING = (State.DRAFT, State.FROZEN, State.SEALING, State.DOUBT)


class Part(StrEnum):
    """What somebody has to do with a paper; no person has two parts in one."""

    APPLICANT = "applicant"
    CHECKER = "checker"
    APPROVER = "approver"
    CUSTODIAN = "custodian"


class Paper(Struct, frozen=True):
    """One paper, without what it says."""

    id: str
    town_id: str
    village_id: str | None
    case_id: str
    kind: str
    seal_id: str
    applicant_id: str | None
    sheet_ref: str
    digest: str
    copies: int
    stamped: int
    state: State
    drawn_on: dt.date
    valid_until: dt.date | None
    pickup_hash: str | None
    pickup_until: dt.datetime | None
    sealed_at: dt.datetime | None
    file_sha256: str
    serial: str
    demo: bool
    replaced_by: str | None


def draw(tx: Tx, town_id: str, case_id: str, sheet: Sheet, *, village_id: str | None, seal_id: str,
         applicant_id: str | None, at: dt.datetime) -> Paper:  # fmt: skip
    """Store a new paper of a case; the one before it, if any, is void."""
    void(tx, case_id)
    ref = keep(tx, town_id, applicant_id, "sheet", canonical(sheet), at)
    row = {
        "id": new_id(), "town_id": town_id, "village_id": village_id, "case_id": case_id, "kind": sheet.kind,
        "seal_id": seal_id, "applicant_id": applicant_id, "code_hash": codes.hash_of(sheet.code), "sheet_ref": ref,
        "digest": digest(sheet), "copies": sheet.copies, "state": State.DRAFT.value, "drawn_on": sheet.date,
        "valid_until": sheet.valid_until, "demo": sheet.demo,
    }  # fmt: skip
    tx.execute(sa.insert(papers).values(**row))
    return get(tx, str(row["id"]))


def get(tx: Tx, paper_id: str) -> Paper:
    """Find a paper by its id; on PostgreSQL its row stays locked to the end of a writing transaction."""
    return _one(tx, locked(sa.select(papers).where(papers.c.id == paper_id)), paper=paper_id)


def look(tx: Tx, paper_id: str) -> Paper:
    """Find a paper by its id without locking it."""
    return _one(tx, sa.select(papers).where(papers.c.id == paper_id), paper=paper_id)


def living(tx: Tx, case_id: str) -> Paper | None:
    """Find the living paper of a case."""
    chosen = sa.select(papers).where(papers.c.case_id == case_id, papers.c.state.in_([one.value for one in LIVING]))
    row = tx.execute(locked(chosen)).mappings().first()
    return _paper(row) if row else None


def latest(tx: Tx, case_id: str) -> Paper | None:
    """Find the newest paper of a case, living or not."""
    chosen = sa.select(papers).where(papers.c.case_id == case_id).order_by(papers.c.id.desc()).limit(1)
    row = tx.execute(chosen).mappings().first()
    return _paper(row) if row else None


def of_case(tx: Tx, case_id: str) -> Paper:
    """Find the living paper of a case, or refuse."""
    found = living(tx, case_id)
    if found is None:
        raise Refused("no_paper", case=case_id)
    return found


def by_code(tx: Tx, code: str) -> Paper | None:
    """Find the paper on which a code is printed, as people read it."""
    chosen = sa.select(papers).where(papers.c.code_hash.in_(codes.readings(code))).limit(1)
    row = tx.execute(chosen).mappings().first()
    return _paper(row) if row else None


def is_of_town(tx: Tx, town_id: str, code: str) -> bool:
    """Tell whether a town has issued a paper with this code."""
    paper = by_code(tx, code)
    return paper is not None and paper.town_id == town_id


def sheet(tx: Tx, paper_id: str) -> Sheet:
    """Read what a paper says; one whose words were erased says nothing any more."""
    chosen = sa.select(papers.c.sheet_ref).where(papers.c.id == paper_id)
    ref = tx.execute(chosen).scalar()
    if ref is None:
        raise Refused("no_paper", paper=paper_id)
    told = values.texts_of(tx, [ref]).get(ref)
    if told is None:
        raise Refused("paper_erased", paper=paper_id)
    return restore(told)


def move(tx: Tx, paper: Paper, to: State, *, before: Iterable[State], **columns: Any) -> None:
    """Bring a paper from one of some states to another; refused where it stands elsewhere: it was done before."""
    stands = papers.c.state.in_([one.value for one in before])
    changed = tx.execute(
        sa.update(papers).where(papers.c.id == paper.id, stands).values(state=to.value, **columns)
    )  # fmt: skip
    if changed.rowcount != 1:
        raise Refused("paper_done", paper=paper.id, state=get(tx, paper.id).state.value)


def void(tx: Tx, case_id: str) -> None:
    """The living paper of a case will never be sealed; one that is being sealed is left alone."""
    mine = (papers.c.case_id == case_id, papers.c.state.in_([State.DRAFT.value, State.FROZEN.value, State.DOUBT.value]))
    tx.execute(sa.update(papers).where(*mine).values(state=State.VOID.value, pickup_hash=None))


def set_pickup(tx: Tx, paper: Paper, hashed: str | None, until: dt.datetime | None) -> None:
    """Give a paper a new code for the counter, or take it away."""
    tx.execute(sa.update(papers).where(papers.c.id == paper.id).values(pickup_hash=hashed, pickup_until=until))


def stamp(tx: Tx, paper: Paper, copies: int) -> None:
    """Write down how many copies the custodian seals: never more than were approved."""
    if not 1 <= copies <= paper.copies:
        raise Refused("paper_done", paper=paper.id, state=paper.state.value)
    tx.execute(sa.update(papers).where(papers.c.id == paper.id).values(stamped=copies))


def digest_of(tx: Tx, paper_id: str) -> str:
    """Reckon the hash of what a paper says now, from its words."""
    return digest(sheet(tx, paper_id))


def take_part(tx: Tx, paper: Paper, part: Part, person_id: str, at: dt.datetime) -> None:
    """Write down that somebody had a part in a paper, and saw it as it stands; nobody has two."""
    others = [one for one, people in parts(tx, paper.id).items() if one is not part and person_id in people]
    if others:
        raise Refused("another_part", part=others[0].value)
    row = {"paper_id": paper.id, "part": part.value, "person_id": person_id, "town_id": paper.town_id}
    insert_ignore(tx, paper_parts, {**row, "digest": paper.digest, "at": at}, ["paper_id", "part", "person_id"])


def parts(tx: Tx, paper_id: str) -> Mapping[Part, tuple[str, ...]]:
    """List who had which part in a paper, in the order in which they acted."""
    chosen = sa.select(paper_parts.c.part, paper_parts.c.person_id).where(paper_parts.c.paper_id == paper_id)
    found: dict[Part, tuple[str, ...]] = {}
    for row in tx.execute(chosen.order_by(paper_parts.c.at, paper_parts.c.person_id)):
        found[Part(row.part)] = (*found.get(Part(row.part), ()), row.person_id)
    return found


def keep(tx: Tx, town_id: str, person_id: str | None, kind: str, text: str, at: dt.datetime) -> str:
    """Keep words about a person where they can be erased, as long as the law wants papers kept."""
    row = {"id": new_id(), "town_id": town_id, "person_id": person_id, "kind": kind, "value": text}
    tx.execute(sa.insert(person_values).values(**row, retention="law", created_at=at))
    return row["id"] or ""


def _one(tx: Tx, chosen: sa.Select[Any], **what: str) -> Paper:
    row = tx.execute(chosen).mappings().first()
    if row is None:
        raise Refused("no_paper", **what)
    return _paper(row)


def _paper(row: Any) -> Paper:
    told = {name: row[name] for name in Paper.__struct_fields__}
    return Paper(**{**told, "state": State(row["state"])})
