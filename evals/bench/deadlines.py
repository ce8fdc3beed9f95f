"""Deadlines against businesstimedelta: the same starts and lengths over the same working hours, in turns."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from evals.bench import turns
from evals.bench.turns import Local, Rival
from evals.harness import Report
from township.clock import SHANGHAI
from township.workdays import Calendar

TASK = "deadlines"
FIRST = datetime(2026, 1, 5, tzinfo=SHANGHAI)
SEED = 7
EACH = 200
"""Deadlines between two looks at the watch."""


def questions(number: int = 2000) -> list[tuple[datetime, int]]:
    """Moments of a year and working minutes: half an hour to fifteen working days."""
    random = Random(SEED)
    return [(FIRST + timedelta(minutes=random.randrange(500_000)), random.randrange(30, 6300)) for _ in range(number)]


def run(*, rounds: int = 8, seconds: float = 0.5, peers: str = "") -> Report:
    """Measure: how many times as many deadlines ours finds."""
    calendar, asked = Calendar(), cycle(questions())

    def once() -> None:
        for _ in range(EACH):
            calendar.add(*next(asked))

    rivals: dict[str, Rival] = {"ours": Local(once)}
    with ExitStack() as stack:
        if python := turns.python_with("businesstimedelta", peers):
            rivals["businesstimedelta"] = stack.enter_context(turns.peer(python, "businesstimedelta_hours.py"))
        rates = turns.played(rivals, rounds, seconds)
    rates["ours"] = [rate * EACH for rate in rates["ours"]]
    figures = {"per_second": float(round(min(rates["ours"])))}
    if "businesstimedelta" in rates:
        figures["vs_businesstimedelta"] = turns.ratio(rates, "ours", "businesstimedelta")
    by = {name: {"rate": round(sorted(found)[len(found) // 2], 1)} for name, found in rates.items()}
    return Report(TASK, rounds * EACH, figures, by, {"rounds": rounds, "seconds": seconds})
