"""Say a clause in few words: the quote, short enough for a phone, and one line that says where it stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.lexicon import Lexicon
from knowledge.patterns import pattern
from knowledge.retriever import Hit
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


def cite(texts: Texts, hit: Hit) -> Citation:
    """Bind an answer to its clause."""
    return Citation(
        hit.title, hit.doc_no, label(texts, hit), hit.in_force_from, hit.document_id, hit.version_id, hit.clause_id
    )


def label(texts: Texts, hit: Hit) -> str:
    """Name the clause as printed, with its headline where it has one."""
    headline, _ = _parted(hit)
    if headline:
        return hit.number + headline
    bare = hit.number.rstrip("、.．")
    return texts.say("numbered", number=bare) if bare != hit.number else hit.number


def line(texts: Texts, citation: Citation, day: date, last: date | None, *, sample: bool) -> str:
    """Write the line under a quote."""
    since = citation.in_force_since
    parts = [texts.say("cited_since", since=spoken(texts, since)) if since else texts.say("cited_undated")]
    if last and last < day:
        parts = [texts.say("cited_expired")]
    if sample:
        parts.append(texts.say("cited_sample"))
    number = texts.say("cited_number", doc_no=citation.doc_no) if citation.doc_no else ""
    return texts.say("cited", title=citation.title, doc_no=number, clause=citation.clause, since="".join(parts))


def spoken(texts: Texts, day: date) -> str:
    """Write a day as people say it."""
    return texts.say("month", year=day.year, month=day.month, day=day.day)


def quote(lexicon: Lexicon, texts: Texts, question: str, hit: Hit) -> str:
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
            return pieces[place][: LONGEST - 2] + texts.say("ellipsis")
    return _joined(texts, pieces, sorted(chosen))


def _joined(texts: Texts, pieces: Sequence[str], chosen: Sequence[int]) -> str:
    """Join the chosen sentences, with dots where some were left out between them or after them."""
    gap = texts.say("ellipsis")
    said = "".join((gap if n and n - 1 not in chosen and n != chosen[0] else "") + pieces[n] for n in chosen)
    return said if chosen[-1] == len(pieces) - 1 else said + gap


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in pattern("sentence").findall(text) if sentence.strip()]


def _parted(hit: Hit) -> tuple[str, list[str]]:
    """Part the headline of a numbered section from what it says."""
    lines = hit.text.split("\n")
    first = lines[0]
    if len(lines) > 1 and pattern("list_heading").match(hit.number) and not pattern("sentence_end").search(first):
        return first, lines[1:]
    return "", lines
