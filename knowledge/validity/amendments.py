"""What a document does to others, as rows: proposed when it is brought, shown to the second person, done at the yes.

Documents that it ends are found by number or title; articles that it changes become a new version of theirs. What is
not found, or cannot be done without a guess, is listed for a person and changes nothing.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from knowledge import ingest
from knowledge.models import NEAREST_FIRST, Level, VersionState, amendments, clauses, documents, versions
from knowledge.splitters import Clause
from knowledge.validity import amending, repeals
from knowledge.validity.amending import Amendment
from knowledge.validity.repeals import Ending
from knowledge.validity.terms import Term
from township.db import Tx
from township.scope import Audience

ENDS, AMENDS = "ends", "amends"
UNKNOWN = "amendment_unknown"
"""The document named is not in the library; it may still come."""
OVER = "amendment_over"
"""It holds no longer already."""
_ROWS = versions.join(documents, versions.c.document_id == documents.c.id)


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that a document does to another."""

    id: str
    kind: str
    named: str
    """The other document, as written."""
    said: str
    title: str
    """Of the document found; empty: none was."""
    on: date | None
    """First day of it, where the sentence names one."""
    changes: tuple[amending.Change, ...]
    problem: str
    about: str
    """What the problem is about."""
    by_title: str = ""
    """The document that says so."""


def propose(tx: Tx, version_id: str, *, at: datetime) -> list[Consequence]:
    """Write down what a new version says of others. Nothing of it holds before `carry_out`."""
    row = _version(tx, version_id)
    said = text_of(_clauses(tx, version_id))
    asked: list[tuple[str, str, str, Ending | None, Amendment]] = []
    for one in repeals.read(said, own_number=row["doc_no"], own_title=row["title"]):
        kind = AMENDS if one.articles else ENDS
        asked.append((kind, one.title, one.doc_no, one, amending.of_ending(one)))
    asked += [(AMENDS, one.title, one.doc_no, None, one) for one in amending.read(said, row["title"])]
    for position, (kind, title, number, ending, amendment) in enumerate(asked, 1):
        target, problem = _target(tx, row, title, number)
        if kind == ENDS and problem == OVER:
            continue
        values: dict[str, object] = {
            "id": _digest(version_id, f"{position}"),
            "version_id": version_id,
            "town_id": row["town_id"],
            "position": position,
            "kind": kind,
            "title": title,
            "doc_no": number,
            "said": ending.said if ending else "",
            "starts": ending.on if ending else None,
            "target_id": target["id"] if target else None,
            "changes": [],
            "problem": problem,
            "about": "",
        }
        if kind == AMENDS and target:
            values |= _amended(tx, row, target, amendment, at)
        tx.execute(amendments.insert().values(values))
    return of_version(tx, version_id)


def of_version(tx: Tx, version_id: str) -> list[Consequence]:
    """List what a version does to others, for who is to confirm it."""
    found = _select().where(amendments.c.version_id == version_id).order_by(amendments.c.position)
    return [_consequence(row) for row in tx.execute(found).mappings()]


def left_over(tx: Tx, town_id: str) -> list[Consequence]:
    """List what a document in force says of others and nobody has done: a person must look."""
    waiting = sa.and_(amendments.c.town_id == town_id, amendments.c.problem != "", amendments.c.settled_at.is_(None))
    in_force = amendments.c.version_id.in_(sa.select(versions.c.id).where(versions.c.state == VersionState.in_force))
    found = _select().where(waiting, in_force).order_by(amendments.c.id)
    return [_consequence(row) for row in tx.execute(found).mappings()]


def settle(tx: Tx, amendment_id: str, *, town_id: str, by: str, at: datetime) -> None:
    """Record that a person has seen to what could not be done."""
    mine = sa.and_(amendments.c.id == amendment_id, amendments.c.town_id == town_id)
    tx.execute(amendments.update().where(mine).values(settled_at=at, settled_by=by))


def carry_out(tx: Tx, version_id: str, starts: date, *, by: str | None, at: datetime) -> list[str]:
    """Do what a version says of others, from the day it begins; gives the versions that end."""
    ready = sa.and_(
        amendments.c.version_id == version_id, amendments.c.problem == "", amendments.c.settled_at.is_(None)
    )
    ended = []
    for row in tx.execute(sa.select(amendments).where(ready).order_by(amendments.c.position)).mappings().all():
        on = row["starts"] or starts
        target = _version(tx, row["target_id"])
        if target["state"] != VersionState.in_force:
            _mark(tx, row["id"], problem="amendment_meanwhile")
            continue
        after = VersionState.replaced if row["kind"] == AMENDS else VersionState.repealed
        last = Term(target["in_force_from"], target["in_force_until"]).ended_by(on).last
        end = versions.update().where(versions.c.id == target["id"])
        tx.execute(end.values(state=after.value, in_force_until=last))
        if row["result_id"]:
            _begin(tx, row["result_id"], target, on, by, at)
        _mark(tx, row["id"], settled_at=at, settled_by=by)
        ended.append(str(target["id"]))
    return ended


def arrived(tx: Tx, version_id: str, *, at: datetime) -> None:
    """End a document that came in after the one that repeals it; what an amendment waits for is left to a person."""
    row = _version(tx, version_id)
    waiting = sa.and_(amendments.c.town_id == row["town_id"], amendments.c.problem == UNKNOWN)
    joined = amendments.join(versions, amendments.c.version_id == versions.c.id)
    sayers = sa.select(amendments, versions.c.in_force_from).select_from(joined)
    sayers = sayers.where(waiting, amendments.c.kind == ENDS, versions.c.state == VersionState.in_force)
    for said in tx.execute(sayers).mappings().all():
        by_number = bool(said["doc_no"]) and said["doc_no"].endswith(row["doc_no"] or "\0")
        if by_number or (not said["doc_no"] and _plain(said["title"]) == _plain(row["title"])):
            sayer = _version(tx, said["version_id"])
            if may_change(sayer, row):
                _mark(tx, said["id"], target_id=version_id, problem="")
                carry_out(tx, said["version_id"], said["in_force_from"] or at.date(), by=None, at=at)


def forget(tx: Tx, version_id: str) -> None:
    """Throw away what a draft would have done, with the versions made for it."""
    mine = amendments.c.version_id == version_id
    made = [row for row in tx.scalars(sa.select(amendments.c.result_id).where(mine)) if row]
    tx.execute(amendments.delete().where(mine))
    tx.execute(clauses.delete().where(clauses.c.version_id.in_(made)))
    tx.execute(versions.delete().where(versions.c.id.in_(made), versions.c.state == VersionState.draft))


def may_change(sayer: sa.RowMapping, target: sa.RowMapping) -> bool:
    """Tell whether a document may end or change another: of the same town and place, and not of a higher level."""
    if sayer["town_id"] is None or sayer["town_id"] != target["town_id"]:
        return False
    if sayer["village_id"] and sayer["village_id"] != target["village_id"]:
        return False
    return NEAREST_FIRST.index(Level(sayer["level"])) >= NEAREST_FIRST.index(Level(target["level"]))


def text_of(pieces: Iterable[Clause]) -> str:
    """Write clauses as they stood in their document."""
    return "\n".join(
        f"{one.number}{'' if one.number.endswith(('、', '.', '）')) else ' '}{one.text}".strip() for one in pieces
    )


def _target(tx: Tx, row: sa.RowMapping, title: str, number: str) -> tuple[sa.RowMapping | None, str]:
    """Find the version in force that is named; or why it cannot be touched."""
    mine = sa.and_(documents.c.town_id == row["town_id"], versions.c.state != VersionState.draft)
    found = sa.select(versions, *_ABOUT).select_from(_ROWS).where(mine, versions.c.document_id != row["document_id"])
    held = tx.execute(found).mappings().all()
    named = [one for one in held if number and one["doc_no"] and number.endswith(one["doc_no"])]
    named = named or [one for one in held if not number and title and _plain(one["title"]) == _plain(title)]
    if not named:
        return None, UNKNOWN
    named = [one for one in named if one["state"] == VersionState.in_force]
    if not named:
        return None, OVER
    if len(named) > 1:
        return None, "amendment_several"
    return (named[0], "") if may_change(row, named[0]) else (None, "amendment_not_its_own")


def _amended(
    tx: Tx, row: sa.RowMapping, target: sa.RowMapping, amendment: Amendment, at: datetime
) -> dict[str, object]:
    """Make the version that the amendment leads to, as a draft; or say what stands against it."""
    made = amending.apply(_clauses(tx, target["id"]), amendment)
    if made.problems:
        code, about = made.problems[0]
        return {"problem": code, "about": about, "changes": []}
    source = ingest.Source(
        source_key=target["source_key"],
        title=target["title"],
        clauses=made.clauses,
        content_hash=hashlib.sha256(f"{target['content_hash']}\0{row['id']}".encode()).hexdigest(),
        level=Level(target["level"]),
        town_id=target["town_id"],
        village_id=target["village_id"],
        audience=Audience(target["audience"]),
        doc_no=target["doc_no"],
        issuer=target["issuer"],
        issued_on=target["issued_on"],
        in_force_from=row["in_force_from"],
        in_force_until=target["in_force_until"],
        sample=target["sample"],
        owner_id=target["owner_id"],
        file_path=target["file_path"],
        file_name=target["file_name"],
    )
    stored = ingest.store(tx, source, at=at, by=row["ingested_by"], replaces_id=target["id"])
    changes = [[one.number, one.before, one.after] for one in made.changes]
    return {"result_id": stored.version_id, "changes": changes}


def _begin(tx: Tx, version_id: str, target: sa.RowMapping, on: date, by: str | None, at: datetime) -> None:
    until = target["in_force_until"]
    values = {
        "state": VersionState.in_force.value,
        "in_force_from": on,
        "in_force_until": until,
        "basis": target["basis"],
    }
    approved = {"approved_by": by, "approved_at": at} if by else {}
    tx.execute(versions.update().where(versions.c.id == version_id).values(**values, **approved))


_ABOUT = tuple(
    documents.c[name]
    for name in (
        "title",
        "doc_no",
        "issuer",
        "level",
        "village_id",
        "audience",
        "source_key",
        "issued_on",
        "sample",
        "owner_id",
    )
)


def _version(tx: Tx, version_id: str) -> sa.RowMapping:
    return (
        tx.execute(sa.select(versions, *_ABOUT).select_from(_ROWS).where(versions.c.id == version_id)).mappings().one()
    )


def _clauses(tx: Tx, version_id: str) -> list[Clause]:
    c = clauses.c
    rows = sa.select(c.path, c.chapter, c.number, c.page, c.text).where(c.version_id == version_id).order_by(c.position)
    return [Clause(row.path, row.chapter, row.number, row.page, row.text) for row in tx.execute(rows)]


def _mark(tx: Tx, amendment_id: str, **values: object) -> None:
    tx.execute(amendments.update().where(amendments.c.id == amendment_id).values(**values))


def _select() -> sa.Select[tuple[object, ...]]:
    of_target = versions.alias("of_target")
    its = documents.alias("its")
    sayer, said_by = versions.alias("sayer"), documents.alias("said_by")
    joined = (
        amendments.outerjoin(of_target, amendments.c.target_id == of_target.c.id)
        .outerjoin(its, of_target.c.document_id == its.c.id)
        .join(sayer, amendments.c.version_id == sayer.c.id)
        .join(said_by, sayer.c.document_id == said_by.c.id)
    )
    names = (its.c.title.label("target_title"), said_by.c.title.label("by_title"))
    return sa.select(amendments, *names).select_from(joined)


def _consequence(row: sa.RowMapping) -> Consequence:
    return Consequence(
        row["id"],
        row["kind"],
        " ".join(part for part in (row["title"], row["doc_no"]) if part),
        row["said"],
        row["target_title"] or "",
        row["starts"],
        tuple(amending.Change(*each) for each in row["changes"]),
        row["problem"],
        row["about"],
        row["by_title"],
    )


def _plain(title: str) -> str:
    return "".join(title.split())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
