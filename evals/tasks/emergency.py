"""How well emergencies are recognised: recall where nothing was learned from, false alarms where nobody is in danger.

The rule is `recognise` of `bot/dialogue/hearing/emergency.py`; the outside sets are read in place and left out where
they are absent.
"""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.hearing.emergency import recognise
from evals.harness import Report

TASK = "emergency"
OURS = Path(__file__).parents[1] / "datasets" / "emergency.jsonl"
"""What the second ear is taught with (evals/hearing.py)."""
HELD = OURS.with_name("emergency_held.jsonl")
"""By other authors, never learned from."""
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
    """Score `data` alone, or the held-out set together with the learned one and the quiet sets that are there.

    Metrics: `recall`, `false_alarms` (share of texts without an emergency that raised one; without `data` over the
    quiet sets) and `slowest_ms`. What went wrong is in `settings`.
    """
    recognise("")
    held = list(read(data or HELD))
    learned = [] if data else list(read(OURS))
    quiet = {} if data else {name: list(read(path)) for name in QUIET_SETS if (path := _outside(name)).exists()}
    missed, alarmed = _wrong(held)
    sets = {(data or HELD).stem: held, **({OURS.stem: learned} if learned else {}), **quiet}
    by = {name: _rates(texts) for name, texts in sets.items()}
    loud = [text for texts in quiet.values() for text in _wrong(texts)[1]]
    own = by[(data or HELD).stem]
    metrics = {
        "recall": own.get("recall", 0.0),
        "false_alarms": _rate(len(loud), sum(map(len, quiet.values()))) if quiet else own["false_alarms"],
        "slowest_ms": _slowest_ms(held),
    }
    items = sum(map(len, sets.values()))
    return Report(task=TASK, items=items, metrics=metrics, by=by, settings={"missed": missed, "alarmed": alarmed})


def _wrong(texts: Iterable[Utterance]) -> tuple[list[str], list[str]]:
    """List the emergencies that were missed, and what raised a false alarm."""
    heard = [(each, recognise(each.text) is not None) for each in texts]
    missed = [each.text for each, is_heard in heard if each.emergency and not is_heard]
    return missed, [each.text for each, is_heard in heard if is_heard and not each.emergency]


def _rates(texts: Sequence[Utterance]) -> dict[str, float]:
    missed, alarmed = _wrong(texts)
    dangers = sum(each.emergency for each in texts)
    rates = {"recall": 1 - _rate(len(missed), dangers)} if dangers else {}
    return {**rates, "false_alarms": _rate(len(alarmed), len(texts) - dangers)}


def _outside(name: str) -> Path:
    return OUTSIDE / f"{name}.jsonl"
