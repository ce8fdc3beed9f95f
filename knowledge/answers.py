"""From a question to an answer: facts first, then the nearest rule in force, quoted and cited; or "I do not know".

Extractive: no chat model. Where the answer is handed over, or how it is sent, is not known here.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from knowledge import confidence, facts, lexical, lexicon, lookup, occasions, quoting
from knowledge.boundaries import boundary
from knowledge.confidence import OFF_TOPIC, SURE, Rated
from knowledge.factbook import FactBook, Found
from knowledge.library import Library
from knowledge.models import NEAREST_FIRST, Level, answers_given
from knowledge.quoting import Citation
from knowledge.retriever import Hit, fetch, retrieve
from township.clock import SHANGHAI
from township.db import Tx, insert_ignore
from township.scope import Scope
from township.texts import Texts

LOOKED_AT = 20
"""Hits that are rated."""
FARTHER_BY = 0.25
"""How much surer a farther rule must be to be taken before a nearer one."""
STATUTE_BY = 0.2
"""How much less sure a statute may be than the nearer rule, where the question is what people may or must."""
NEAREST_NAMED = 3
"""Titles that "I do not know" names at most."""


class AnswerKind(StrEnum):
    """What an answer rests on."""

    fact = "fact"
    clause = "clause"
    unknown = "unknown"
    expired_fact = "expired_fact"
    boundary = "boundary"


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


@dataclass(slots=True)
class Answerer:
    """Answers for one process; one library behind it. Blocks: call it in a thread."""

    library: Library
    names: frozenset[str] = frozenset()
    """Villages and other names of the town, which may be misheard."""
    _books: dict[tuple[object, ...], FactBook] = field(default_factory=dict)

    def answer(self, question: str, *, scope: Scope, at: datetime, previous: str = "") -> Answer:
        """Answer as of `at`, from what `scope` may see; `previous` is the question before, for "and when?"."""
        words = lexicon.load(self.names)
        understood = words.repair(question).text
        now, at = at, occasions.asked_as_of(understood, at)
        day = at.astimezone(SHANGHAI).date()
        if name := boundary(understood):
            return Answer(AnswerKind.boundary, _texts().say(f"boundary_{name}"), understood=understood)
        if cited := self._cited(words, understood, scope, day):
            return cited
        previous = previous if words.goes_on(understood) else ""
        if noticed := self._noticed(words, understood, scope, at):
            return noticed
        if at == now and (found := self._book(scope, words).find(understood, previous and words.repair(previous).text)):
            return _of_fact(found, day, understood)
        if previous:
            understood = words.continued(understood, words.repair(previous).text)
        answer = self._of_clauses(words, understood, scope, at)
        focus = words.focus(understood)
        if answer.citations or not focus or len(focus) >= len(understood):
            return answer
        second = self._of_clauses(words, focus, scope, at)
        return replace(second, understood=understood) if second.citations else answer

    def _cited(self, words: lexicon.Lexicon, question: str, scope: Scope, day: date) -> Answer | None:
        """Answer a question that names a document and an article with that article."""
        named = lookup.named(question)
        if named is None:
            return None
        hits = fetch(self.library, self.library.db.read_now(lambda tx: lookup.find(tx, named, scope=scope, day=day)))
        nearest = min(hits, key=_distance, default=None)
        return _of_clause(words, question, Rated(nearest, 1.0), day) if nearest else None

    def _noticed(self, words: lexicon.Lexicon, question: str, scope: Scope, at: datetime) -> Answer | None:
        """Answer what is asked of today with the notice of the asker's village, before what holds every day."""
        topics = words.meaning(question).topics
        if not topics or not occasions.asks_of_a_day(question):
            return None
        day = at.astimezone(SHANGHAI).date()
        hits = retrieve(self.library, words.widen(question), scope=scope, at=at, limit=LOOKED_AT)
        rated = confidence.rate(words, question, hits, _rarity(self.library, scope, day))
        found = occasions.notice([each.hit for each in rated if each.confidence >= SURE], topics, day)
        return _of_clause(words, question, Rated(found, 1.0), day) if found else None

    def _of_clauses(self, words: lexicon.Lexicon, question: str, scope: Scope, at: datetime) -> Answer:
        hits = retrieve(self.library, words.widen(question), scope=scope, at=at, limit=LOOKED_AT)
        rated = confidence.rate(words, question, hits, _rarity(self.library, scope, at.astimezone(SHANGHAI).date()))
        best = nearest_rule(rated, of_right=words.asks_right(question))
        if best is None:
            return _unknown(rated, question, known=bool(words.meaning(question).topics))
        nearer = nearest_rule(
            [each for each in rated if each.hit.level is not Level.nation and not each.hit.is_elsewhere]
        )
        return _of_clause(words, question, best, at.astimezone(SHANGHAI).date(), nearer=nearer)

    def _book(self, scope: Scope, words: lexicon.Lexicon) -> FactBook:
        """Give the facts that `scope` may hear; they are read again when one has changed."""
        stamp = self.library.db.read_now(lambda tx: facts.stamp(tx, scope.town_id))
        key = (scope.town_id, scope.villages, scope.audiences)
        if (*key, stamp) not in self._books:
            rows = self.library.db.read_now(lambda tx: facts.load(tx, scope))
            self._books = {known: book for known, book in self._books.items() if known[:3] != key}
            self._books[(*key, stamp)] = FactBook(rows, words)
        return self._books[(*key, stamp)]


def nearest_rule(rated: Sequence[Rated], *, of_right: bool = False) -> Rated | None:
    """Choose the rule to quote: of those that are sure, the nearest level, unless a farther one is far surer.

    What people may and must is for the statutes to say: there (`of_right`) a statute that is nearly as sure is quoted.
    """
    sure = [each for each in rated if each.confidence >= SURE]
    if not sure:
        return None
    surest = max(each.confidence for each in sure)
    enough = [each for each in sure if each.confidence >= surest - FARTHER_BY]
    statutes = [each for each in enough if each.hit.level is Level.nation and each.confidence >= surest - STATUTE_BY]
    if of_right and statutes:
        return max(statutes, key=lambda each: each.confidence)
    return min(enough, key=lambda each: (_distance(each.hit), -each.confidence))


def _distance(hit: Hit) -> int:
    """Say how far from the villager a rule was made; the law of another place stands behind those of the nation."""
    return len(NEAREST_FIRST) if hit.is_elsewhere else NEAREST_FIRST.index(hit.level)


def record(
    tx: Tx, answer: Answer, *, message_id: str, position: int, town_id: str, person_id: str | None, at: datetime
) -> bool:
    """Write down who was told what by which clause; the same message is written once."""
    values = {
        "message_id": message_id,
        "position": position,
        "town_id": town_id,
        "person_id": person_id,
        "kind": answer.kind.value,
        "confidence": answer.confidence,
        "clause_ids": [citation.clause_id for citation in answer.citations],
        "fact_ids": [answer.fact_id] if answer.fact_id else [],
        "at": at,
    }
    return insert_ignore(tx, answers_given, values, ["message_id", "position"])


def told(tx: Tx, town_id: str, since: datetime, *, clause_id: str = "", fact_id: str = "") -> list[str]:
    """List the persons who were told a clause or fact since then: whom to call when it is replaced."""
    given = sa.select(answers_given).where(answers_given.c.town_id == town_id, answers_given.c.at >= since)
    rows = tx.execute(given.where(answers_given.c.person_id.is_not(None))).mappings()
    asked = [row["person_id"] for row in rows if clause_id in row["clause_ids"] or fact_id in row["fact_ids"]]
    return list(dict.fromkeys(asked))


@cache
def _texts() -> Texts:
    return Texts.load(Path(__file__).with_name("texts.yaml"))


def _of_fact(found: Found, day: date, understood: str) -> Answer:
    texts, fact = _texts(), found.fact
    valid = fact.is_valid(day)
    if valid:
        checked = quoting.spoken(texts, fact.last_checked) if fact.last_checked else ""
        source = texts.say("answer_fact_source", source=fact.source) if fact.source else ""
        text = texts.say("answer_fact", answer=fact.answer, checked=checked, source=source)
    else:
        until = quoting.spoken(texts, fact.valid_until) if fact.valid_until else ""
        text = texts.say("answer_expired_fact", until=until)
    return Answer(
        AnswerKind.fact if valid else AnswerKind.expired_fact,
        text,
        confidence=min(found.score, 1.0),
        hand_over=not valid,
        fact_id=fact.id,
        owner=fact.owner,
        understood=understood,
    )


def _of_clause(words: lexicon.Lexicon, question: str, best: Rated, day: date, *, nearer: Rated | None = None) -> Answer:
    """Quote a clause; of a statute, say whether there is a nearer rule as well."""
    texts, hit = _texts(), best.hit
    citation = quoting.cite(texts, hit)
    line = quoting.line(texts, citation, day, hit.in_force_until, sample=hit.sample)
    quoted = {"quote": quoting.quote(words, texts, question, hit), "citation": line}
    if hit.is_elsewhere:
        text = texts.say("answer_elsewhere", **quoted)
    elif hit.level is not Level.nation:
        text = texts.say("answer_clause", **quoted)
    elif nearer is None:
        text = texts.say("answer_statute", **quoted)
    else:
        text = texts.say("answer_statute_nearer", **quoted, title=nearer.hit.title)
    return Answer(AnswerKind.clause, text, (citation,), min(best.confidence, 1.0), understood=question)


def _unknown(rated: Sequence[Rated], question: str, *, known: bool) -> Answer:
    texts = _texts()
    best = rated[0].confidence if rated else 0.0
    if best < OFF_TOPIC and not known:
        text = texts.say("boundary_off_topic")
        return Answer(AnswerKind.boundary, text, confidence=best, understood=question)
    near = [each.hit.title for each in rated if each.confidence >= OFF_TOPIC]
    titles = tuple(dict.fromkeys(near))[:NEAREST_NAMED]
    shown = "".join(texts.say("title", title=title) for title in titles)
    text = texts.say("answer_unknown_near", titles=shown) if titles else texts.say("answer_unknown")
    return Answer(AnswerKind.unknown, text, (), best, True, titles, understood=question)


def _rarity(library: Library, scope: Scope, day: date) -> Callable[[str], float]:
    """Weigh a word by how few clauses in sight hold its rarest pair of characters."""
    indexes = [shelf.words for shelf in library.shelves(scope, day)]
    size = sum(index.size for index in indexes)

    def weigh(word: str) -> float:
        spans = sum(index.spans(lexical.terms_of(word)) for index in indexes)
        counts = np.diff(spans, axis=1) if indexes else np.zeros(1)
        return math.log(1 + size / (1 + int(counts.min(initial=size))))

    return weigh
