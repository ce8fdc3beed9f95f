"""How a cited document stands on the day that was asked about, in a line: on trial, undated, over, to change.

What a villager must know of it besides the citation; nothing where all is as usual.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from knowledge.models import VersionState, documents, versions
from knowledge.models import amendments as amendment_rows
from knowledge.validity.terms import Found
from township.clock import SHANGHAI
from township.db import Tx
from township.scope import Scope
from township.texts import Texts


@dataclass(frozen=True, slots=True)
class Standing:
    """One version and what is known of its term."""

    title: str
    first: date | None
    last: date | None
    on_trial: bool
    is_dated: bool
    """It says itself from when or until when it holds."""
    checked: datetime | None
    """When a second person confirmed it."""
    coming: tuple[str, date] | None
    """Title and first day of what takes its place later."""


def of(tx: Tx, version_id: str, today: date) -> Standing | None:
    """Read how a version stands."""
    v, d = versions.c, documents.c
    about = (v.in_force_from, v.in_force_until, v.basis, v.approved_at, v.document_id, d.title)
    found = sa.select(*about).select_from(versions.join(documents, v.document_id == d.id)).where(v.id == version_id)
    row = tx.execute(found).mappings().first()
    if row is None:
        return None
    says_from = row["in_force_from"] is not None and row["basis"].get("first") != Found.confirmed
    return Standing(
        row["title"],
        row["in_force_from"],
        row["in_force_until"],
        bool(row["basis"].get("on_trial")),
        says_from or row["in_force_until"] is not None,
        row["approved_at"],
        _coming(tx, version_id, row["document_id"], today),
    )


def look(tx: Tx, version_ids: Sequence[str], *, day: date, today: date) -> tuple[bool, list[str]]:
    """Tell whether one of the versions holds no longer on `day`, and say in lines what is unusual about them."""
    known = [one for each in dict.fromkeys(version_ids) if (one := of(tx, each, today))]
    said = [line for one in known for line in _lines(one, day, today)]
    return any(one.last is not None and one.last < day == today for one in known), list(dict.fromkeys(said))


def upcoming(tx: Tx, scope: Scope, today: date) -> list[date]:
    """List the days to come on which something of the town begins that `scope` may see, the nearest first."""
    v, d = versions.c, documents.c
    open_to = sa.and_(
        d.town_id == scope.town_id,
        d.audience.in_([audience.value for audience in scope.audiences]),
        sa.or_(d.village_id.is_(None), d.village_id.in_(sorted(scope.villages))),
        v.state == VersionState.in_force,
        v.in_force_from > today,
    )
    joined = versions.join(documents, v.document_id == d.id)
    found = sa.select(v.in_force_from).distinct().select_from(joined).where(open_to).order_by(v.in_force_from)
    return list(tx.scalars(found))


def _lines(known: Standing, day: date, today: date) -> list[str]:
    said = []
    if known.first and known.first > today:
        said.append(_say("standing_coming", first=_spoken(known.first)))
    elif day < today and known.first:
        said.append(_past(known, min(day, known.last or day), today))
    elif known.coming:
        title, first = known.coming
        said.append(_say("standing_changes", title=title, first=_spoken(first)))
    if known.on_trial:
        said.append(_say("standing_trial"))
    if known.checked and not known.is_dated:
        month = known.checked.astimezone(SHANGHAI)
        said.append(_say("standing_undated", year=month.year, month=month.month))
    return said


def _past(known: Standing, day: date, today: date) -> str:
    if known.last and known.last < today:
        return _say("standing_past", day=_spoken(day), last=_spoken(known.last))
    return _say("standing_then_and_now", day=_spoken(day))


def _coming(tx: Tx, version_id: str, document_id: str, today: date) -> tuple[str, date] | None:
    """Find what takes the place of a version: the next of its document, one that names it, or one that repeals it."""
    v, d = versions.c, documents.c
    repealers = sa.select(amendment_rows.c.version_id).where(
        amendment_rows.c.target_id == version_id, amendment_rows.c.problem == ""
    )
    after = sa.or_(v.document_id == document_id, v.replaces_id == version_id, v.id.in_(repealers))
    later = sa.and_(after, v.id != version_id, v.state == VersionState.in_force, v.in_force_from > today)
    joined = versions.join(documents, v.document_id == d.id)
    own_first = (v.in_force_from, v.document_id != document_id)
    row = tx.execute(sa.select(d.title, v.in_force_from).select_from(joined).where(later).order_by(*own_first)).first()
    return (row.title, row.in_force_from) if row else None


@cache
def _texts() -> Texts:
    return Texts.load(Path(__file__).parents[1] / "texts.yaml")


def _say(name: str, **values: object) -> str:
    return _texts().say(name, **values)


def _spoken(day: date) -> str:
    return _say("month", year=day.year, month=day.month, day=day.day)
