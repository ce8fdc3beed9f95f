"""Reads when from what people write or say: days, hours, ranges, lengths, what comes round; lunar days, feasts.

The one reader of times: forms, broadcasts, absences and answers of cadres take theirs from `find` or `read`. Pure; the
signs are in signs.py, what each means in narrowing.py.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from township.clock import SHANGHAI
from workflows.moments import lengths, moons
from workflows.moments.bounds import HALF_A_MONTH, HALF_A_YEAR
from workflows.moments.clocks import LONGEST_WAY
from workflows.moments.lengths import Length
from workflows.moments.narrowing import narrow
from workflows.moments.signs import Plain, Sign, pattern, plain, scan, words
from workflows.moments.spans import STEPS, Grain, Lean, Span, View, around, behind, days

__all__ = ["Grain", "Kind", "Lean", "Moment", "find", "read", "read_day"]


class Kind(StrEnum):
    """What was said."""

    POINT = "point"
    """A day, an hour, a month: something that has one place in the calendar."""
    RANGE = "range"
    LENGTH = "length"
    """So long, whenever."""
    EVERY = "every"
    """Again and again."""
    BACKWARDS = "backwards"
    """A range that would end before it begins: nobody knows which is meant, and it has to be asked."""


class Moment(Struct, frozen=True):
    """What was said of time, and where it stood in the text."""

    kind: Kind
    grain: Grain
    start: datetime | None = None
    """None: open towards the past."""
    end: datetime | None = None
    """Not included any more; None: open towards the future."""
    length: Length | None = None
    part: str = ""
    day: date | None = None
    """The day that was said; None where only an hour was, or something longer than a day."""
    moon: bool = False
    """Said by the farmers' calendar."""
    at: tuple[int, int] = (0, 0)
    signs: tuple[Sign, ...] = ()

    @property
    def is_day(self) -> bool:
        """Say whether it is one day, without an hour."""
        return self.kind is Kind.POINT and self.grain is Grain.DAY and self._lasts(timedelta(days=1))

    @property
    def has_hour(self) -> bool:
        """Say whether it names an hour."""
        return self.kind is Kind.POINT and self.grain <= Grain.HOUR

    def _lasts(self, length: timedelta) -> bool:
        return self.start is not None and self.end is not None and self.end - self.start == length


def find(text: str, now: datetime, lean: Lean = Lean.THIS) -> list[Moment]:
    """Find every time in a text, in order; `lean` says which is meant by a day without its year, month or week."""
    local = now.astimezone(SHANGHAI)
    return _Reader(plain(text), View(local, lean)).all()


def read(text: str, now: datetime, lean: Lean = Lean.NEXT) -> Moment | None:
    """Read the first time of a text; None when there is none."""
    return next(iter(find(text, now, lean)), None)


class _Reader:
    """Goes through the signs of one text."""

    def __init__(self, text: Plain, view: View) -> None:
        self.plain = text
        self.text = text.text
        self.view = view
        self.signs: Sequence[Sign] = list(scan(self.text))

    def all(self) -> list[Moment]:
        found: list[Moment] = []
        at = 0
        while at < len(self.signs):
            moment, at = self._one(at)
            if moment is not None:
                found.append(moment)
        return found

    def _one(self, at: int) -> tuple[Moment | None, int]:
        sign = self.signs[at]
        if sign.name == "length":
            same_day = self._same_day(at)
            return (same_day, at + 2) if same_day else (self._length(at), at + 1)
        if sign.name == "every":
            return self._every(at)
        first, after = self._narrowed(at, None)
        if first is None:
            return None, max(after, at + 1)
        if self._is_bare(at, after) and not self._joins_range(at, after):
            return None, after
        found, after = self._range(at, first, after)
        return found, after

    def _is_bare(self, at: int, after: int) -> bool:
        return after == at + 1 and self.signs[at].name == "bare_year"

    def _joins_range(self, at: int, after: int) -> bool:
        has_next = after < len(self.signs) and self._between(after, "to")
        return (
            has_next or bool(self._ends("from", self.signs[at].start)) or self._begins("since", after - 1) is not None
        )

    def _narrowed(self, at: int, base: Span | None) -> tuple[Span | None, int]:
        """Narrow by one sign after the other as long as they stand together and fit.

        Nothing is read where the calendar has no such day ("29 February 2027").
        """
        span: Span | None = base
        start = at
        while at < len(self.signs):
            sign = self.signs[at]
            if at > start and not self._joined(at):
                break
            if sign.name in ("length", "every"):
                break
            finer = narrow(sign, span, self.view)
            if finer is None and span is not None and _DAY_OF.get(sign.name) is span.grain and not self._gap(at):
                return None, at + 1
            if finer is None or (span is not None and span.end <= span.start):
                break
            span, at = finer, at + 1
        return (span, at) if at > start and span and span.grain < Grain.ALL else (None, at)

    def _gap(self, at: int) -> str:
        return self.text[self.signs[at - 1].end : self.signs[at].start]

    def _joined(self, at: int) -> bool:
        return re.fullmatch(words()["joins"], self._gap(at)) is not None

    def _between(self, at: int, name: str) -> bool:
        return _beside(name).fullmatch(self._gap(at)) is not None

    def _begins(self, name: str, at: int) -> re.Match[str] | None:
        """Find a word of that kind right behind a sign."""
        return _beside(name).match(self.text, self.signs[at].end)

    def _ends(self, name: str, start: int) -> re.Match[str] | None:
        """Find a word of that kind right before a place."""
        found = list(_beside(name).finditer(self.text, max(0, start - 6), start))
        return found[-1] if found and found[-1].end() == start else None

    def _range(self, at: int, first: Span, after: int) -> tuple[Moment, int]:
        """Take what stands behind the first time: the end of a range, or which side of it is meant."""
        if after < len(self.signs) and (self._between(after, "to") or self._between(after, "and")):
            last, then = self._last(after, first)
            if last is not None and (self._between(after, "to") or self._begins("among", then - 1)):
                end = last.start if last.grain <= Grain.HOUR else last.end
                return self._placed(_ranging(first, end), at, then), then
        return self._placed(self._sided(at, first, after), at, after), after

    def _last(self, at: int, first: Span) -> tuple[Span | None, int]:
        """Read the end of a range: by itself, or as a part of where the beginning lies."""
        sign = self.signs[at]
        base = _base(sign.name, first)
        last, after = self._narrowed(at, base)
        if last is None and base is not None:
            last, after = self._narrowed(at, None)
        is_short = "rel" not in sign.said
        return (_later(last, first, sign.name) if last and is_short else last), after

    def _sided(self, at: int, first: Span, after: int) -> Moment:
        """What is meant by "since", "until" and "before" beside one time."""
        now, start = self.view.now, self.signs[at].start
        if first.end <= first.start:
            return _ranging(first, first.end)
        if self._begins("since", after - 1):
            return _moment(Kind.RANGE, first, first.start, now if first.start < now else None)
        before = self._begins("before", after - 1)
        if before or self._ends("until", start):
            is_over = before and before.group().endswith("前") and self.signs[after - 1].name in _EXCLUDED
            end = first.start if is_over else first.end
            return _moment(Kind.RANGE, first, now if end > now else None, end)
        is_two = "last2" in self.signs[after - 1].said
        is_long = is_two or first.grain is Grain.PART or first.end - first.start > timedelta(days=1)
        kind = Kind.RANGE if is_long else Kind.POINT
        return _moment(kind, first, first.start, first.end)

    def _same_day(self, at: int) -> Moment | None:
        """This day so many years, months or weeks ago or ahead."""
        if at + 1 >= len(self.signs) or self.signs[at + 1].said.get("day") not in words()["today"]:
            return None
        way = _beside("same_day").fullmatch(self._gap(at + 1))
        length = lengths.read(self.text[self.signs[at].start : self.signs[at].end])
        if way is None or length is None:
            return None
        step = length.step if way["way"] in words()["forward"] else -length.step
        span = days((self.view.now + step).date())
        return self._placed(_moment(Kind.POINT, replace(span, named=span.day), span.start, span.end), at, at + 2)

    def _length(self, at: int) -> Moment | None:
        """A length by itself, or counted from now."""
        sign = self.signs[at]
        length = lengths.read(self.text[sign.start : sign.end])
        is_vague = self._ends("passing", sign.start) and self.text[sign.start : sign.end] in words()["vague"]
        if length is None or is_vague:
            return None
        now = self.view.now
        if self._begins("within", at) or self._ends("coming", sign.start):
            return self._counted(at, now, now + length.step, length)
        if self._begins("since", at) or self._ends("passing", sign.start):
            span = length.after(now)
            is_since = self._begins("since", at) and self._ago(at)
            return self._counted(at, now - length.step, now, length) if is_since else self._point(at, span, length)
        if self._begins("before", at):
            return self._point(at, length.before(now), length)
        if self._ends("past", sign.start):
            return self._counted(at, now - length.step, now, length)
        return self._placed(Moment(Kind.LENGTH, length.grain, length=length), at, at + 1)

    def _ago(self, at: int) -> bool:
        found = self._begins("since", at)
        return found is not None and found.group() in words()["ago"]

    def _counted(self, at: int, start: datetime, end: datetime, length: Length) -> Moment:
        return self._placed(Moment(Kind.RANGE, length.grain, start, end, length), at, at + 1)

    def _point(self, at: int, span: Span, length: Length) -> Moment:
        day = span.day if span.grain is Grain.DAY else None
        return self._placed(Moment(Kind.POINT, span.grain, span.start, span.end, length, day=day), at, at + 1)

    def _every(self, at: int) -> tuple[Moment | None, int]:
        """What comes round: the first time that fits, marked."""
        if at + 1 >= len(self.signs) or self.signs[at].end != self.signs[at + 1].start:
            return None, at + 1
        if self.signs[at + 1].name == "length":
            return self._placed(Moment(Kind.EVERY, Grain.DAY), at, at + 2), at + 2
        first, after = self._narrowed(at + 1, None)
        if first is None:
            return None, at + 1
        found, after = self._range(at + 1, first, after)
        return self._placed(replace(found, kind=Kind.EVERY), at, after), after

    def _placed(self, found: Moment, at: int, after: int) -> Moment:
        last = self.signs[after - 1].end
        sided = [self._begins(name, after - 1) for name in _SIDES] if found.kind is Kind.RANGE or found.length else []
        place = self.plain.place(self.signs[at].start, max([last, *(side.end() for side in sided if side)]))
        return replace(found, at=place, signs=tuple(self.signs[at:after]))


def _moment(kind: Kind, span: Span, start: datetime | None, end: datetime | None) -> Moment:
    return Moment(kind, span.grain, start, end, part=span.part, day=span.named, moon=span.moon)


def _ranging(first: Span, end: datetime) -> Moment:
    """From the beginning of a span to an end, or the finding that this runs backwards."""
    if end <= first.start:
        return Moment(Kind.BACKWARDS, first.grain)
    return _moment(Kind.RANGE, first, first.start, end)


def _beside(name: str) -> re.Pattern[str]:
    return pattern(words()["beside"][name])


def _base(name: str, first: Span) -> Span | None:
    """What the end of a range takes over from its beginning, by how fine the end is said."""
    if name in ("clock", "two_hours"):
        day = days(first.day)
        return replace(day, start=first.start, grain=Grain.PART, part=first.part) if first.part else day
    if name == "part":
        return days(first.day) if first.grain <= Grain.PART else None
    if name == "day":
        return moons.around(first.day) if first.moon else around(first, Grain.MONTH)
    if name == "next_day":
        return first
    if name == "weekday":
        return around(first, Grain.WEEK)
    if name in ("month", "month_day", "may_day", "slash") and not first.moon:
        return around(first, Grain.YEAR)
    return None


_EXCLUDED = ("feast", "eve")
"""What is to be done before a feast is done on the day before; "before Friday" people say with Friday in mind."""
_DAY_OF = {"month_day": Grain.YEAR, "day": Grain.MONTH}
"""Of what a day is named, where the calendar may have none such."""
_SIDES = ("since", "before", "within")
_HALF_A_DAY, _A_YEAR = (STEPS["hour"] * 12, LONGEST_WAY), (STEPS["year"], HALF_A_YEAR)
_STEPS = {
    "clock": _HALF_A_DAY, "two_hours": _HALF_A_DAY, "part": (STEPS["day"], timedelta(days=1)),
    "weekday": (STEPS["week"], timedelta(days=5)), "day": (STEPS["month"], HALF_A_MONTH),
    "month": _A_YEAR, "month_day": _A_YEAR, "slash": _A_YEAR,
}  # fmt: skip
"""By how fine the end of a range was said: what comes round again after how long, and how far a range may reach."""


def _later(last: Span, first: Span, name: str) -> Span:
    """The end of a range that was said shortly lies behind its beginning: "from eleven to two"."""
    if last.moon and name == "day" and last.start < first.start:
        after = moons.following(last)
        return after if after and after.start - first.start <= HALF_A_MONTH else last
    return behind(first, last, *_STEPS[name]) if name in _STEPS and not last.moon else last


def read_day(text: str, today: date) -> date | None:
    """Read one day, the next such; None when there is none, or more than a day was said."""
    found = read(text, datetime.combine(today, time(), SHANGHAI))
    return found.day if found and found.kind is not Kind.EVERY else None
