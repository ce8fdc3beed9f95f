"""When a rule holds: what a document says of its own term, in force from and until, about to run out. Pure.

Nothing is guessed: a term that the document does not state is `None`, and a rule on trial has two years only where
itself or a rule of its issuer says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from knowledge.numbers.dates import read_date
from knowledge.structure.patterns import numeral, pattern


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


class Found(StrEnum):
    """Where an end of a term was found."""

    unsaid = ""
    stated = "stated"
    on_issue = "on_issue"
    """"From the day of issue"."""
    length = "length"
    """So many years from the first day."""
    issuer_rule = "issuer_rule"
    """The issuer's rule for what is on trial."""
    confirmed = "confirmed"
    """It says nothing: the day on which a second person confirmed it."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a document says of its term, and where."""

    term: Term
    first: Found = Found.unsaid
    last: Found = Found.unsaid
    on_trial: bool = False


def stated(text: str, issued_on: date | None, title: str = "") -> Stated:
    """Read the term that a document gives itself. What holds for something else in it ("a health certificate is
    valid for one year") is not its own."""
    own = "\n".join(_own_sentences(text))
    starts, first = _first(own, issued_on)
    ends, last = _last(own, starts)
    if span := pattern("term_span").search(own):
        starts = read_date(span["first"] or span["first2"]) or starts
        ends, first, last = read_date(span["last"] or span["last2"]) or ends, Found.stated, Found.stated
    return Stated(Term(starts, ends), first, last, _on_trial(title, own))


def lapse_by_rule(known: Stated, years: int) -> Stated:
    """Give what is on trial without an end the years that its issuer's rule allows."""
    if not known.on_trial or known.term.last or not known.term.first:
        return known
    return replace(known, term=replace(known.term, last=years_later(known.term.first, years)), last=Found.issuer_rule)


def trial_years(text: str) -> int | None:
    """Read the rule that says for how many years what is on trial holds; None: this text is no such rule."""
    found = pattern("trial_rule").search(text)
    return numeral(found["n"]) if found else None


def in_force(terms: Iterable[tuple[str, Term]], day: date) -> list[str]:
    """Choose the keys of the terms that hold on `day`."""
    return [key for key, term in terms if term.holds_on(day)]


def years_later(starts: date, years: int) -> date:
    """Give the last day of so many years: the eve of the anniversary."""
    return months_later(starts, 12 * years)


def months_later(starts: date, months: int) -> date:
    """Give the last day of so many months."""
    years, month = divmod(starts.month - 1 + months, 12)
    return date(starts.year + years, month + 1, 1) + timedelta(days=min(starts.day, _days_of(starts, months)) - 2)


def _days_of(starts: date, months: int) -> int:
    """Days of the month that is so many later; a day that it has not is the first of the next."""
    years, month = divmod(starts.month - 1 + months, 12)
    following = date(starts.year + years + (month == 11), (month + 1) % 12 + 1, 1)
    return (following - date(starts.year + years, month + 1, 1)).days + 1


def _own_sentences(text: str) -> Iterator[str]:
    """Give the sentences that speak of the document's own term, and those that go on with them."""
    before = False
    for line in text.split("\n"):
        for sentence in pattern("sentence").findall(line):
            if not sentence.strip():
                continue
            goes_on = before and pattern("term_goes_on").search(sentence)
            before = bool(goes_on or pattern("own_term").search(sentence))
            if before:
                yield sentence


def _first(own: str, issued_on: date | None) -> tuple[date | None, Found]:
    if found := pattern("term_from").search(own):
        return read_date(found["when"] or found["labelled"]), Found.stated
    if issued_on and pattern("term_on_issue").search(own):
        return issued_on, Found.on_issue
    return None, Found.unsaid


def _last(own: str, starts: date | None) -> tuple[date | None, Found]:
    if until := pattern("term_until").search(own):
        return read_date(until["until"] or until["through"]), Found.stated
    for lapses in pattern("term_lapses").finditer(own):
        day = read_date(lapses["when"])
        if day and "《" not in own[: lapses.start()].rpartition("，")[2] and (not starts or day > starts):
            return day - timedelta(days=1), Found.stated
    length = pattern("term_length").search(own)
    if length and starts:
        count, unit = numeral(length["n"] or length["n2"]), length["unit"] or length["unit2"]
        later = years_later if unit == pattern("term_year").pattern else months_later
        return later(starts, count), Found.length
    return None, Found.unsaid


def _on_trial(title: str, own: str) -> bool:
    started = pattern("term_from").search(own) or pattern("term_on_issue").search(own)
    how = started["how"] if started else ""
    return bool(pattern("trial_title").search(title)) or how == pattern("on_trial").pattern
