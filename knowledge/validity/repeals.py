"""Which documents a document says are over: named by number or title, whole or some articles, from a day. Pure.

"Repealed" counts only where a document is named in the same breath; what is only quoted beside it does not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.numbers.dates import read_date
from knowledge.structure.frontmatter import normal_number
from knowledge.structure.patterns import numeral, pattern


@dataclass(frozen=True, slots=True)
class Ending:
    """One document, or some articles of one, that are over."""

    title: str
    doc_no: str
    articles: tuple[int, ...] = ()
    """None named: all of it."""
    on: date | None = None
    """First day on which it holds no longer; None: when the document that says so begins."""
    said: str = ""
    """The sentence."""


def read(text: str, *, own_number: str = "", own_title: str = "") -> list[Ending]:
    """Read what a document ends; it never ends itself."""
    found: dict[tuple[str, str], Ending] = {}
    for sentence in _sentences(text):
        for one in _of_sentence(sentence):
            if one.doc_no != own_number or not one.doc_no:
                found.setdefault((one.doc_no or one.title, repr(one.articles)), one)
    return [one for one in found.values() if one.doc_no or one.title != own_title]


def _sentences(text: str) -> Iterator[str]:
    """Cut a text at its full stops; a list that follows "the following are repealed:" belongs to its sentence."""
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        if pattern("repeals_below").search(line):
            while place < len(lines) and pattern("repeals_item").match(lines[place].strip()):
                line += "\n" + lines[place].strip()
                place += 1
            yield line
        else:
            yield from pattern("sentence").findall(line)


def _of_sentence(sentence: str) -> Iterator[Ending]:
    if not pattern("repeals").search(sentence) or pattern("repeals_not").search(sentence):
        return
    if below := pattern("repeals_below").search(sentence):
        yield from _named(sentence[below.end() :], sentence)
        return
    segments = re.split(r"[，,；;]", sentence)
    for place, segment in enumerate(segments):
        if not pattern("repeals").search(segment):
            continue
        named = list(_named(segment, sentence))
        before = place - 1
        while before >= 0 and _only_names(segments[before]):
            named = [*_named(segments[before], sentence), *named]
            before -= 1
        yield from named


def _only_names(segment: str) -> bool:
    named = pattern("cited_document")
    return bool(named.search(segment)) and not pattern("between_names").sub("", named.sub("", segment))


def _named(segment: str, sentence: str) -> Iterator[Ending]:
    said = sentence.strip()
    ends = pattern("repeals_on").search(segment)
    on = read_date(ends["when"]) if ends else None
    for one in pattern("cited_document").finditer(segment):
        number = normal_number(one["no"] or one["bare"] or "")
        articles = pattern("articles_named").match(segment[one.end() :])
        numbers = tuple(numeral(each["n"]) for each in pattern("article").finditer(articles[0])) if articles else ()
        yield Ending(one["title"] or "", number, numbers, on, said)
