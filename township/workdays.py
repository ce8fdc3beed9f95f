"""Working time: a calendar of days with several spans each, holidays and make-up days (调休) included.

Pure: no clock and no database. `add` and `between` are exact inverses, and every deadline is derived with them.
Known years come from chinesecalendar, later ones from holidays without make-up days and are marked estimated;
rows of a town (`workflows/clocks/calendars.py`) overrule both.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise

import chinese_calendar
from msgspec import Struct

from township.clock import SHANGHAI
from township.errors import Mistake

MINUTE = 60_000_000
DAY = 1440 * MINUTE
OFFSET = 8 * 60 * MINUTE
EPOCH = date(1970, 1, 1)
FIRST_YEAR = 2024
MARGIN_YEARS = 2
WEEKEND = 5
"""Saturday, as Python counts weekdays."""


class Span(Struct, frozen=True):
    """One stretch of working time within a day, from `start` up to `end`, in minutes after midnight."""

    start: int
    end: int

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read `08:30-12:00`; an end of `00:00` is midnight after the day."""
        try:
            first, last = (time.fromisoformat(part.strip()) for part in text.split("-"))
        except ValueError as error:
            raise Mistake("unreadable_span", text=text) from error
        span = cls(first.hour * 60 + first.minute, last.hour * 60 + last.minute or 1440)
        if span.start >= span.end:
            raise Mistake("unreadable_span", text=text)
        return span

    def __str__(self) -> str:
        ends = (self.start, self.end % 1440)
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in ends)


USUAL = (Span.parse("08:30-12:00"), Span.parse("14:00-17:30"))


class Day(Struct, frozen=True):
    """The working spans of one date, in order and apart; none on a day off."""

    spans: tuple[Span, ...]
    estimated: bool = False
    """Nobody has published this year yet: weekends and statutory days only."""


class Calendar:
    """Working time of a town. Dates outside `days` follow the published or estimated year."""

    def __init__(
        self, days: Mapping[date, Day] | None = None, usual: Sequence[Span] = USUAL, published: Collection[int] = ()
    ) -> None:
        self._days = dict(days or {})
        self._published = frozenset(published)
        for day in self._days.values():
            if any(first.end > second.start for first, second in pairwise(day.spans)):
                raise Mistake("spans_overlap", spans=str(day.spans))
        self._usual = tuple(usual)
        self.day_minutes = sum(span.end - span.start for span in usual)
        """What a working day counts in a promise of so many working days."""
        self._table = self._tabulate(FIRST_YEAR, date.today().year + MARGIN_YEARS)  # noqa: DTZ011 - only a first guess

    def day(self, on: date) -> Day:
        """Say when people work on a date."""
        return self._days.get(on) or self._seeded(on)

    def _seeded(self, on: date) -> Day:
        """A day that has no row: of a year whose official table was imported, as its weekday is."""
        if on.year in self._published:
            return Day(self._usual if on.weekday() < WEEKEND else ())
        is_workday, is_estimated = _known(on)
        return Day(self._usual if is_workday else (), is_estimated)

    def add(self, start: datetime, minutes: int | timedelta) -> datetime:
        """Find the earliest moment by which `minutes` of working time have passed since `start`.

        Nothing to pass leaves `start` as it is; a negative time is a Mistake.
        """
        wanted = minutes // timedelta(microseconds=1) if isinstance(minutes, timedelta) else minutes * MINUTE
        if wanted < 0:
            raise Mistake("time_runs_forward_only", minutes=str(minutes))
        if wanted == 0:
            return start
        moment = _micros(start)
        table = self._reaching(moment, moment)
        goal = table.worked(moment) + wanted
        while goal > table.total:
            table = self._table = self._tabulate(table.first_year, table.last_year + MARGIN_YEARS)
        return _aware(table.moment(goal))

    def between(self, start: datetime, end: datetime) -> int:
        """Count the whole working minutes from `start` to `end`; negative when `end` is earlier."""
        worked = self.worked(start, end) // timedelta(microseconds=1)
        return worked // MINUTE if worked >= 0 else -(-worked // MINUTE)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Measure the working time from `start` to `end` exactly."""
        first, last = _micros(start), _micros(end)
        table = self._reaching(min(first, last), max(first, last))
        return timedelta(microseconds=table.worked(last) - table.worked(first))

    def is_working(self, moment: datetime) -> bool:
        """Say whether people are at work at a moment."""
        local = moment.astimezone(SHANGHAI)
        minute = local.hour * 60 + local.minute
        return any(span.start <= minute < span.end for span in self.day(local.date()).spans)

    def next_working(self, moment: datetime) -> datetime:
        """Find the first working moment at or after `moment`."""
        if self.is_working(moment):
            return moment
        return self.add(moment, timedelta(microseconds=1)) - timedelta(microseconds=1)

    def is_estimated(self, start: datetime, end: datetime) -> bool:
        """Say whether any date from `start` to `end` belongs to a year that nobody has published."""
        on, last = start.astimezone(SHANGHAI).date(), end.astimezone(SHANGHAI).date()
        while on <= last:
            if self.day(on).estimated:
                return True
            on += timedelta(days=1)
        return False

    def _reaching(self, since: int, until: int) -> "_Table":
        table = self._table
        if table.since <= since and until < table.until:
            return table
        first = min(table.first_year, _year(since))
        last = max(table.last_year, _year(until))
        if (first, last) != (table.first_year, table.last_year):
            table = self._table = self._tabulate(first, last)
        return table

    def _tabulate(self, first_year: int, last_year: int) -> "_Table":
        starts, ends, before, total = [], [], [], 0
        for on in _dates(first_year, last_year):
            midnight = (on - EPOCH).days * DAY
            for span in self.day(on).spans:
                starts.append(midnight + span.start * MINUTE)
                ends.append(midnight + span.end * MINUTE)
                before.append(total)
                total += (span.end - span.start) * MINUTE
        since, until = ((date(year, 1, 1) - EPOCH).days * DAY for year in (first_year, last_year + 1))
        return _Table(first_year, last_year, since, until, starts, ends, before, total)


class _Table(Struct, frozen=True):
    """Spans of whole years in order, with the working time before each: both directions are one bisection."""

    first_year: int
    last_year: int
    since: int
    until: int
    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int

    def worked(self, moment: int) -> int:
        at = bisect_right(self.starts, moment) - 1
        return 0 if at < 0 else self.before[at] + min(moment, self.ends[at]) - self.starts[at]

    def moment(self, worked: int) -> int:
        at = bisect_left(self.before, worked) - 1
        return self.starts[at] + worked - self.before[at]


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000) + OFFSET


def _aware(micros: int) -> datetime:
    seconds, rest = divmod(micros - OFFSET, 1_000_000)
    moment = datetime.fromtimestamp(seconds, SHANGHAI)
    return moment.replace(microsecond=rest) if rest else moment


def _year(micros: int) -> int:
    return (EPOCH + timedelta(days=micros // DAY)).year


def _dates(first_year: int, last_year: int) -> Iterator[date]:
    on, last = date(first_year, 1, 1), date(last_year, 12, 31)
    while on <= last:
        yield on
        on += timedelta(days=1)


@cache
def _known(on: date) -> tuple[bool, bool]:
    """Whether people work on a date, and whether that is only an estimate."""
    try:
        return chinese_calendar.is_workday(on), False
    except NotImplementedError:
        return on.weekday() < WEEKEND and on not in _statutory(on.year), True


@cache
def _statutory(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("CN", years=year))
