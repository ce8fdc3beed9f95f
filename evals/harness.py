"""What every eval is made of: samples, a solver that answers them, scorers, and the report that comes out.

Evals measure, tests prove: a rate below `thresholds.yaml` is said, whoever runs the eval decides.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from ruamel.yaml import YAML

THRESHOLDS = Path(__file__).with_name("thresholds.yaml")


@dataclass(frozen=True, slots=True)
class Sample:
    """One question with what is right."""

    id: str
    input: str
    target: frozenset[str]
    groups: tuple[str, ...]
    """Under which names of `by` it counts."""
    headline: bool = True
    """Whether it counts in `metrics`."""


Solver = Callable[[str], Sequence[str]]
Scorer = Callable[[Sequence[str], frozenset[str]], float]


@dataclass(frozen=True, slots=True)
class Report:
    """Outcome of a run, in the shape that is written."""

    task: str
    items: int
    metrics: dict[str, float]
    by: dict[str, dict[str, float]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """Write it as JSON; metrics and groups stand at the top as well, where the benches' readers look for them."""
        return json.dumps({**self.by, **self.metrics, **asdict(self)}, ensure_ascii=False, indent=1)


def evaluate(
    task: str,
    samples: Iterable[Sample],
    solver: Solver,
    scorers: Mapping[str, Scorer],
    *,
    settings: dict[str, Any] | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Report:
    """Ask every sample and average the scores, over all and by group."""
    scores: dict[str, list[dict[str, float]]] = defaultdict(list)
    headline: list[dict[str, float]] = []
    items = 0
    for sample in samples:
        answer = solver(sample.input)
        scored = {name: scorer(answer, sample.target) for name, scorer in scorers.items()}
        for group in sample.groups:
            scores[group].append(scored)
        if sample.headline:
            headline.append(scored)
        items += 1
        progress()
    return Report(task, items, _means(headline), {name: _means(rows) for name, rows in scores.items()}, settings or {})


def below_thresholds(report: Report) -> list[str]:
    """Name each metric that is worse than `thresholds.yaml` allows; with `--fit` a task may have bars of its own."""
    known = YAML(typ="safe", pure=True).load(THRESHOLDS.read_text("utf-8"))
    fitted = f"{report.task}_fit" if report.settings.get("fit") else report.task
    limits = known.get(fitted, known.get(report.task, {}))
    return [name for name, limit in limits.items() if not _holds(report.metrics.get(name), limit)]


def _holds(value: float | None, limit: Mapping[str, float]) -> bool:
    if value is None:
        return False
    return limit.get("least", value) <= value <= limit.get("most", value)


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {"n": len(rows), **{name: round(fmean(row[name] for row in rows), 4) for name in (rows[0] if rows else ())}}
