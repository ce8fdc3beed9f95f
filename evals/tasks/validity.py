"""Validity: superseded versions of statutes stand beside those in force; is one ever given as in force?

`superseded` counts what was found or cited of them today (0 is right), `as_of` how often the old article is the first
when its own day is asked, by search and by look-up, and `not_in_force` what came then and did not hold on that day.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from statistics import fmean

from rich.progress import track

from evals.harness import Report
from evals.statutes import CONSOLE, describe, open_library
from knowledge.answers import Answerer
from knowledge.library import Library
from knowledge.models import ALWAYS
from knowledge.retriever import Hit, fetch, retrieve
from knowledge.search import lookup
from knowledge.structure import superseded
from knowledge.validity.terms import Term
from township.clock import SHANGHAI, SystemClock
from township.scope import Scope

TASK = "validity"
ASKER = Scope.public("eval")
MOST = 300
"""Old articles that are asked for, evenly over the file."""
WORDS = 60
"""Characters of an article that make the question."""


@dataclass(frozen=True, slots=True)
class Old:
    """An article that no longer holds as it was."""

    path: str
    title: str
    number: str
    text: str


def run(data: Path, corpus: Path, old_versions: Path, *, embedder: str = "", at: datetime | None = None) -> Report:
    """Ask the people's questions and for the old articles, today and as of their days."""
    moment = at or SystemClock().now()
    with open_library(corpus, embedder=embedder, old_versions=old_versions) as library:
        old = list(_read(old_versions))
        chosen = old[:: max(1, len(old) // MOST)][:MOST]
        questions = [json.loads(line)["query"] for line in data.read_text("utf-8").splitlines()]
        found = _today(library, [*questions, *(each.text[:WORDS] for each in chosen)], moment)
        metrics: dict[str, float] = {
            "superseded": sum(_is_old(hit) for hits in found for hit in hits),
            **_cited_today(library, chosen, moment),
            **_as_of(library, chosen),
        }
        settings = describe(library, moment.date())
    settings |= {"old_articles": len(old), "asked_of_them": len(chosen), "hits": sum(map(len, found))}
    return Report(TASK, len(found) + 3 * len(chosen), metrics, settings=settings)


def _read(path: Path) -> Iterator[Old]:
    for doc_id, first, articles in superseded.read(path):
        for place, article in enumerate(articles, 1):
            where = superseded.path_of(doc_id, first, place)
            yield Old(where, article.title, article.article_no, article.text)


def _today(library: Library, questions: Sequence[str], at: datetime) -> list[list[Hit]]:
    asked = track(questions, "today", console=CONSOLE, transient=True)
    return [retrieve(library, question, scope=ASKER, at=at) for question in asked]


def _cited_today(library: Library, chosen: Sequence[Old], at: datetime) -> dict[str, float]:
    """Cite each old article by title and number: the answer may rest on its successor only."""
    answerer = Answerer(library)
    cited = [answerer.answer(_citation(each), scope=ASKER, at=at).citations for each in chosen]
    hits = fetch(library, [citation.clause_id for citations in cited for citation in citations])
    return {"superseded_cited": sum(map(_is_old, hits)), "answered": round(fmean(map(bool, cited)), 4)}


def _as_of(library: Library, chosen: Sequence[Old]) -> dict[str, float]:
    """Ask for each old article as of its first day, by its own words and by its number."""
    terms = library.db.read_now(superseded.held_terms)
    dated = [each for each in chosen if each.path in terms]
    searched, looked_up, wrong = [], [], 0
    for each in track(dated, "as of", console=CONSOLE, transient=True):
        first = terms[each.path].first or ALWAYS
        day = datetime.combine(first, time(12), SHANGHAI)
        hits = retrieve(library, each.text[:WORDS], scope=ASKER, at=day)
        wrong += sum(not Term(hit.in_force_from, hit.in_force_until).holds_on(first) for hit in hits)
        searched.append(bool(hits) and _same(hits[0], each))
        looked_up.append(
            any(hit.path == each.path for hit in lookup.cited(library, _citation(each), scope=ASKER, at=day))
        )
    return {
        "as_of": round(fmean(searched or [0]), 4),
        "as_of_cited": round(fmean(looked_up or [0]), 4),
        "as_of_asked": len(dated),
        "not_in_force": wrong,
    }


def _citation(each: Old) -> str:
    return f"《{each.title}》{each.number}"


def _is_old(hit: Hit) -> bool:
    return superseded.is_path(hit.path)


def _same(hit: Hit, each: Old) -> bool:
    return hit.path == each.path or hit.text == each.text
