"""Law retrieval: people's questions over all articles of the statutes; is a right one among the first?

`metrics` are over real citizens' questions; `by` has each source, and the citizens' questions that concern a township.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from rich.progress import track

from evals.harness import Report, Sample, evaluate
from evals.scorers import hit_at, reciprocal_rank
from evals.statutes import CONSOLE, describe, open_library
from knowledge.retriever import CANDIDATES, MEANING, retrieve
from township.clock import SystemClock
from township.scope import Scope

TASK = "law-retrieval"
SCORERS = {"hit@1": hit_at(1), "hit@5": hit_at(5), "hit@10": hit_at(10), "mrr": reciprocal_rank}


def dataset(data: Path) -> Iterator[Sample]:
    """Read the questions; one that concerns a township counts there as well."""
    for line in data.read_text("utf-8").splitlines():
        item = json.loads(line)
        citizen = item["kind"] == "citizen"
        groups = (item["source"], *(["township"] if citizen and item["township"] else []))
        yield Sample(item["qid"], item["query"], frozenset(item["gold"]), groups, headline=citizen)


def run(data: Path, corpus: Path, *, embedder: str = "", at: datetime | None = None) -> Report:
    """Ask every question as somebody of whom nothing is known, of what is in force at `at` (now)."""
    moment = at or SystemClock().now()
    with open_library(corpus, embedder=embedder) as library:

        def solver(question: str) -> list[str]:
            return [hit.path for hit in retrieve(library, question, scope=Scope.public("eval"), at=moment)]

        settings = describe(library, moment.date()) | {"meaning": MEANING, "candidates": CANDIDATES}
        samples = track(list(dataset(data)), "questions", console=CONSOLE, transient=True)
        return evaluate(TASK, samples, solver, SCORERS, settings=settings)
