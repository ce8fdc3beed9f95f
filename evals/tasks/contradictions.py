"""Contradictions: twenty numbers planted beside the samples; how many are found, and how many others are?

`found` counts the planted pairs that are listed, `false` whatever else is listed and no local deviation, `local` the
deviations shown apart, `seconds` the time of one look. Two sets: one was looked at while the rules were made, one was
written afterwards (`blind`); `metrics` are the worse of both.
"""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML

from evals.harness import Report
from evals.sample_town import AT, SAMPLES
from knowledge import documents, ingest
from knowledge.ingest import Source
from knowledge.models import VersionState
from knowledge.structure import folders
from knowledge.structure.folders import About
from knowledge.validity import contradictions
from knowledge.validity.contradictions import Contradiction
from township.db import Database, Tx

TASK = "contradictions"
DATASETS = Path(__file__).parents[1] / "datasets"
SETS = (DATASETS / "contradictions.yaml", DATASETS / "contradictions_blind.yaml")
TOWN = "eval"
VILLAGES = tuple(folders.manifest(SAMPLES).canaries)


def run(data: Path | None = None) -> Report:
    """Put the samples and the documents of each set in force and look once; `data` is a set of one's own."""
    scored = {path.stem: _score(path) for path in ([data] if data else SETS)}
    by = {name: metrics for name, (metrics, _) in scored.items()}
    worse = {"found": min, "false": max, "local": max, "seconds": max}
    metrics = {name: choose(each[name] for each in by.values()) for name, choose in worse.items()}
    settings = {name: told for name, (_, told) in scored.items()}
    return Report(TASK, sum(int(each["planted"]) for each in by.values()), metrics, by, settings)


def _score(path: Path) -> tuple[dict[str, float], dict[str, list[str]]]:
    told = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))["documents"]
    with TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/town.db")
        db.create_all()
        try:
            fill(db, told)
            started = time.perf_counter()
            contradictions.look(db, TOWN, at=AT, day=AT.date(), names=VILLAGES)
            seconds = time.perf_counter() - started
            found = db.read_now(lambda tx: contradictions.listed(tx, TOWN))
        finally:
            db.close_now()
    planted = [pair for one in told for pair in one.get("planted", ())]
    missed = [pair for pair in planted if not any(_is(pair, each) for each in found)]
    false = [each for each in found if not each.is_local and not _is_true(told, each)]
    metrics = {
        "planted": float(len(planted)),
        "found": float(len(planted) - len(missed)),
        "false": float(len(false)),
        "local": float(sum(each.is_local for each in found)),
        "seconds": round(seconds, 2),
    }
    return metrics, {"missed": [pair["says"] for pair in missed], "false": [_line(each) for each in false]}


def fill(db: Database, told: Sequence[Mapping[str, Any]]) -> None:
    """Put the samples and the documents told in force."""
    villages = {name: name for name in VILLAGES}
    sources = [read.source for read in folders.read(SAMPLES, town_id=TOWN, villages=villages) if read.source]
    for one in told:
        about = About(
            level=one.get("level", "town"), audience=one.get("audience", "public"), village=one.get("village", "")
        )
        name = one["name"]
        given = {"town_id": TOWN, "about": about, "villages": villages, "source_key": name}
        sources.append(folders.source_of(one["text"].encode(), name, **given)[0])
    for source in sources:
        db.write_now(partial(_store, source=source))


def _store(tx: Tx, source: Source) -> None:
    stored = ingest.store(tx, source, at=AT, state=VersionState.in_force)
    documents.take_effect(tx, stored, source, at=AT)


def _is(pair: Mapping[str, str], each: Contradiction) -> bool:
    sides = ((each.first, each.second), (each.second, each.first))
    titles = {pair["document"], pair.get("or", pair["document"])}
    return any(
        pair["says"] in mine.text and mine.says in pair["says"] and other.title in titles for mine, other in sides
    )


def _is_true(told: Sequence[Mapping[str, Any]], each: Contradiction) -> bool:
    """Tell whether a pair was planted; a planted number contradicts the documents beside it that say the right one."""
    beside = {name for one in told for name in (one["text"].split("\n")[0].strip(), one["name"].partition(".")[0])}
    planted = [pair for one in told for pair in one.get("planted", ())]
    return any(_is(pair | {"or": title}, each) for pair in planted for title in (pair.get("or", ""), *beside))


def _line(each: Contradiction) -> str:
    first, second = each.first, each.second
    return f"{first.title}{first.number} {first.says} / {second.title}{second.number} {second.says}"
