"""When a rule holds: in force from and until, ended by what replaces it, about to run out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

WARNING_DAYS = 60


@dataclass(frozen=True, slots=True)
class Term:
    """The first and the last day in force; None where the document names none."""

    first: date | None
    last: date | None

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule is in force on `day`."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def ended_by(self, successor_first: date) -> "Term":
        """Give the term of a rule whose successor holds from that day: it never becomes longer."""
        eve = successor_first - timedelta(days=1)
        return replace(self, last=eve if self.last is None else min(self.last, eve))

    def runs_out_soon(self, day: date, within: int = WARNING_DAYS) -> bool:
        """Tell whether the keeper should be warned: in force now, and over within so many days."""
        return self.last is not None and self.holds_on(day) and self.last <= day + timedelta(days=within)


def in_force(terms: Iterable[tuple[str, Term]], day: date) -> list[str]:
    """Choose the keys of the terms that hold on `day`."""
    return [key for key, term in terms if term.holds_on(day)]
