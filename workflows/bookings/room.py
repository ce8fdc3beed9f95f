"""How much of a thing is free, counted from what is taken of it. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

LOOKED_AHEAD = 90
"""Days among which the nearest day with enough is looked for."""


class Span(Struct, frozen=True):
    """From a moment until before another."""

    begins: datetime
    ends: datetime

    def later(self, days: int) -> "Span":
        """The same hours some days later."""
        return Span(self.begins + timedelta(days=days), self.ends + timedelta(days=days))


class Taken(Struct, frozen=True):
    """So much is out from a moment on; without an end it does not come back."""

    amount: int
    begins: datetime
    ends: datetime | None = None


def most_taken(taken: Iterable[Taken], span: Span) -> int:
    """The most that is out at one moment of a span."""
    during = [one for one in taken if one.begins < span.ends and (one.ends is None or one.ends > span.begins)]
    moments = {span.begins, *(one.begins for one in during if one.begins > span.begins)}
    return max(sum(one.amount for one in during if _is_out(one, moment)) for moment in moments)


def _is_out(one: Taken, moment: datetime) -> bool:
    return one.begins <= moment and (one.ends is None or moment < one.ends)


def free(amount: int, taken: Sequence[Taken], span: Span) -> int:
    """So much is free through the whole of a span; never less than nothing."""
    return max(0, amount - most_taken(taken, span))


def nearest(amount: int, taken: Sequence[Taken], span: Span, wanted: int, days: int = LOOKED_AHEAD) -> Span | None:
    """The nearest later span of the same length with enough; None if there is none soon."""
    later = (span.later(n) for n in range(1, days + 1))
    return next((one for one in later if free(amount, taken, one) >= wanted), None)
