"""How well emergencies are recognised: recall on our utterances, false alarms where nobody is in danger.

The rule is `bot.dialogue.emergency.recognise`; the outside sets are read in place and left out where they are absent.
"""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.emergency import recognise
from evals.harness import Report

TASK = "emergency"
OURS = Path(__file__).parents[1] / "datasets" / "emergency.jsonl"
OUTSIDE = Path(__file__).parents[2].parent / "shared" / "data"
QUIET_SETS = ("complaints_dev", "routing_zh_dev")
"""Sets in which nobody reports an emergency now: every alarm counts as false."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One text and whether it is an emergency."""

    text: str
    emergency: bool


def read(path: Path) -> Iterator[Utterance]:
    """Read a JSONL file of `text` and `emergency` (missing: none)."""
    with path.open(encoding="utf-8") as lines:
        for line in filter(str.strip, lines):
            row = json.loads(line)
            yield Utterance(str(row["text"]), bool(row.get("emergency", False)))


def _rate(part: int, whole: int) -> float:
    return round(part / whole, 5) if whole else 0.0


def _slowest_ms(utterances: Iterable[Utterance]) -> float:
    slowest = 0.0
    for utterance in utterances:
        best = min(_timed(utterance.text) for _ in range(3))
        slowest = max(slowest, best)
    return round(slowest * 1000, 3)


def _timed(text: str) -> float:
    start = time.perf_counter()
    recognise(text)
    return time.perf_counter() - start


def run(data: Path | None = None) -> Report:
    """Score `data` alone, or our own set together with the quiet sets that are there.

    Metrics: `recall`, `false_alarms` (share of texts without an emergency that raised one; without `data` over the
    quiet sets) and `slowest_ms`. What went wrong is in `settings`.
    """
    own = list(read(data or OURS))
    recognise("")
    dangers, calm = ([each for each in own if each.emergency is wanted] for wanted in (True, False))
    missed = [each.text for each in dangers if recognise(each.text) is None]
    quiet = {} if data else {name: list(read(path)) for name in QUIET_SETS if (path := _outside(name)).exists()}
    sets = {(data or OURS).stem: calm, **quiet}
    alarms = {name: sum(recognise(each.text) is not None for each in texts) for name, texts in sets.items()}
    counted = list(quiet) or list(sets)
    metrics = {
        "recall": _rate(len(dangers) - len(missed), len(dangers)),
        "false_alarms": _rate(sum(alarms[name] for name in counted), sum(len(sets[name]) for name in counted)),
        "slowest_ms": _slowest_ms(own),
    }
    return Report(
        task=TASK,
        items=len(own) + sum(map(len, quiet.values())),
        metrics=metrics,
        by={name: {"false_alarms": _rate(alarms[name], len(texts))} for name, texts in sets.items()},
        settings={"missed": missed, "alarmed": [each.text for each in calm if recognise(each.text) is not None]},
    )


def _outside(name: str) -> Path:
    return OUTSIDE / f"{name}.jsonl"
