"""Read what an official document says of itself: number, issuer, date, title, dates in force, what it repeals. Pure.

It never guesses: what the text does not say stays empty and is listed in `missing` for the keeper.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.lines import Line
from knowledge.patterns import numeral, pattern

HEAD = 14
"""Lines at the top among which title, number, issuer and date are looked for."""
TAIL = 6
"""Lines at the bottom among which a signature (issuer, date) is looked for."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands around the clauses."""

    title: str
    doc_no: str
    issuer: str
    issued_on: date | None
    in_force_from: date | None
    in_force_until: date | None
    replaces: tuple[str, ...]
    """Numbers of the documents that this one repeals."""
    sample: bool
    missing: tuple[str, ...]
    """Names of fields that the text does not give."""
    body: tuple[Line, ...]
    """The lines without those that are front matter."""


def read(lines: Sequence[Line], name: str = "") -> FrontMatter:
    """Part front matter and body; `name` is the title when the text has none."""
    text = [line for line in lines if line.text.strip()]
    used: set[int] = set()
    title = _title(text, used) or name.rsplit(".", 1)[0]
    sample = _samples(text, used)
    doc_no = _number(text, used)
    issuer, issued_on = _signature(text, used)
    body = tuple(line for position, line in enumerate(text) if position not in used)
    whole = "\n".join(line.text for line in body)
    starts, ends = dates_in_force(whole, issued_on)
    found = {"doc_no": doc_no, "issuer": issuer, "issued_on": issued_on, "in_force_from": starts}
    missing = tuple(key for key, value in (found | {"in_force_until": ends}).items() if not value)
    return FrontMatter(title, doc_no, issuer, issued_on, starts, ends, _replaces(whole, doc_no), sample, missing, body)


def normal_number(text: str) -> str:
    """Give a document number its one form: no spaces, the tortoise-shell brackets of the standard."""
    left, right = list(pattern("brackets").pattern)
    return re.sub(r"[\]］〕)）]", right, re.sub(r"[\[［〔(（]", left, "".join(text.split())))


def read_date(text: str) -> date | None:
    """Read the first date in Chinese or Arabic numerals; none when there is none or it cannot be."""
    found = pattern("date").search(text)
    if not found:
        return None
    try:
        return date(numeral(found["y"]), numeral(found["m"]), numeral(found["d"]))
    except ValueError:
        return None


def dates_in_force(text: str, issued_on: date | None) -> tuple[date | None, date | None]:
    """Find the first and the last day in force as the text states them."""
    found = pattern("in_force_from").search(text)
    starts = read_date(found["when"]) if found else None
    if not found and pattern("in_force_on_issue").search(text):
        starts = issued_on
    if until := pattern("in_force_until").search(text):
        return starts, read_date(until["until"] or until["through"])
    years = pattern("in_force_years").search(text)
    if years and starts:
        return starts, _years_later(starts, numeral(years["n"]))
    return starts, None


def _years_later(starts: date, years: int) -> date:
    anniversary = date(starts.year + years, starts.month, min(starts.day, 28))
    return anniversary - timedelta(days=1) if starts.day <= 28 else anniversary


def _title(lines: Sequence[Line], used: set[int]) -> str:
    for position, line in enumerate(lines[:HEAD]):
        text = line.text.strip()
        looks = len(text) <= 60 and pattern("title").search(text) and not pattern("doc_no").search(text)
        if line.heading == 1 or looks:
            used.add(position)
            return text
    return ""


def _samples(lines: Sequence[Line], used: set[int]) -> bool:
    marked = [n for n, line in enumerate(lines[:HEAD]) if pattern("sample").match(line.text.lstrip("（(【[ "))]
    used.update(marked)
    return bool(marked)


def _number(lines: Sequence[Line], used: set[int]) -> str:
    for position, line in enumerate(lines[:HEAD]):
        found = pattern("doc_no").search(line.text)
        if found and len(line.text.strip()) <= len(found[0]) + 12:
            used.add(position)
            return normal_number(found[0])
    return ""


def _signature(lines: Sequence[Line], used: set[int]) -> tuple[str, date | None]:
    """Find issuer and date, each on a line of its own, near the top or at the end."""
    issuer, issued_on = "", None
    places = [*range(min(HEAD, len(lines))), *range(max(HEAD, len(lines) - TAIL), len(lines))]
    for position in places:
        text = lines[position].text.strip()
        found = pattern("date").match(text)
        if not issued_on and found and len(text) <= len(found[0]) + 6:
            issued_on = read_date(text)
            used.add(position)
        elif not issuer and position not in used and _names_issuer(text):
            issuer = text
            used.add(position)
    return issuer, issued_on


def _names_issuer(text: str) -> bool:
    short = 4 <= len(text) <= 40 and bool(pattern("issuer").search(text))
    return short and not pattern("list_heading").match(text) and not pattern("article").match(text)


def _replaces(text: str, own: str) -> tuple[str, ...]:
    found: list[str] = []
    for sentence in pattern("sentence").findall(text):
        if pattern("replaces").search(sentence):
            found += [normal_number(number) for number in pattern("quoted_no").findall(sentence)]
    return tuple(dict.fromkeys(number for number in found if number and number != own))
