"""What anybody may know of the matters of a town: kind, village, days, outcome. No name, no place, no words of anybody.

Restricted matters are never here, nor those of which the kind alone tells who quarrels with whom (board.yaml).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct
from ruamel.yaml import YAML

from township import directory
from township.db import Tx
from workflows import definitions
from workflows.models import cases

SHOWN = 30
FINISHED = frozenset({"done", "told", "refused", "unanswered"})
"""Results that say something of the office; what a villager took back, or what was merged, does not."""


class PublicCase(Struct, frozen=True):
    """A matter as everybody may read it."""

    number: str
    skill: str
    skill_name: str
    kind: str
    kind_name: str
    village: str
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    result: str

    @property
    def is_open(self) -> bool:
        return not self.result

    @property
    def days(self) -> int:
        """How many days it took; on the same day is one."""
        end = self.closed_at or self.changed_at
        return (end.date() - self.opened_at.date()).days + 1


@cache
def never_shown() -> frozenset[str]:
    """Read which kinds are nobody's business."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return frozenset(loaded["never_shown"])


def finished(
    tx: Tx, town_id: str, skills: Collection[str], *, village_id: str | None = None, limit: int = SHOWN
) -> list[PublicCase]:
    """List the matters that ended last."""
    mine = [*_public(town_id, skills, village_id), cases.c.result.in_(FINISHED)]
    chosen = sa.select(cases).where(*mine).order_by(cases.c.closed_at.desc(), cases.c.id.desc()).limit(limit)
    return _read(tx, town_id, chosen)


def opened_between(
    tx: Tx, town_id: str, skills: Collection[str], since: datetime, until: datetime, *, limit: int
) -> list[PublicCase]:
    """List the matters that were opened in a span of time, open or not, the newest first."""
    mine = [*_public(town_id, skills, None), cases.c.opened_at >= since, cases.c.opened_at <= until]
    chosen = sa.select(cases).where(*mine).order_by(cases.c.opened_at.desc(), cases.c.id.desc()).limit(limit)
    return _read(tx, town_id, chosen)


def numbered(tx: Tx, town_id: str, skills: Collection[str], number: str) -> PublicCase | None:
    """Find a matter by its number."""
    mine = [*_public(town_id, skills, None), sa.func.replace(cases.c.number, " ", "") == number.replace(" ", "")]
    return next(iter(_read(tx, town_id, sa.select(cases).where(*mine))), None)


def _public(town_id: str, skills: Collection[str], village_id: str | None) -> list[sa.ColumnElement[bool]]:
    columns = cases.c
    wanted = [columns.town_id == town_id, columns.restricted.is_(None), columns.skill.in_(sorted(skills))]
    wanted.append(columns.kind.not_in(sorted(never_shown())))
    return [*wanted, columns.village_id == village_id] if village_id is not None else wanted


def _read(tx: Tx, town_id: str, chosen: sa.Select[tuple[object, ...]]) -> list[PublicCase]:
    villages = {one.id: one.name for one in directory.villages_of(tx, town_id)}
    return [_public_case(tx, row, villages) for row in tx.execute(chosen).mappings()]


def _public_case(tx: Tx, row: sa.RowMapping, villages: Mapping[str, str]) -> PublicCase:
    definition = definitions.pinned(tx, row["town_id"], row["definition"])
    kinds = definition.form["kind"].options if "kind" in definition.form else {}
    kind_name = kinds[row["kind"]].name if row["kind"] in kinds else definition.name
    same = ("number", "skill", "kind", "opened_at", "changed_at", "due_at", "closed_at", "result")
    return PublicCase(
        **{name: row[name] for name in same},
        skill_name=definition.name,
        kind_name=kind_name,
        village=villages.get(row["village_id"] or "", ""),
    )
