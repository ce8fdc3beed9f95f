"""Citation look-up: "article 39 of that law", with and without brackets; is it that article, and is it the answer?

`metrics`: `hit@1` of the questions as they stand, `answered` (the bot's answer cites it); `by` has the other ways of
asking for the same (`datasets/citations.yaml`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import fmean

from rich.progress import track
from ruamel.yaml import YAML

from evals.harness import Report, Sample, evaluate
from evals.scorers import hit_at
from evals.statutes import CONSOLE, describe, open_library
from knowledge.answers import Answerer
from knowledge.library import Library
from knowledge.retriever import fetch, retrieve
from knowledge.search import lookup, titles
from township.clock import SystemClock
from township.scope import Scope

TASK = "citation-lookup"
ASKER = Scope.public("eval")
WAYS = Path(__file__).parents[1] / "datasets" / "citations.yaml"


def dataset(data: Path) -> Iterator[Sample]:
    """Read the questions that cite an article, and ask each in every way."""
    ways = YAML(typ="safe", pure=True).load(WAYS.read_text("utf-8"))
    for line in data.read_text("utf-8").splitlines():
        item = json.loads(line)
        if item["kind"] == TASK:
            gold = frozenset(item["gold"])
            yield Sample(item["qid"], item["query"], gold, ("as asked", item["source"]))
            for name, text in asked_otherwise(item["query"], ways).items():
                yield Sample(f"{item['qid']}/{name}", text, gold, (name,), headline=False)


def asked_otherwise(question: str, ways: Mapping[str, str]) -> dict[str, str]:
    """Ask for the article of a question in other ways; none where it names no title in brackets."""
    cited, article = lookup.named(question), titles.pattern("article").search(question)
    if not cited or not cited.title or not article:
        return {}
    about = {"title": cited.title, "article": article[0], "number": cited.article}
    return {name: way.format(**about) for name, way in ways.items()}


def run(data: Path, corpus: Path, *, embedder: str = "", at: datetime | None = None) -> Report:
    """Look every citation up; where nothing is cited, search, as the bot does."""
    moment = at or SystemClock().now()
    with open_library(corpus, embedder=embedder) as library:
        samples = list(dataset(data))
        watched = track(samples, "citations", console=CONSOLE, transient=True)
        solver = partial(_found, library, moment)
        report = evaluate(TASK, watched, solver, {"hit@1": hit_at(1)}, settings=describe(library, moment.date()))
        answerer = Answerer(library)
        answered = [_answers(answerer, sample, moment) for sample in samples if sample.headline]
    metrics = report.metrics | {"answered": round(fmean(answered), 4) if answered else 0.0}
    return replace(report, items=len(answered), metrics=metrics)


def _found(library: Library, at: datetime, question: str) -> Sequence[str]:
    cited = lookup.cited(library, question, scope=ASKER, at=at)
    return [hit.path for hit in cited or retrieve(library, question, scope=ASKER, at=at)]


def _answers(answerer: Answerer, sample: Sample, at: datetime) -> bool:
    cited = [citation.clause_id for citation in answerer.answer(sample.input, scope=ASKER, at=at).citations]
    return any(hit.path in sample.target for hit in fetch(answerer.library, cited))
