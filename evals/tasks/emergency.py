"""How well emergencies are recognised: recall on our utterances, false alarms where nobody is in danger.

The rule is `bot.dialogue.emergency.recognise`; the outside sets are read in place and left out where they are absent.
"""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.dialogue.emergency import recognise

OURS = Path(__file__).parents[1] / "datasets" / "emergency.jsonl"
OUTSIDE = Path(__file__).parents[2].parent / "shared" / "data"
QUIET_SETS = ("complaints_dev", "routing_zh_dev")
"""Sets in which nobody reports an emergency now: every alarm counts as false."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One text and whether it is an emergency."""

    text: str
    emergency: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one run; rates are between 0 and 1."""

    recall: float
    false_alarms: float
    """Share of texts without an emergency that were taken for one, over all sets read."""
    by_set: dict[str, float] = field(default_factory=dict)
    slowest_ms: float = 0.0
    items: int = 0
    missed: tuple[str, ...] = ()
    wrongly_alarmed: tuple[str, ...] = ()


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
    """Score `data` alone, or our own set together with the quiet sets that are there."""
    utterances = list(read(data or OURS))
    recognise("")
    dangers = [each for each in utterances if each.emergency]
    calm = [each for each in utterances if not each.emergency]
    missed = tuple(each.text for each in dangers if recognise(each.text) is None)
    alarmed = tuple(each.text for each in calm if recognise(each.text) is not None)
    by_set = {(data or OURS).stem: _rate(len(alarmed), len(calm))}
    alarms, texts = (len(alarmed), len(calm)) if data else (0, 0)
    for name in () if data else QUIET_SETS:
        path = OUTSIDE / f"{name}.jsonl"
        if not path.exists():
            continue
        quiet = list(read(path))
        heard = sum(recognise(each.text) is not None for each in quiet)
        by_set[name] = _rate(heard, len(quiet))
        alarms, texts = alarms + heard, texts + len(quiet)
    if not texts:
        alarms, texts = len(alarmed), len(calm)
    return Report(
        recall=_rate(len(dangers) - len(missed), len(dangers)),
        false_alarms=_rate(alarms, texts),
        by_set=by_set,
        slowest_ms=_slowest_ms(utterances),
        items=len(utterances),
        missed=missed,
        wrongly_alarmed=alarmed,
    )
