"""Ask: how long a policy question takes over all statutes, audience and date in force, without a chat model.

The questions one after another, then four at a time; memory is the PSS of the process tree after both.
"""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np

from evals.bench.processes import pss_mb
from evals.harness import Report
from evals.statutes import describe, open_library
from knowledge.library import Library
from knowledge.retriever import retrieve
from township.clock import SystemClock
from township.scope import Audience, Scope

TASK = "ask"
QUESTIONS = 400
WARM_UP = 20
AT_ONCE = 4


def run(data: Path, corpus: Path, *, embedder: str = "", questions: int = QUESTIONS) -> Report:
    """Measure; times in milliseconds."""
    moment = SystemClock().now()
    asked = [json.loads(line)["query"] for line in data.read_text("utf-8").splitlines()[:questions]]
    with open_library(corpus, embedder=embedder) as library:
        _times(library, asked[:WARM_UP], moment, at_once=1)
        alone = _times(library, asked, moment, at_once=1)
        together = _times(library, asked, moment, at_once=AT_ONCE)
        settings = describe(library, moment.date()) | {"questions": len(asked), "at_once": AT_ONCE}
        metrics = {
            "p50_ms": _percentile(alone, 50),
            "p99_ms": _percentile(alone, 99),
            "p99_4_ms": _percentile(together, 99),
            "rss_mb": round(pss_mb(), 1),
        }
    return Report(TASK, len(asked), metrics, settings=settings)


def _times(library: Library, questions: Sequence[str], at: datetime, *, at_once: int) -> list[float]:
    scope = Scope("bench", audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))

    def ask(question: str) -> float:
        start = time.perf_counter()
        retrieve(library, question, scope=scope, at=at)
        return (time.perf_counter() - start) * 1000

    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(ask, questions))


def _percentile(times: Sequence[float], share: int) -> float:
    return round(float(np.percentile(times, share)), 1)
