"""Read what an official document says of itself: number, issuer, date, title, dates in force, what it repeals. Pure.

It never guesses: what the text does not say stays empty and is listed in `missing` for the keeper.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.numbers.dates import read_date
from knowledge.structure.lines import Line
from knowledge.structure.patterns import pattern
from knowledge.validity import terms as validity

HEAD = 14
"""Lines at the top among which title, number, issuer and date are looked for."""
SHORT = 30
"""Characters of a line that may be a headline."""
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
    printed_on, letterhead = _around(text, used), _letterhead(text, used)
    issuer, issued_on = _signature(text, used)
    issuer, issued_on = issuer or letterhead or _issuer_of(title), issued_on or printed_on
    body = tuple(line for position, line in enumerate(text) if position not in used)
    whole = "\n".join(line.text for line in body)
    term = validity.stated(whole, issued_on, title).term
    starts, ends = term.first, term.last
    found = {"doc_no": doc_no, "issuer": issuer, "issued_on": issued_on, "in_force_from": starts}
    missing = tuple(key for key, value in (found | {"in_force_until": ends}).items() if not value)
    return FrontMatter(title, doc_no, issuer, issued_on, starts, ends, _replaces(whole, doc_no), sample, missing, body)


def normal_number(text: str) -> str:
    """Give a document number its one form: no spaces, the tortoise-shell brackets of the standard."""
    left, right = list(pattern("brackets").pattern)
    return re.sub(r"[\]］〕)）]", right, re.sub(r"[\[［〔(（]", left, "".join(text.split())))


def _title(lines: Sequence[Line], used: set[int]) -> str:
    for position, line in enumerate(lines[:HEAD]):
        text = line.text.strip()
        looks = len(text) <= 60 and pattern("title").search(text) and not pattern("doc_no").search(text)
        if line.heading == 1 or looks:
            used.add(position)
            return text if line.heading else _broken_title(lines, position, used) + text
    return _headline(lines, used)


def _headline(lines: Sequence[Line], used: set[int]) -> str:
    """Take the first line for the title where none looks like one: short, and neither sentence nor clause."""
    text = lines[0].text.strip() if lines else ""
    others = ("doc_no", "date", "article", "list_heading", "list_item", "digit_heading", "question", "sample")
    is_text = len(text) > SHORT or pattern("sentence_end").search(text) or lines[0].table if text else True
    if is_text or len(lines) < 2 or _names_issuer(text) or any(pattern(name).match(text) for name in others):
        return ""
    used.add(0)
    return text


def _broken_title(lines: Sequence[Line], position: int, used: set[int]) -> str:
    """Give the lines above that begin the same title: a long one is set in two or three, the first with the issuer."""
    above = ""
    for before in range(position - 1, max(-1, position - 4), -1):
        text = lines[before].text.strip()
        starts = above == "" and pattern("about").match(lines[position].text.strip()) and _names_issuer(text)
        if not starts and (not pattern("about").search(text) or len(text) > 40 or pattern("sentence_end").search(text)):
            break
        used.add(before)
        above = text + above
        if not pattern("about").match(text):
            break
    return above


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


def _around(lines: Sequence[Line], used: set[int]) -> date | None:
    """Take off who else gets it and who printed it when; the day of printing stands in for that of issue."""
    printed_on = None
    for position, line in enumerate(lines):
        text = line.text.strip()
        if len(text) > 80:
            continue
        if found := pattern("printed").match(text):
            printed_on = printed_on or read_date(found["when"])
            used.add(position)
        elif pattern("distribution").match(text) and (position < HEAD or position >= len(lines) // 2):
            used.add(position)
    return printed_on


def _letterhead(lines: Sequence[Line], used: set[int]) -> str:
    """Read the red line at the top: the issuer, and the word for document."""
    for position, line in enumerate(lines[:HEAD]):
        found = pattern("letterhead").match(line.text.strip())
        if found and _names_issuer(found["issuer"]):
            used.add(position)
            return found["issuer"]
    return ""


def _signature(lines: Sequence[Line], used: set[int]) -> tuple[str, date | None]:
    """Find issuer and date, each on a line of its own, near the top or at the end."""
    issuer, issued_on = "", None
    places = [*range(min(HEAD, len(lines))), *_signed(lines), *range(max(HEAD, len(lines) - TAIL), len(lines))]
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


def _issuer_of(title: str) -> str:
    """Take the issuer from a title that begins with it."""
    before = pattern("about").split(title, maxsplit=1)[0]
    return before if before != title and _names_issuer(before) else ""


def _signed(lines: Sequence[Line]) -> list[int]:
    """Find a signature in the middle, before the attachments: the issuer, and the date on the line below."""
    for position in range(len(lines) - 1):
        found = pattern("date").fullmatch(lines[position + 1].text.strip())
        if found and _names_issuer(lines[position].text.strip()):
            return [position, position + 1]
    return []


def _names_issuer(text: str) -> bool:
    short = 4 <= len(text) <= 40 and bool(pattern("issuer").search(text))
    return short and not pattern("list_heading").match(text) and not pattern("article").match(text)


def _replaces(text: str, own: str) -> tuple[str, ...]:
    found: list[str] = []
    for sentence in pattern("sentence").findall(text):
        if pattern("replaces").search(sentence):
            found += [normal_number(number) for number in pattern("quoted_no").findall(sentence)]
    return tuple(dict.fromkeys(number for number in found if number and number != own))
