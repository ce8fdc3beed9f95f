"""Messages: a hundred villagers at once through the real SDK, held against a bot that only echoes.

Both bots are child processes on the same sandbox and take turns; what counts is the ratio of their rates, which a noisy
machine moves little. An answer counts when the right text reached the villager; at the end the rows are counted too.
"""

import asyncio
import json
import sqlite3
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from evals.bench import children, vectors
from evals.bench.children import ROOT, Child
from evals.bench.crowd import Crowd, Tally, gathered, tap_steadily
from evals.bench.phones import Town
from evals.harness import Report
from township.settings import Settings

TASK = "messages"
TOWN = ROOT / "sandbox" / "town.yaml"
SECONDS = 20
"""How long each phase with taps lasts."""
TAPS = 5.0
"""A second."""


@dataclass(slots=True)
class Outcome:
    """What all rounds came to."""

    rates: list[float] = field(default_factory=list)
    echo_rates: list[float] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    half: list[float] = field(default_factory=list)
    full: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [ours / echo for ours, echo in zip(self.rates, self.echo_rates, strict=True)]


def run(echo: Path, settings: Settings, *, people: int = 100, rounds: int = 6, each: int = 10) -> Report:
    """Measure; rates in answers a second, taps in milliseconds as the person feels them."""
    with tempfile.TemporaryDirectory(prefix="dinglin-bench-") as folder:
        home = Path(folder) / "home"
        prepare(home, settings)
        town = Path(folder) / "town.yaml"
        names = write_town(town, people)
        with children.sandbox(Path(folder) / "sandbox.log", "--town", str(town)) as url:
            with Town(url) as phones:
                phones.turn_to_working_morning()
            app = children.app(home, url, embedder=settings.embedder, api_limit="0", push_limit="0")
            outcome, crowd = asyncio.run(_play(url, app, _echo(echo, url, settings, Path(folder)), names, rounds, each))
        rows = _rows(home / "dinglin.db")
        metrics = _figures(outcome, crowd, rows)
    told: dict[str, Any] = {
        "people": people,
        "rounds": rounds,
        "each": each,
        "ratios": [round(one, 3) for one in outcome.ratios],
    }
    told |= {"said": crowd.said, "heard": crowd.heard, "opened": crowd.opened, **rows, "refused": dict(crowd.refused)}
    told |= {"taps": [len(outcome.half), len(outcome.full)], "slowest": sorted(map(round, outcome.half))[-5:]}
    return Report(TASK, sum(tally.said for tally in outcome.tallies), metrics, settings=told)


def prepare(home: Path, settings: Settings, *, database_url: str = "", chroma_url: str = "", key: str = "") -> None:
    """Make a home with the sample documents and the embedder of the settings; the rest is as in the settings."""
    home.mkdir(parents=True)
    if (settings.home / "models").exists():
        (home / "models").symlink_to((settings.home / "models").resolve())

    def migrated(home: Path) -> None:
        if not database_url:
            vectors.borrow(settings.home, home)

    children.prepare(
        home, settings.embedder, migrated=migrated, database_url=database_url, chroma_url=chroma_url, key=key
    )


def write_town(path: Path, people: int) -> list[str]:
    """Write the sandbox's town with so many more villagers, spread over its villages; returns their ids."""
    town: dict[str, Any] = YAML(typ="safe", pure=True).load(TOWN.read_text("utf-8"))
    models = [person for person in town["people"] if person["id"].startswith("v-") and person.get("staff_id")]
    names = [f"b-{number:04}" for number in range(people)]
    for number, name in enumerate(names):
        own = {"id": name, "staff_id": name, "union_id": f"un-{name}", "mobile": f"1391{number:07}"}
        town["people"].append({**models[number % len(models)], **own})
    path.write_text(json.dumps(town, ensure_ascii=False), "utf-8")
    return names


def _echo(script: Path, url: str, settings: Settings, folder: Path) -> Child:
    arguments = [sys.executable, str(script), settings.client_id, settings.client_secret.get_secret_value()]
    return Child(arguments, {"DINGTALK_OPENAPI_ENDPOINT": url}, folder / "echo.log")


async def _play(url: str, app: Child, echo: Child, names: list[str], rounds: int, each: int) -> tuple[Outcome, Crowd]:
    outcome = Outcome()
    async with gathered(url, names) as crowd:
        for _ in range(rounds):
            with_echo = await _with_bot(crowd, echo, each, is_echo=True)
            ours = await _with_bot(crowd, app, each, is_echo=False)
            outcome.echo_rates.append(with_echo.rate)
            outcome.rates.append(ours.rate)
            outcome.tallies.append(ours)
        await asyncio.to_thread(app.start)
        await crowd.connected(1)
        await crowd.play(1)  # heard once, as in every round
        rate = median(outcome.rates)
        for per_second, times in ((rate / 2, outcome.half), (0.0, outcome.full)):
            outcome.tallies.append(await _with_taps(crowd, rate, per_second, len(names), times))
        await crowd.settled()
        await asyncio.to_thread(app.stop)
    return outcome, crowd


async def _with_bot(crowd: Crowd, bot: Child, each: int, *, is_echo: bool) -> Tally:
    """Let a bot have its turn: started, heard once, measured, ended."""
    await asyncio.to_thread(bot.start, until_ready=not is_echo)
    await crowd.connected(1)
    await crowd.play(1, echo=is_echo)
    tally = await crowd.play(each, echo=is_echo)
    await crowd.settled()
    await asyncio.to_thread(bot.stop)
    await crowd.connected(0)
    return tally


async def _with_taps(crowd: Crowd, rate: float, per_second: float, people: int, times: list[float]) -> Tally:
    """Play for a while with taps beside; `per_second` 0 is as fast as it goes."""
    each = max(1, round((per_second or rate) * SECONDS / people))
    playing = asyncio.create_task(crowd.play(each, every=people / per_second if per_second else 0.0))
    times += await tap_steadily(crowd, "accept", TAPS, playing.done)
    return await playing


def _figures(outcome: Outcome, crowd: Crowd, rows: dict[str, int]) -> dict[str, float]:
    said, opened = crowd.said, crowd.opened
    return {
        "ratio": round(median(outcome.ratios), 3),
        "rate": round(median(outcome.rates), 1),
        "echo_rate": round(median(outcome.echo_rates), 1),
        "lost": sum(t.lost for t in outcome.tallies) + max(0, said - rows["answered"]) + max(0, opened - rows["cases"]),
        "doubled": max(0, crowd.heard - said) + max(0, rows["cases"] - opened) + max(0, rows["answered"] - said),
        "tap_p99_ms": round(float(np.percentile(outcome.half, 99)), 1) if outcome.half else -1,
        "tap_max_ms": round(max(outcome.full), 1) if outcome.full else -1,
    }


def _rows(path: Path) -> dict[str, int]:
    """Count what is committed: messages answered, and cases that the crowd opened."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as rows:
        count = {
            "answered": "SELECT count(*) FROM inbox WHERE state = 'done'",
            "cases": "SELECT count(*) FROM cases WHERE skill = 'village_report'",
        }
        return {name: int(rows.execute(query).fetchone()[0]) for name, query in count.items()}
