"""From a question to an answer: facts first, then the nearest rule in force, quoted and cited; or "I do not know".

What is said of what was found is in `replies`; how a chat model may put it, in `composing`. Where the answer is handed
over, or how it is sent, is not known here.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np
import sqlalchemy as sa

from knowledge import facts
from knowledge.factbook import FactBook
from knowledge.language import lexicon, occasions
from knowledge.language.vocabulary import Vocabulary
from knowledge.library import Library
from knowledge.models import Level, answers_given, clauses
from knowledge.numbers import brackets
from knowledge.retriever import Hit, fetch, retrieve
from knowledge.search import confidence, lexical, lookup
from knowledge.search.confidence import SURE, Rated
from knowledge.search.levels import NEARLY, Home, at_home, distance, nearer_rule, nearest_rule, own_rule
from knowledge.structure.patterns import pattern
from knowledge.validity import asof, standing
from knowledge.wording import guides, quoting, replies
from knowledge.wording.boundaries import boundary
from knowledge.wording.orders import without_orders
from knowledge.wording.replies import Answer, AnswerKind, Option
from township import directory
from township.clock import SHANGHAI
from township.db import Tx, insert_ignore
from township.scope import Scope

__all__ = ["Answer", "AnswerKind", "Answerer", "nearest_rule", "record", "told"]

LOOKED_AT = 20
"""Hits that are rated."""
OWN_LOOKED_AT = 10
"""Of the town's own clauses so many are rated, however many statutes are more like the question."""
GROUNDS = 4
"""Clauses that a chat model may compose from."""
AS_GOOD = 0.2
"""How much less sure a clause of another matter may be when somebody is asked which is meant."""
NEARLY_AS_SURE = 0.1
"""How much less sure one may be that tells what is asked for."""
BOTH_SURE = 0.62
"""How sure each must be for that."""
MOST_COMING = 2
"""Days to come that are looked at where nothing in force answers."""
MOST_OPTIONS = 3
"""Things that are named in such a question."""


@dataclass(slots=True)
class Answerer:
    """Answers for one process; one library behind it. Blocks: call it in a thread."""

    library: Library
    names: frozenset[str] = frozenset()
    """Villages and other names of the town, which may be misheard."""
    _books: dict[tuple[object, ...], FactBook] = field(default_factory=dict)
    _vocabulary: Vocabulary = field(init=False)

    def __post_init__(self) -> None:
        self._vocabulary = Vocabulary(self.library.db)

    def answer(self, question: str, *, scope: Scope, at: datetime, previous: str = "") -> Answer:
        """Answer as of `at`, from what `scope` may see; `previous` is the question before, for "and when?"."""
        answer = self._answered(question, previous, scope, at)
        is_over, lines = self._standing(answer, at)
        if is_over:  # replaced a moment ago: the shelves follow now instead of within two seconds
            self.library.refresh(self.library.day)
            answer = self._answered(question, previous, scope, at)
            _, lines = self._standing(answer, at)
        if _is_found(answer):
            return replies.with_lines(answer, lines)
        return self._coming(answer, scope, at) or answer

    def _standing(self, answer: Answer, at: datetime) -> tuple[bool, list[str]]:
        """Tell whether what is cited is over already, and what is unusual about it: on trial, undated, to change."""
        versions = [each.version_id for each in answer.citations]
        if not versions:
            return False, []
        day, today = (each.astimezone(SHANGHAI).date() for each in (asof.moment(answer.understood, at).at, at))
        return self.library.db.read_now(lambda tx: standing.look(tx, versions, day=day, today=today))

    def _coming(self, answer: Answer, scope: Scope, at: datetime) -> Answer | None:
        """Find what begins on a day to come where nothing in force answers."""
        days = self.library.db.read_now(lambda tx: standing.upcoming(tx, scope, at.astimezone(SHANGHAI).date()))
        for day in days[:MOST_COMING]:
            then = at.replace(year=day.year, month=day.month, day=day.day)
            found = self._by_clauses(self.words(scope.town_id), answer.understood, scope, then)
            if any((each.in_force_since or day) > at.astimezone(SHANGHAI).date() for each in found.citations):
                return replies.with_lines(found, self._standing(found, at)[1])
        return None

    def _answered(self, question: str, previous: str, scope: Scope, at: datetime) -> Answer:
        words = self.words(scope.town_id)
        if lookup.named(question) and (cited := self._at_once(words, question, scope, at)):
            return cited  # as it was written: a title may sound like a word of the town
        readings = words.readings(question, previous)
        readings.sort(key=lambda reading: not brackets.asks_personally(reading))  # "I am ..., how much do I get" is one
        answer = self._first(words, readings, scope, at)
        if _is_found(answer):
            return answer
        bold = [each for each in words.readings(question, previous, boldly=True) if each not in readings]
        second = self._first(words, bold, scope, at) if bold else answer
        if _is_found(second):
            return second
        return self._loosely(words, readings, scope, at) or self._by_itself(words, question, scope, at) or answer

    def _loosely(self, words: lexicon.Lexicon, readings: Sequence[str], scope: Scope, at: datetime) -> Answer | None:
        """Answer with the fact whose matter it is, where nothing says just what is asked."""
        book, day = self._book(scope, words), at.astimezone(SHANGHAI).date()
        for reading in readings:
            is_past = asof.moment(reading, at).is_past
            if not is_past and (found := book.find_loosely(reading)):
                return self._of_day(words, replies.of_fact(found, day, reading), day)
        return None

    def _by_itself(self, words: lexicon.Lexicon, question: str, scope: Scope, at: datetime) -> Answer | None:
        """Answer what names nothing of what everybody takes it for."""
        meant = words.by_itself(words.repair(question).text)
        return self._at_once(words, meant, scope, at) if meant else None

    def words(self, town_id: str) -> lexicon.Lexicon:
        """Give the lexicon of a town, as its rows stand now."""
        return self._vocabulary.of(town_id, self.names)

    def _first(self, words: lexicon.Lexicon, readings: Sequence[str], scope: Scope, at: datetime) -> Answer:
        """Answer a question that may be taken in several ways: facts and the like before clauses."""
        told = filter(None, (self._at_once(words, reading, scope, at) for reading in readings))
        if answer := next(told, None):
            return answer
        answers = [self._by_clauses(words, readings[0], scope, at)]
        others = (self._by_clauses(words, reading, scope, at) for reading in readings[1:])
        return answers[0] if _is_found(answers[0]) else next(filter(_is_found, others), answers[0])

    def _at_once(self, words: lexicon.Lexicon, understood: str, scope: Scope, at: datetime) -> Answer | None:
        """Answer what is not ours to say, what is cited, what a notice says of the day, and what is a fact."""
        day = at.astimezone(SHANGHAI).date()
        if name := boundary(understood):
            return replies.of_boundary(name, understood)
        past = asof.moment(understood, at)
        if cited := self._cited(words, understood, scope, past.at.astimezone(SHANGHAI).date()):
            return cited
        found = self._book(scope, words).find(understood)
        if past.is_past and not (found and asof.moment(found.way, at).is_past):
            return None
        if not past.is_past and (noticed := self._noticed(words, understood, scope, at)):
            return noticed
        return self._of_day(words, replies.of_fact(found, day, understood), day) if found else None

    def _of_day(self, words: lexicon.Lexicon, answer: Answer, today: date) -> Answer:
        """Say before a fact that hangs on the day which day it is that was asked for."""
        day = occasions.day_asked(words.plain(answer.understood), today)
        if day is None or answer.kind is not AnswerKind.fact:
            return answer
        note = occasions.note(words.meaning(answer.understood).topics, day)
        return replace(answer, text=f"{note}\n{answer.text}") if note else answer

    def _by_clauses(self, words: lexicon.Lexicon, understood: str, scope: Scope, at: datetime) -> Answer:
        """Answer with the nearest rule; of long talk, with what its parts that name a topic ask."""
        past = asof.moment(understood, at)
        answer = replace(self._of_clauses(words, past.question, scope, past.at), understood=understood)
        if past.also and (earlier := self._of_clauses(words, past.question, scope, past.also)).citations:
            better = not answer.citations or earlier.confidence > answer.confidence
            answer = replace(earlier, understood=understood) if better else answer
        focus = words.focus(past.question)
        if answer.citations or not focus or len(focus) >= len(past.question):
            return answer
        second = self._of_clauses(words, focus, scope, past.at)
        return replace(second, understood=understood) if second.citations else answer

    def of_clause(self, clause_id: str, question: str, *, scope: Scope, at: datetime) -> Answer | None:
        """Answer with one clause that was chosen out of several; nothing when `scope` may not, or no longer, see it."""
        words, day = self.words(scope.town_id), at.astimezone(SHANGHAI).date()
        shelves = self.library.shelves(scope, day)
        if not any(clause_id in shelf.clause_ids for shelf in shelves):
            return None
        (hit,) = fetch(self.library, [clause_id])
        return replies.of_clause(words, question, Rated(hit, 1.0), day)

    def _cited(self, words: lexicon.Lexicon, question: str, scope: Scope, day: date) -> Answer | None:
        """Answer a question that names a document and an article with that article."""
        named = lookup.named(question)
        if named is None:
            return None
        hits = fetch(self.library, self.library.db.read_now(lambda tx: lookup.find(tx, named, scope=scope, day=day)))
        home = self._home(scope)
        nearest = min(hits, key=lambda hit: distance(hit, home), default=None)
        return replies.of_clause(words, question, Rated(nearest, 1.0), day, home=home) if nearest else None

    def _noticed(self, words: lexicon.Lexicon, question: str, scope: Scope, at: datetime) -> Answer | None:
        """Answer what is asked of today with the notice of the asker's village, before what holds every day."""
        topics, today = words.meaning(question).topics, at.astimezone(SHANGHAI).date()
        if not topics or (day := occasions.day_asked(words.plain(question), today)) is None:
            return None
        rated = self._rated(words, question, scope, at)
        found = occasions.notice([each.hit for each in rated if each.confidence >= SURE], topics, day)
        return replies.of_clause(words, question, Rated(found, 1.0), today) if found else None

    def rated(self, question: str, *, scope: Scope, at: datetime) -> list[Rated]:
        """Find the clauses that may answer a question, the surest first."""
        return self._rated(self.words(scope.town_id), question, scope, at)

    def _rated(self, words: lexicon.Lexicon, question: str, scope: Scope, at: datetime) -> list[Rated]:
        hits = retrieve(self.library, words.widen(question), scope=scope, at=at, limit=LOOKED_AT, own=OWN_LOOKED_AT)
        hits = [hit for hit in hits if without_orders(hit.text)]
        return confidence.rate(words, question, hits, _rarity(self.library, scope))

    def _of_clauses(self, words: lexicon.Lexicon, question: str, scope: Scope, at: datetime) -> Answer:
        day = at.astimezone(SHANGHAI).date()
        home = self._home(scope)
        rated = at_home(self._rated(words, question, scope, at), home)
        of_right = words.asks_right(question)
        best = nearest_rule(rated, home, of_right=of_right)
        if best is None:
            subjects, known = set(words.subjects(question)), bool(words.meaning(question).topics)
            beside = [each for each in rated if subjects & set(words.subjects(each.hit.title))]
            return replies.of_nothing(rated, question, known=known, beside=beside)
        if not of_right:
            best = own_rule(rated, best, _is_about(words, question))
        best = bracketed(question, rated, telling(words, question, rated, pointed_to(words, question, rated, best)))
        if guide := self._guide(words, question, best, day):
            return guide
        if options := either(words, question, rated, best):
            return replies.of_choice(question, options, best.confidence)
        nearer = nearer_rule(rated, home)
        grounds = [each.hit for each in rated if each.confidence >= SURE and each.hit.level is best.hit.level]
        grounds = list(dict.fromkeys([best.hit, *grounds]))[:GROUNDS]
        return replies.of_clause(words, question, best, day, home=home, nearer=nearer, grounds=grounds)

    def _guide(self, words: lexicon.Lexicon, question: str, best: Rated, day: date) -> Answer | None:
        """Answer with the fields of the guide that are asked for: several, how to go about it, one with a headline."""
        fields = guides.asked(words, question)
        is_about = words.meaning(question).topics & words.meaning(best.hit.title).topics
        is_named = bool(is_about - guides.going())
        asks_one = is_named and guides.asks_one(question) and not brackets.asks_personally(question)
        if not (fields or asks_one) or not is_about or best.hit.level is Level.nation:
            return None
        of_version = sa.select(clauses.c.id).where(clauses.c.version_id == best.hit.version_id)
        ids = self.library.db.read_now(lambda tx: tx.scalars(of_version.order_by(clauses.c.position)).all())
        whole = fetch(self.library, ids)
        if fields:
            told = guides.lines(whole, fields)
            return replies.of_guide(question, best, told, day) if told else None
        headed = guides.headed(words, question, whole)
        own = words.meaning(quoting.parted(best.hit)[0]).topics & is_about
        if headed and (not _is_about(words, question)(headed) or (own and _tells_all(words, question, best.hit))):
            return None
        return replies.of_clause(words, question, Rated(headed, best.confidence), day) if headed else None

    def _home(self, scope: Scope) -> Home:
        return Home(*self.library.db.read_now(lambda tx: directory.places_of(tx, scope.town_id)))

    def _book(self, scope: Scope, words: lexicon.Lexicon) -> FactBook:
        """Give the facts that `scope` may hear; they are read again when one has changed."""
        stamp = (self.library.db.read_now(lambda tx: facts.stamp(tx, scope.town_id)), words)
        key = (scope.town_id, scope.villages, scope.audiences)
        if (*key, stamp) not in self._books:
            rows = self.library.db.read_now(lambda tx: facts.load(tx, scope))
            self._books = {known: book for known, book in self._books.items() if known[:3] != key}
            self._books[(*key, stamp)] = FactBook(rows, words, self.names)
        return self._books[(*key, stamp)]


def bracketed(question: str, rated: Sequence[Rated], best: Rated) -> Rated:
    """Prefer, of the same document, the clause with the table into which the person of a question falls."""
    if not brackets.asks_personally(question):
        return best
    same = (each for each in rated if each.hit.version_id == best.hit.version_id)
    tables = (each for each in same if (found := brackets.choose(question, each.hit.text)) and found[1])
    return next(tables, best)


def pointed_to(words: lexicon.Lexicon, question: str, rated: Sequence[Rated], best: Rated) -> Rated:
    """Prefer to a clause that only says "as the town has it" the town's own that tells the amount or day asked for."""
    asking, wanted, here = words.meaning(question).asking, words.wanted(question), distance(best.hit)
    said = "".join(part for part in pattern("sentence").findall(best.hit.text) if wanted & words.meaning(part).topics)
    if not asking or words.answers(asking, said) or not words.points_up(said):
        return best
    above = [each for each in rated if distance(each.hit) > here and each.hit.level is not Level.nation]
    near = (each for each in above if each.confidence >= NEARLY and wanted <= words.meaning(each.hit.text).topics)
    told = (each for each in near if words.answers(asking, each.hit.text))
    return max(told, key=lambda each: each.confidence, default=best)


def telling(words: lexicon.Lexicon, question: str, rated: Sequence[Rated], best: Rated) -> Rated:
    """Prefer, of the same document, a clause that is as sure and holds what is asked for: a day, an amount, a phone."""
    asking = words.meaning(question).asking
    told = len(words.answered(asking, best.hit.text))
    if told == len(asking):
        return best
    least = max(SURE, min(best.confidence, 1.0) - NEARLY_AS_SURE)
    same = (each for each in rated if each.hit.version_id == best.hit.version_id and each.confidence >= least)
    return next((each for each in same if len(words.answered(asking, each.hit.text)) > told), best)


def either(words: lexicon.Lexicon, question: str, rated: Sequence[Rated], best: Rated) -> tuple[Option, ...]:
    """Name the clauses of different matters that may be meant; nothing when the question names the matter of one."""
    topics = words.meaning(question).topics - guides.going()
    least = max(min(best.confidence, 1.0) - AS_GOOD, BOTH_SURE)
    chosen: dict[frozenset[str], Rated] = {}
    for each in (best, *rated):
        about = words.meaning(each.hit.title).topics
        is_meant = min(each.confidence, 1.0) >= least and each.hit.level is best.hit.level
        if is_meant and about and not any(about & known for known in chosen):
            chosen[about] = each
    headline, _ = quoting.parted(best.hit)
    named = {*chosen, words.meaning(headline).topics}
    if len(chosen) < (MOST_OPTIONS if topics else MOST_OPTIONS - 1) or any(topics & about for about in named):
        return ()
    return tuple(Option(_named(each.hit), each.hit.clause_id) for each in [*chosen.values()][:MOST_OPTIONS])


def _is_about(words: lexicon.Lexicon, question: str) -> Callable[[Hit], bool]:
    """Tell whether a clause speaks of a subject of the question, under its name or in the very word that was said."""
    named, said = frozenset(words.subjects(question)), words.subject_words(question)
    wanted = words.wanted(question)

    def speaks_of(hit: Hit) -> bool:
        text = f"{hit.title}\n{hit.text}"
        meant = words.meaning(text)
        if not wanted <= meant.topics | meant.wider:
            return False
        return bool(named & (meant.topics | meant.wider)) or any(word in text for word in said)

    return speaks_of


def _tells_all(words: lexicon.Lexicon, question: str, hit: Hit) -> bool:
    asking = words.meaning(question).asking
    return bool(asking) and words.answered(asking, hit.text) == asking


def _named(hit: Hit) -> str:
    """Name a clause as a thing to choose: its document, and its headline where it has one."""
    headline, _ = quoting.parted(hit)
    return replies.named(hit.title, headline)


def _is_found(answer: Answer) -> bool:
    """Tell whether an answer rests on something, or says what is not ours to say; not that nothing is known."""
    if answer.kind is AnswerKind.boundary:
        return bool(boundary(answer.understood))
    return answer.kind is not AnswerKind.unknown


def record(
    tx: Tx, answer: Answer, *, message_id: str, position: int, town_id: str, person_id: str | None, at: datetime,
    group_id: str | None = None,
) -> bool:  # fmt: skip
    """Write down who, or which group, was told what by which clause; the same message is written once."""
    values = {
        "message_id": message_id,
        "position": position,
        "town_id": town_id,
        "person_id": person_id,
        "group_id": group_id,
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


def _rarity(library: Library, scope: Scope) -> Callable[[str], float]:
    """Weigh a word by how few current clauses in sight hold its rarest pair of characters.

    Not those of the day asked for: older versions say the same again, and would make every word common.
    """
    indexes = [shelf.words for shelf in library.shelves(scope, library.day)]
    size = max(1, sum(index.size for index in indexes))  # where nothing is in force today, all words weigh alike

    def weigh(word: str) -> float:
        spans = sum(index.spans(lexical.terms_of(word)) for index in indexes)
        counts = np.diff(spans, axis=1) if indexes else np.zeros(1)
        return math.log(1 + size / (1 + int(counts.min(initial=size))))

    return weigh
