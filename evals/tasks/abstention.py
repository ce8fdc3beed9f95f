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
from knowledge.ranking import Candidates, score
from knowledge.retriever import places, search
from knowledge.witnesses import WEIGHTS, sure, witnesses
from township.clock import SystemClock
from township.scope import Scope

TASK = "abstention"
ASKER = Scope.public("eval")
CHAT = ("chitchat", "assistant")
MOST_CHAT = 800
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


def run(
    data: Path, corpus: Path, chat: Path, *, embedder: str = "", fit: Path | None = None, at: datetime | None = None
) -> Report:
    """Ask the citizens' questions and the talk; with `fit`, weigh by what was learned without the question asked."""
    moment = at or SystemClock().now()
    with open_library(corpus, embedder=embedder) as library:
        asked = list(_asked(library, data, moment))
        learned_from = asked if fit == data or fit is None else list(_asked(library, fit, moment))
        talk = {route: _talk(library, chat, route, moment) for route in CHAT}
        settings = describe(library, moment.date())
    folds = _learned(learned_from) if fit else [np.array(WEIGHTS)] * (ranker.FOLDS + 1)
    known = {each.question for each in learned_from} if fit else set()
    weights = [folds[ranker.fold_of(each.question) if each.question in known else -1] for each in asked]
    there = [sure(each.there, own) for each, own in zip(asked, weights, strict=True)]
    gone = [sure(each.gone, own) for each, own in zip(asked, weights, strict=True)]
    idle = {route: [sure(row, folds[-1]) for row in rows] for route, rows in talk.items()}
    right = [each.right for each in asked]
    metrics = {
        "auroc_chat": auroc(there, [value for values in idle.values() for value in values]),
        "auroc_gold_removed": auroc(there, gone),
        "right_at_60": right_at(SURE_SHARE, there, right),
        "right": right_at(1, there, right),
    }
    by = {route: {"n": len(values), "auroc_chat": round(auroc(there, values), 4)} for route, values in idle.items()}
    settings |= {"weights": [round(float(weight), 3) for weight in folds[-1]], "fit": fit.name if fit else ""}
    settings |= {"out_of_fold": sum(each.question in known for each in asked)}
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
            gone = _witnesses(candidates.without(laws), item["query"])
            yield Witnessed(item["query"], _witnesses(candidates, item["query"]), gone, first in laws)


def _talk(library: Library, chat: Path, route: str, at: datetime) -> list[Row]:
    texts = [item["text"] for item in map(json.loads, chat.read_text("utf-8").splitlines()) if item["route"] == route]
    chosen = texts[:: max(1, len(texts) // MOST_CHAT)]
    watched = track(chosen, route, console=CONSOLE, transient=True)
    return [_witnesses(search(library, text, scope=ASKER, at=at), text) for text in watched]


def _witnesses(candidates: Candidates, question: str) -> Row:
    return witnesses(candidates, score(candidates), question)


def _learned(asked: Sequence[Witnessed]) -> list[Row]:
    """Learn the weights once without each fold, and at the end from all."""
    return [
        _weights([each for each in asked if ranker.fold_of(each.question) != fold]) for fold in range(ranker.FOLDS + 1)
    ]


def _weights(asked: Sequence[Witnessed]) -> Row:
    rows = np.stack([each.there for each in asked] + [each.gone for each in asked])
    return learn_yes(rows[:, :-1], np.repeat([True, False], len(asked)))
