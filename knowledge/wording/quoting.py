"""Say a clause in few words: the quote, short enough for a phone, and one line that says where it stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from knowledge.language.lexicon import Lexicon
from knowledge.retriever import Hit
from knowledge.structure.patterns import pattern
from knowledge.wording.orders import without_orders
from township.texts import Texts

LONGEST = 120
"""Characters of a quote."""


@dataclass(frozen=True, slots=True)
class Citation:
    """The clause and version that an answer rests on, bound when it is written."""

    title: str
    doc_no: str
    clause: str
    in_force_since: date | None
    document_id: str
    version_id: str
    clause_id: str


def cite(hit: Hit) -> Citation:
    """Bind an answer to its clause."""
    return Citation(
        hit.title, hit.doc_no, label(hit), hit.in_force_from, hit.document_id, hit.version_id, hit.clause_id
    )


def label(hit: Hit) -> str:
    """Name the clause as printed, with its headline where it has one."""
    headline, _ = _parted(hit)
    if headline:
        return hit.number + headline
    bare = hit.number.rstrip("、.．")
    return texts().say("numbered", number=bare) if bare != hit.number else hit.number


def line(hits: Sequence[Hit], day: date) -> str:
    """Write the line under a quote: where it stands, since when and until when it holds. Clauses of one document."""
    first = hits[0]
    number = texts().say("cited_number", doc_no=first.doc_no) if first.doc_no else ""
    clause = texts().say("and").join(dict.fromkeys(filter(None, map(label, hits))))
    return texts().say("cited", title=first.title, doc_no=number, clause=clause, since=validity(first, day))


def validity(hit: Hit, day: date) -> str:
    """Say since when and until when a document holds; one that does not say so says that."""
    if hit.in_force_until and hit.in_force_until < day:
        said = texts().say("cited_expired")
    elif hit.in_force_from is None and hit.in_force_until is None:
        checked = hit.checked_on if hit.town_id else None  # statutes came as a register, nobody looked at each
        said = texts().say("cited_checked", year=checked.year, month=checked.month) if checked else ""
        said = texts().say("cited_undated") + said
    else:
        said = texts().say("cited_since", since=spoken(hit.in_force_from)) if hit.in_force_from else ""
        said += texts().say("cited_until", until=spoken(hit.in_force_until)) if hit.in_force_until else ""
    return said + (texts().say("cited_sample") if hit.sample else "")


def spoken(day: date) -> str:
    """Write a day as people say it."""
    return texts().say("month", year=day.year, month=day.month, day=day.day)


def quote(lexicon: Lexicon, question: str, hit: Hit) -> str:
    """Take from the clause what answers, whole where it is short, else its best sentences in order."""
    _, lines = _parted(hit)
    whole = "\n".join(lines)
    if len(whole) <= LONGEST:
        return whole
    asked = lexicon.meaning(question)
    pieces = [piece for each in lines for piece in _sentences(each)]
    worth = [len(asked.parts & lexicon.meaning(p).parts) + 2 * lexicon.answers(asked.asking, p) for p in pieces]
    chosen: set[int] = set()
    for place in sorted(range(len(pieces)), key=lambda n: (-worth[n], n)):
        if sum(len(pieces[n]) for n in chosen) + len(pieces[place]) <= LONGEST:
            chosen.add(place)
        elif not chosen:
            return pieces[place][: LONGEST - 2] + texts().say("ellipsis")
    return _joined(pieces, sorted(chosen))


def _joined(pieces: Sequence[str], chosen: Sequence[int]) -> str:
    """Join the chosen sentences, with dots where some were left out between them or after them."""
    gap = texts().say("ellipsis")
    said = "".join((gap if n and n - 1 not in chosen and n != chosen[0] else "") + pieces[n] for n in chosen)
    return said if chosen[-1] == len(pieces) - 1 else said + gap


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in pattern("sentence").findall(text) if sentence.strip()]


def _parted(hit: Hit) -> tuple[str, list[str]]:
    """Part the headline of a numbered section from what it says; orders to whoever answers are not quoted."""
    lines = without_orders(hit.text).split("\n")
    first = lines[0]
    if len(lines) > 1 and pattern("list_heading").match(hit.number) and not pattern("sentence_end").search(first):
        return first, lines[1:]
    return "", lines


def parted(hit: Hit) -> tuple[str, str]:
    """Give headline and body of a clause."""
    headline, lines = _parted(hit)
    return headline, "\n".join(lines)


@cache
def texts() -> Texts:
    """The sentences of answers."""
    return Texts.load(Path(__file__).parents[1] / "texts.yaml")
