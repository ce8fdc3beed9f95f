"""Processes: one, two and four app processes on one PostgreSQL and one Chroma server, a crowd of villagers before them.

Rounds are interleaved (1 2 4 4 2 1), so that a noisy machine moves all alike. On a machine whose cores are shared with
PostgreSQL, the sandbox and the crowd itself, adding processes cannot add cores: so each process is also held to a share
of a core, as if it had a small machine of its own, and what two do then is what sharing a database costs.
"""

import asyncio
import os
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from cryptography.fernet import Fernet

from evals.bench import children, chroma, postgres
from evals.bench.children import Child
from evals.bench.crowd import Crowd, gathered
from evals.bench.messages import write_town
from evals.bench.phones import Town
from evals.bench.processes import cpu_seconds, held_back, pids_listening
from evals.harness import Report
from township.settings import Settings

TASK = "processes"
COUNTS = (1, 2, 4, 4, 2, 1)
SHARE = 0.25
"""Of a core, for each process: four of them leave half of two cores to everything else."""


def run(settings: Settings, *, people: int = 60, each: int = 4, counts: tuple[int, ...] = COUNTS) -> Report:
    """Measure: answers a second as the machine is and with each process held to SHARE, and milliseconds of CPU each."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dinglin-processes-")))
        found = postgres.binaries()
        if found is None:
            raise children.ChildFailed("apt-get install postgresql")
        database = stack.enter_context(postgres.server(found, fsync="on", full_page_writes="on"))
        index = stack.enter_context(chroma.server(folder))
        names = write_town(folder / "town.yaml", people)
        url = stack.enter_context(children.sandbox(folder / "sandbox.log", "--town", str(folder / "town.yaml")))
        with Town(url) as phones:
            phones.turn_to_working_morning()
        apps = _apps(folder, url, settings, max(counts), database, index)
        others = {"postgres": database, "chroma": index, "sandbox": url}
        game = _Game(apps, {name: pids_listening(one) for name, one in others.items()})
        try:
            asyncio.run(game.play(url, names, counts, each))
        finally:
            for app in apps:
                app.stop()
    return Report(TASK, game.said, game.figures(), by=game.by(), settings={"people": people, "each": each})


def _apps(folder: Path, url: str, settings: Settings, count: int, database: str, index: str) -> list[Child]:
    home, key = folder / "home", Fernet.generate_key().decode()
    home.mkdir()
    (home / "models").symlink_to((settings.home / "models").resolve())
    children.prepare(home, settings.embedder, database_url=database, chroma_url=index, key=key)
    given = {"embedder": settings.embedder, "api_limit": "0", "push_limit": "0"}
    given |= {"database_url": database, "chroma_url": index, "key": key}
    return [children.app(home, url, **given) for _ in range(count)]


class _Game:
    """What is played and what comes of it, by the number of processes."""

    def __init__(self, apps: list[Child], others: Mapping[str, list[int]]) -> None:
        self._apps, self._others = apps, others
        self.said = self._lost = self._heard = 0
        self._free: dict[int, list[float]] = defaultdict(list)
        self._held: dict[int, list[float]] = defaultdict(list)
        self._cpu: dict[int, list[dict[str, float]]] = defaultdict(list)

    async def play(self, url: str, names: list[str], counts: tuple[int, ...], each: int) -> None:
        async with gathered(url, names) as crowd:
            for count in counts:
                await self._be(crowd, count)
                await crowd.play(1)
                before = self._spent(count)
                tally = await crowd.play(each)
                after = self._spent(count)
                self._cpu[count].append({name: (after[name] - before[name]) * 1000 / tally.said for name in after})
                self._free[count].append(tally.rate)
                with held_back([app.pid for app in self._apps[:count]], SHARE):
                    slow = await crowd.play(each)
                self._held[count].append(slow.rate)
                self._lost += tally.lost + slow.lost
            await crowd.settled()
            self.said, self._heard = crowd.said, crowd.heard

    async def _be(self, crowd: Crowd, count: int) -> None:
        """Let so many processes run: started, or asked to end one after the other."""
        wanted, rest = self._apps[:count], self._apps[count:]
        await asyncio.gather(*(asyncio.to_thread(app.start) for app in wanted if not app.is_running()))
        for app in rest:
            await asyncio.to_thread(app.stop)
        await crowd.connected(count)

    def _spent(self, count: int) -> dict[str, float]:
        others = {name: sum(map(cpu_seconds, pids)) for name, pids in self._others.items()}
        return {"bot": sum(cpu_seconds(app.pid) for app in self._apps[:count]), "crowd": sum(os.times()[:2]), **others}

    def figures(self) -> dict[str, float]:
        """Ratios against one process: held to their shares, and as the machine is."""
        held = {count: median(rates) for count, rates in self._held.items()}
        free = {count: median(rates) for count, rates in self._free.items()}
        more = [count for count in held if count > 1]
        ratios = {f"ratio_{count}": round(held[count] / held[1], 2) for count in more}
        shared = {f"shared_ratio_{count}": round(free[count] / free[1], 2) for count in more}
        doubled = max(0, self._heard - self.said)
        return {**ratios, **shared, "lost": self._lost, "doubled": doubled}

    def by(self) -> dict[str, dict[str, float]]:
        """Rates and milliseconds of CPU a message, by the number of processes."""
        rows = {}
        for count in sorted(self._free):
            spent = {
                f"{name}_ms": round(median(one[name] for one in self._cpu[count]), 2) for name in self._cpu[count][0]
            }
            rates = {"rate": round(median(self._free[count]), 1), "held_rate": round(median(self._held[count]), 1)}
            rows[str(count)] = {**rates, **spent}
        return rows
