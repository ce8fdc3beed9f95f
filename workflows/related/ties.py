"""Cases that belong together: reports of the same thing, what was merged into what, and links that somebody made."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.db import Instant, Tx, insert_ignore
from township.statements import Row, Statement
from workflows import values
from workflows.definition import Definition, FieldKind
from workflows.models import case_ties, cases
from workflows.related import sameness
from workflows.related.sameness import Report

LOOKED_AT = 12
"""So many open reports of the village and kind, the newest, are compared with a new one."""


class TieKind(StrEnum):
    """Why two cases belong together."""

    SAME = "same"
    """They seem to speak of the same thing."""
    MERGED = "merged"
    """The first was closed, and its people hear of the second."""
    OBJECTS = "objects"
    """The first objects to what the second shows to everybody."""
    RELATED = "related"
    """Somebody said so."""


class Tie(Struct, frozen=True):
    """One link, as seen from one of its cases."""

    other_id: str
    kind: TieKind
    by: str | None
    at: datetime


def add(tx: Tx, town_id: str, case_id: str, other_id: str, kind: TieKind, *, by: str | None, now: datetime) -> bool:
    """Link two cases; true unless they were linked so before."""
    row = {"case_id": case_id, "other_id": other_id, "kind": kind.value, "town_id": town_id, "by_id": by, "at": now}
    return insert_ignore(tx, case_ties, row, ["case_id", "other_id", "kind"])


def of_case(tx: Tx, case_id: str) -> list[Tie]:
    """List the links of a case, from either side, the oldest first. Who asks must be allowed to see the case."""
    found = _OF_CASE.rows(tx, its_case=case_id)
    return [
        Tie(
            row["case_id"] if row["other_id"] == case_id else row["other_id"],
            TieKind(row["kind"]),
            row["by_id"],
            row["at"],
        )
        for row in found
    ]


_OF_CASE = Statement(
    sa.select(case_ties)
    .where(sa.or_(case_ties.c.case_id == sa.bindparam("its_case"), case_ties.c.other_id == sa.bindparam("its_case")))
    .order_by(case_ties.c.at, case_ties.c.other_id)
)


def compares(definition: Definition) -> bool:
    """Say whether reports of a service can be the same thing: it asks what kind it is and where."""
    form = definition.form
    has_place = any(spec.kind is FieldKind.PLACE for spec in form.values())
    return has_place and "kind" in form and definition.workflow.restricted is None


def find_same(tx: Tx, row: Mapping[str, Any], said: Mapping[str, Any]) -> list[Row]:
    """Find the open cases that seem to speak of the same thing as a new one; `said` are its values."""
    mine = _report(row, said)
    if row["village_id"] is None or sameness.is_own(mine):
        return []
    since = row["opened_at"] - timedelta(days=sameness.words()["days"])
    its = {"its_village": row["village_id"], "its_kind": row["kind"], "its_skill": row["skill"]}
    found = _OPEN_OF_KIND.rows(tx, its_town=row["town_id"], **its, since=since, its_case=row["id"])
    held = values.resolve(tx, [one["fields"] for one in found]) if found else []
    return [one for one, fields in zip(found, held, strict=True) if sameness.same(mine, _report(one, fields))]


def _report(row: Row | Mapping[str, Any], said: Mapping[str, Any]) -> Report:
    place = next((str(one.get("text", "")) for one in said.values() if isinstance(one, Mapping) and "text" in one), "")
    return Report(row["kind"], row["village_id"], place, str(said.get("what", "")), row["opened_at"])


_OPEN_OF_KIND = Statement(
    sa.select(
        cases.c.id,
        cases.c.number,
        cases.c.kind,
        cases.c.village_id,
        cases.c.opened_at,
        cases.c.fields,
        cases.c.affected_id,
    )
    .where(
        cases.c.town_id == sa.bindparam("its_town"),
        cases.c.village_id == sa.bindparam("its_village"),
        cases.c.result == sa.literal_column("''"),
        cases.c.opened_at >= sa.bindparam("since", type_=Instant()),
        cases.c.kind == sa.bindparam("its_kind"),
        cases.c.skill == sa.bindparam("its_skill"),
        cases.c.id != sa.bindparam("its_case"),
    )
    .order_by(cases.c.opened_at.desc())
    .limit(LOOKED_AT)
)


def households(found: Iterable[Row], but: str | None) -> int:
    """Count the people whom other reports concern: so many have reported it too."""
    return len({row["affected_id"] or row["id"] for row in found} - {but})


def add_same(tx: Tx, town_id: str, case_id: str, found: Sequence[Row], now: datetime) -> None:
    """Link a new case to those that speak of the same thing."""
    for one in found:
        add(tx, town_id, case_id, one["id"], TieKind.SAME, by=None, now=now)
