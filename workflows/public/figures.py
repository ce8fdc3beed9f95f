"""What became of a month's matters, of the town or one village: shares and medians, never of a person, never in a row.

A village reads its own figures beside the town's mean; nobody is ranked (国办函〔2026〕12号).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field

from township.clock import SHANGHAI
from township.db import Tx
from workflows.clocks import calendars
from workflows.models import cases
from workflows.public import firsts

OWN_WAYS = frozenset({"chat", "voice", "h5"})
"""Channels by which residents themselves begin a matter."""
FEW = 5
"""Matters below which a share tells of single people: it is not said."""


class Figures(Struct, frozen=True):
    """Counts of one month."""

    started: int = 0
    by_residents: int = 0
    """Said by residents themselves, by their own way."""
    ended: int = 0
    confirmed: int = 0
    """Of those that ended: the villager said that it is mended."""
    told: int = 0
    """The villager was told, and is not asked."""
    refused: int = 0
    unanswered: int = 0
    """Closed because nobody answered the closing question: never counted as solved."""
    first_minutes: float | None = None
    """Median of working minutes until somebody of the office did something; None: nobody did."""
    answered: int = 0
    """Of those that started: somebody of the office did something."""
    channels: Mapping[str, int] = field(default_factory=dict)
    """Several a matter: they add to more than all."""

    @property
    def residents_share(self) -> float | None:
        """Share of matters begun by residents (a paper of 2023 found 4.52 % in a town)."""
        return _share(self.by_residents, self.started)

    @property
    def confirmed_share(self) -> float | None:
        """Share of ended matters that the villager confirmed (99.15 % at best, in one village)."""
        return _share(self.confirmed, self.ended)


class Month(Struct, frozen=True):
    """One's own figures beside the town's."""

    since: datetime
    own: Figures
    town: Figures


def of_month(tx: Tx, town_id: str, skills: Collection[str], at: datetime, village_id: str | None = None) -> Month:
    """Count the month in which a moment lies; without a village both figures are the town's."""
    since, until = bounds(at)
    town = _counted(tx, town_id, skills, since, until, None)
    own = town if village_id is None else _counted(tx, town_id, skills, since, until, village_id)
    return Month(since, own, town)


def bounds(at: datetime) -> tuple[datetime, datetime]:
    """Say when a month begins and ends, as people reckon here."""
    since = at.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return since, (since + timedelta(days=32)).replace(day=1)


def _counted(
    tx: Tx, town_id: str, skills: Collection[str], since: datetime, until: datetime, village_id: str | None
) -> Figures:  # fmt: skip
    columns = cases.c
    mine = [columns.town_id == town_id, columns.restricted.is_(None), columns.skill.in_(sorted(skills))]
    if village_id is not None:
        mine.append(columns.village_id == village_id)
    kept = (columns.id, columns.channels, columns.spoke_id, columns.wrote_id, columns.opened_at)
    begun = tx.execute(sa.select(*kept).where(*mine, columns.opened_at >= since, columns.opened_at < until)).all()
    ended = sa.select(columns.result, sa.func.count()).where(
        *mine, columns.closed_at >= since, columns.closed_at < until
    )
    results: dict[str, int] = {result: int(n) for result, n in tx.execute(ended.group_by(columns.result))}
    first = firsts.of_cases(tx, [row.id for row in begun])
    waits = _waits(tx, town_id, {row.id: row.opened_at for row in begun}, first)
    return Figures(
        len(begun),
        sum(_is_own(row) for row in begun),
        sum(n for result, n in results.items() if result not in ("withdrawn", "merged")),
        results.get("done", 0),
        results.get("told", 0),
        results.get("refused", 0),
        results.get("unanswered", 0),
        median(waits) if waits else None,
        len(waits),
        dict(Counter(channel for row in begun for channel in dict.fromkeys(row.channels)).most_common()),
    )


def _is_own(row: Any) -> bool:
    return row.spoke_id is not None and row.wrote_id is None and bool(OWN_WAYS & set(row.channels))


def _waits(tx: Tx, town_id: str, opened: Mapping[str, datetime], first: Mapping[str, datetime]) -> Sequence[float]:
    calendar = calendars.calendar_of(tx, town_id)
    return [calendar.worked(opened[case_id], at).total_seconds() / 60 for case_id, at in first.items()]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole >= FEW else None
