"""Abstention: does the search know when it has nothing? Of laws against chit-chat, and against its own right laws gone.

`auroc_chat`: questions of law against talk and orders to an assistant; `auroc_gold_removed`: a question against itself
with its right laws left out; `right_at_60`: of the surest 60 %, how often the first is of a right law.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from evals import ranker
from evals.descent import learn_yes
from evals.harness import Report
from evals.scorers import auroc, right_at
from evals.statutes import CONSOLE, describe, open_library
from knowledge.library import Library
from knowledge.retriever import search
from knowledge.search.passages import places
from knowledge.search.ranking import Candidates, score
from knowledge.search.witnesses import IS_THERE, LENIENT, OF_LAW, Weights, sure, witnesses
from township.clock import SystemClock
from township.scope import Scope

TASK = "abstention"
ASKER = Scope.public("eval")
CHAT = ("chitchat", "assistant")
MOST_CHAT = 400
SURE_SHARE = 0.6
Row = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A question of law, as it is and with its right laws left out."""

    question: str
    there: Row
    gone: Row
    right: bool
    """Whether the first is of a right law."""


@dataclass(frozen=True, slots=True)
class Said:
    """Talk, or an order to an assistant."""

    question: str
    there: Row
    route: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Weights for each fold that was left out, and at the end those of all; without learning, the bot's own."""

    folds: Sequence[Weights]
    learned_from: frozenset[str] = frozenset()

    def sure(self, question: str, row: Row) -> float:
        return sure(row, self.folds[ranker.fold_of(question) if question in self.learned_from else -1])


def run(
    data: Path, corpus: Path, chat: Path, *, embedder: str = "", fit: Path | None = None, at: datetime | None = None
) -> Report:
    """Ask the citizens' questions and the talk; with `fit`, weigh by what was learned without the question asked."""
    moment = at or SystemClock().now()
    with open_library(corpus, embedder=embedder) as library:
        asked = list(_asked(library, data, moment))
        lessons = asked if fit in {data, None} else list(_asked(library, fit or data, moment))
        talk = [said for route in CHAT for said in _talk(library, chat, route, moment)]
        settings = describe(library, moment.date())
    judge = _learned(lessons, talk) if fit else Judge([(OF_LAW, IS_THERE)])
    there = [judge.sure(each.question, each.there) for each in asked]
    gone = [judge.sure(each.question, each.gone) for each in asked]
    idle = {route: [judge.sure(s.question, s.there) for s in talk if s.route == route] for route in CHAT}
    right = [each.right for each in asked]
    metrics = {
        "auroc_chat": auroc(there, [value for values in idle.values() for value in values]),
        "auroc_gold_removed": auroc(there, gone),
        "right_at_60": right_at(SURE_SHARE, there, right),
        "right": right_at(1, there, right),
    }
    by = {route: {"n": len(values), "auroc_chat": round(auroc(there, values), 4)} for route, values in idle.items()}
    settings |= {"weights": [[round(float(w), 2) for w in each] for each in judge.folds[-1]]}
    settings |= {"fit": fit.name if fit else "", "out_of_fold": sum(q.question in judge.learned_from for q in asked)}
    return Report(TASK, len(asked), {name: round(value, 4) for name, value in metrics.items()}, by, settings)


def _asked(library: Library, data: Path, at: datetime) -> Iterator[Witnessed]:
    """Ask the citizens' questions that have a right law in the corpus."""
    items = [item for item in map(json.loads, data.read_text("utf-8").splitlines()) if item["kind"] == "citizen"]
    known = places(library, {path for item in items for path in item["gold"]})
    for item in track(items, "questions", console=CONSOLE, transient=True):
        laws = {known[path][1].document_id for path in item["gold"] if path in known}
        candidates = search(library, item["query"], scope=ASKER, at=at)
        if laws and candidates.about:
            first = candidates.about[int(np.argmax(score(candidates)))].document_id
            gone = _witnesses(candidates.without(laws))
            yield Witnessed(item["query"], _witnesses(candidates), gone, first in laws)


def _talk(library: Library, chat: Path, route: str, at: datetime) -> Iterator[Said]:
    texts = [item["text"] for item in map(json.loads, chat.read_text("utf-8").splitlines()) if item["route"] == route]
    chosen = texts[:: max(1, len(texts) // MOST_CHAT)]
    for text in track(chosen, route, console=CONSOLE, transient=True):
        yield Said(text, _witnesses(search(library, text, scope=ASKER, at=at)), route)


def _witnesses(candidates: Candidates) -> Row:
    return witnesses(candidates, score(candidates))


def _learned(lessons: Sequence[Witnessed], talk: Sequence[Said]) -> Judge:
    """Learn the weights once without each fold, and at the end from all."""
    folds = [
        _weights(
            [each for each in lessons if ranker.fold_of(each.question) != fold],
            [each for each in talk if ranker.fold_of(each.question) != fold],
        )
        for fold in range(ranker.FOLDS + 1)
    ]
    return Judge(folds, frozenset([*(each.question for each in lessons), *(each.question for each in talk)]))


def _weights(lessons: Sequence[Witnessed], talk: Sequence[Said]) -> Weights:
    there, gone, idle = ([each.there for each in lessons], [each.gone for each in lessons], [s.there for s in talk])
    of_law = _told(there + gone, idle, OF_LAW)
    return [*of_law[:-1], of_law[-1] + LENIENT], _told(there, gone, IS_THERE)


def _told(yes: Sequence[Row], no: Sequence[Row], like: Sequence[float]) -> list[float]:
    """Learn to tell them apart by those witnesses that have a weight already."""
    used = [place for place, weight in enumerate(like[:-1]) if weight]
    learned = learn_yes(np.stack([*yes, *no])[:, used], np.repeat([True, False], [len(yes), len(no)]))
    weights = np.zeros(len(like))
    weights[[*used, -1]] = learned
    return weights.tolist()
