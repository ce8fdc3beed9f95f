"""What is said: of a fact, of a clause, of the fields of a guide, of two that may be meant, of nothing known. Pure.

Extractive: whatever stands here is quoted, and the line that says where it stands is written by us.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from knowledge.factbook import Found
from knowledge.language import lexicon
from knowledge.models import Level
from knowledge.numbers import brackets
from knowledge.retriever import Hit
from knowledge.search.confidence import OFF_TOPIC, Rated
from knowledge.search.levels import NOWHERE, Home, distance
from knowledge.wording import guides, quoting
from knowledge.wording.quoting import Citation, texts

NEAREST_NAMED = 2
"""Titles that "I do not know" names at most."""
_PRINTED = str.maketrans(",;", "，；")


class AnswerKind(StrEnum):
    """What an answer rests on."""

    fact = "fact"
    clause = "clause"
    choice = "choice"
    """Two clauses may be meant: asked back once."""
    unknown = "unknown"
    expired_fact = "expired_fact"
    boundary = "boundary"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the things that a question may mean."""

    label: str
    clause_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, on what it rests, and whether a person must be asked."""

    kind: AnswerKind
    text: str
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    hand_over: bool = False
    """True: somebody of the township must find out and tell."""
    nearest: tuple[str, ...] = ()
    fact_id: str = ""
    owner: str = ""
    """Who keeps the fact right; the person or office to ask."""
    understood: str = ""
    """The question after misheard words were put right."""
    tail: str = ""
    """What stands under the citation: that a nearer rule is not known, and the like."""
    grounds: tuple[Hit, ...] = field(default=(), repr=False)
    """Clauses from which a chat model may compose it in other words; empty where it must be said as it is."""
    options: tuple[Option, ...] = ()


def of_fact(found: Found, day: date, understood: str) -> Answer:
    """Say a fact with the day on which it was checked; one past its day is not said."""
    fact = found.fact
    valid = fact.is_valid(day)
    if valid:
        checked = quoting.spoken(fact.last_checked) if fact.last_checked else ""
        source = texts().say("answer_fact_source", source=fact.source) if fact.source else ""
        text = texts().say("answer_fact", answer=_with_bracket(understood, fact.answer), checked=checked, source=source)
    else:
        until = quoting.spoken(fact.valid_until) if fact.valid_until else ""
        text = texts().say("answer_expired_fact", until=until)
    return Answer(
        AnswerKind.fact if valid else AnswerKind.expired_fact,
        text,
        confidence=min(found.score, 1.0),
        hand_over=not valid,
        fact_id=fact.id,
        owner=fact.owner,
        understood=understood,
    )


def of_clause(
    words: lexicon.Lexicon,
    question: str,
    best: Rated,
    day: date,
    *,
    home: Home = NOWHERE,
    nearer: Rated | None = None,
    grounds: Sequence[Hit] = (),
) -> Answer:
    """Quote a clause; of what was not made here, say so, and whether there is a nearer rule as well."""
    hit = best.hit
    quote = _with_bracket(question, quoting.quote(words, question, hit), quoting.parted(hit)[1])
    tail = _tail(hit, nearer, home)
    text = texts().say("answer_clause", quote=quote, citation=quoting.line([hit], day))
    return Answer(
        AnswerKind.clause,
        f"{text}\n{tail}" if tail else text,
        (quoting.cite(hit),),
        min(best.confidence, 1.0),
        understood=question,
        tail=tail,
        grounds=() if brackets.asks_personally(question) else tuple(grounds) or (hit,),
    )


def with_lines(answer: Answer, lines: Sequence[str]) -> Answer:
    """Add lines under a citation."""
    if not lines:
        return answer
    said = "\n".join(lines)
    tail = f"{answer.tail}\n{said}" if answer.tail else said
    return replace(answer, text=f"{answer.text}\n{said}", tail=tail)


def of_guide(question: str, best: Rated, lines: Sequence[guides.Line], day: date) -> Answer:
    """Say the fields of a guide that were asked for, each as it stands there; the clause that was found first."""
    said = [texts().say("guide_line", label=line.label, text=line.text) for line in lines]
    hits = list(dict.fromkeys(line.hit for line in lines))
    first = [hit for hit in hits if hit.clause_id == best.hit.clause_id]
    cited = [*first, *(hit for hit in hits if hit not in first)]
    text = texts().say("answer_clause", quote="\n".join(said), citation=quoting.line(hits, day))
    return Answer(
        AnswerKind.clause,
        text,
        tuple(quoting.cite(hit) for hit in cited),
        min(best.confidence, 1.0),
        understood=question,
        grounds=tuple(cited),
    )


def of_choice(question: str, options: Sequence[Option], confidence: float) -> Answer:
    """Ask once which of two things is meant."""
    listed = [texts().say("choice_line", n=n, label=option.label) for n, option in enumerate(options, 1)]
    text = texts().say("answer_choice", options="\n".join(listed))
    return Answer(AnswerKind.choice, text, (), confidence, understood=question, options=tuple(options))


def named(title: str, headline: str) -> str:
    """Name one of several clauses for people who choose."""
    return texts().say("choice_named", title=title, headline=headline) if headline else title


def of_nothing(rated: Sequence[Rated], question: str, *, known: bool, beside: Sequence[Rated]) -> Answer:
    """Say that it is not known, and that somebody will find out; what is far from all is not ours.

    The nearest titles are taken of those `beside` the question alone: whose title names what it is about.
    """
    best = rated[0].confidence if rated else 0.0
    if best < OFF_TOPIC and not known:
        text = texts().say("boundary_off_topic")
        return Answer(AnswerKind.boundary, text, confidence=best, understood=question)
    near = [each.hit.title for each in beside if each.confidence >= OFF_TOPIC]
    titles = tuple(dict.fromkeys(near))[:NEAREST_NAMED]
    shown = "".join(texts().say("title", title=title) for title in titles)
    text = texts().say("answer_unknown_near", titles=shown) if titles else texts().say("answer_unknown")
    return Answer(AnswerKind.unknown, text, (), best, True, titles, understood=question)


def of_boundary(name: str, understood: str) -> Answer:
    """Say that something is not ours to say, and where to turn."""
    return Answer(AnswerKind.boundary, texts().say(f"boundary_{name}"), understood=understood)


def _tail(hit: Hit, nearer: Rated | None, home: Home) -> str:
    if not home.holds(hit):
        return texts().say("tail_elsewhere")
    if hit.level is not Level.nation and not hit.is_elsewhere:
        return ""
    if nearer is not None and distance(nearer.hit, home) < distance(hit, home):
        return texts().say("tail_nearer", title=nearer.hit.title)
    return texts().say("tail_statute", whose=texts().say(f"whose_{hit.level}"))


def _with_bracket(question: str, quote: str, whole: str = "") -> str:
    """Put the line of a table first into which the person of the question falls."""
    found = brackets.choose(question, whole or quote)
    if found is None:
        return quote
    case, bracket = found
    if bracket is None:
        return texts().say("no_bracket", case=case.said, quote=quote)
    return texts().say("bracket", case=case.said, words=bracket.words.translate(_PRINTED), quote=quote)
