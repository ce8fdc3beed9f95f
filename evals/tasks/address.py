"""Addresses: is each level found as it is written?

A level counts where the address has it, by its first mention; `by` has its precision, and the share of addresses in
which all five levels are right, absent ones too. With a file to learn from, names that people write without their
ending are taken from it; an address of that file is asked with what the other folds taught.
"""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from evals.harness import Report
from evals.statutes import cache_folder, digest
from workflows.fields.addresses import LEVELS, Names, parse

TASK = "address"
FOLDS = 5
OFTEN = 2
"""How often a bare name must have been seen."""
MOSTLY = 0.6
"""Share of the addresses with a part that begins with the name, in which it is the name itself."""
RECIPE = 1
"""Raised when something else is learned, so that a cache of before is not read."""

Levels = Mapping[str, str]


def run(data: Path, *, fit: Path | None = None) -> Report:
    """Take every address apart."""
    items = {item["id"]: item for item in _items(data)}
    learned = _learned(fit) if fit else {}
    lessons = {item["id"] for item in _items(fit)} if fit else set()
    found = {key: _levels(item["text"], _names_for(key, learned, lessons)) for key, item in items.items()}
    wanted = {key: _wanted(item["spans"]) for key, item in items.items()}
    metrics = {level: _share(level, wanted, found) for level in LEVELS}
    precision = {level: _share(level, found, wanted) for level in LEVELS}
    whole = sum(found[key] == wanted[key] for key in items) / max(len(items), 1)
    settings = {"fit": fit.name, "out_of_fold": len(lessons & items.keys())} if fit else {}
    counts = {level: float(sum(level in one for one in wanted.values())) for level in LEVELS}
    by = {"precision": precision, "all_levels": {"right": round(whole, 4)}, "asked": counts}
    return Report(TASK, len(items), metrics, by, settings)


def _items(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _wanted(spans: Iterable[Mapping[str, Any]]) -> Levels:
    """The first mention of each level."""
    wanted: dict[str, str] = {}
    for span in spans:
        if span["label"] in LEVELS:
            wanted.setdefault(span["label"], span["text"])
    return wanted


def _levels(text: str, names: Names) -> Levels:
    found = parse(text, names)
    return {level: said for level in LEVELS if (said := getattr(found, level))}


def _share(level: str, asked: Mapping[str, Levels], answered: Mapping[str, Levels]) -> float:
    """Of those that one side has, the share in which the other has the same."""
    held = [key for key, one in asked.items() if level in one]
    right = sum(asked[key][level] == answered[key].get(level) for key in held)
    return round(right / len(held), 4) if held else 0.0


def _names_for(key: str, learned: Mapping[str, Names], lessons: Collection[str]) -> Names:
    if not learned:
        return {}
    return learned[str(_fold(key))] if key in lessons else learned["all"]


def _fold(key: str) -> int:
    return zlib.crc32(key.encode()) % FOLDS


def _learned(fit: Path) -> Mapping[str, Names]:
    """Names without their endings, without each fold and of all; kept outside the repository."""
    kept = cache_folder() / f"address-{RECIPE}-{digest(fit)}.json"
    if kept.exists():
        known: dict[str, Names] = json.loads(kept.read_text("utf-8"))
        return known
    items = _items(fit)
    learned = {str(n): _bare([one for one in items if _fold(one["id"]) != n]) for n in range(FOLDS)}
    learned["all"] = _bare(items)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(learned, ensure_ascii=False), "utf-8")
    return learned


def _bare(items: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Names of which the parser does not know that they name a place at that level, and that mostly name one there."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    begun: Counter[str] = Counter()
    for item in items:
        begun.update(_beginnings(item["spans"]))
        for level, name in _wanted(item["spans"]).items():
            if len(name) > 1 and getattr(parse(name), level) != name:
                seen[level][name] += 1
    return {
        level: sorted(name for name, n in names.items() if n >= max(OFTEN, MOSTLY * begun[name]))
        for level, names in seen.items()
    }


def _beginnings(spans: Iterable[Mapping[str, Any]]) -> set[str]:
    """All words with which a part of an address begins, each once."""
    return {span["text"][:length] for span in spans for length in range(2, len(span["text"]) + 1)}
