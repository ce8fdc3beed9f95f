"""Law retrieval: people's questions over all articles of the statutes; is a right one among the first?

`metrics` are over real citizens' questions; `by` has each source, and the citizens' questions that concern a township.
With a file to learn from, questions of that file are out of fold (`ranker`).
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.progress import track

from evals import ranker
from evals.harness import Report, Sample, evaluate
from evals.scorers import hit_at, reciprocal_rank
from evals.statutes import CONSOLE, cache_folder, describe, digest, open_library
from knowledge.library import Library
from knowledge.retriever import CANDIDATES, retrieve, search
from knowledge.search import lookup
from knowledge.search.authority import LAW, NATION
from knowledge.search.passages import passages, places
from knowledge.search.ranking import MEANING, WIDENED, score
from township.clock import SystemClock
from township.scope import Scope

TASK = "law-retrieval"
ASKER = Scope.public("eval")
SCORERS = {"hit@1": hit_at(1), "hit@5": hit_at(5), "hit@10": hit_at(10), "mrr": reciprocal_rank}
CONSTANTS = {
    "meaning": MEANING,
    "widened": WIDENED,
    "authority": [NATION, LAW],
    "candidates": CANDIDATES,
}


def dataset(data: Path) -> Iterator[Sample]:
    """Read the questions; one that concerns a township counts there as well."""
    for item in _items(data):
        citizen = item["kind"] == "citizen"
        groups = (item["source"], *(["township"] if citizen and item["township"] else []))
        yield Sample(item["qid"], item["query"], frozenset(item["gold"]), groups, headline=citizen)


def run(data: Path, corpus: Path, *, embedder: str = "", fit: Path | None = None, at: datetime | None = None) -> Report:
    """Ask every question as somebody of whom nothing is known, of what is in force at `at` (now)."""
    moment = at or SystemClock().now()
    with open_library(corpus, embedder=embedder) as library:
        samples = list(dataset(data))
        learned = learned_from(library, fit, corpus, moment) if fit else None
        read = partial(passages, library)

        def solver(question: str) -> list[str]:
            if cited := lookup.cited(library, question, scope=ASKER, at=moment):
                return [hit.path for hit in cited]
            order = learned.order(question, read) if learned else score
            return [hit.path for hit in retrieve(library, question, scope=ASKER, at=moment, order=order)]

        settings = describe(library, moment.date()) | CONSTANTS
        if learned and fit:
            known = sum(learned.knows(sample.input) for sample in samples)
            weights = [round(weight, 3) for weight in learned.models[-1].weights]
            settings |= {"fit": fit.name, "learned_from": len(learned.learned_from), "out_of_fold": known}
            settings |= {"weights": weights}
        watched = track(samples, "questions", console=CONSOLE, transient=True)
        return evaluate(TASK, watched, solver, SCORERS, settings=settings)


def learned_from(library: Library, fit: Path, corpus: Path, at: datetime) -> ranker.Ranker:
    """Learn from the citizens' questions of a file, or read what was learned from them before."""
    whose = library.embedder.name if library.embedder else "words"
    name = f"ranker-{ranker.RECIPE}-{digest(fit)}-{digest(corpus)}-{whose}.json"
    return ranker.cached(cache_folder() / name, _lessons(library, fit, at))


def _lessons(library: Library, fit: Path, at: datetime) -> Iterator[ranker.Lesson]:
    items = [item for item in _items(fit) if item["kind"] == "citizen"]
    known = places(library, {path for item in items for path in item["gold"]})
    for item in track(items, "lessons", console=CONSOLE, transient=True):
        gold = dict(known[path] for path in item["gold"] if path in known)
        candidates = search(library, item["query"], scope=ASKER, at=at)
        yield ranker.Lesson(item["query"], candidates, gold, passages(library, candidates.clause_ids))


def _items(data: Path) -> Iterator[dict[str, Any]]:
    for line in data.read_text("utf-8").splitlines():
        yield json.loads(line)
