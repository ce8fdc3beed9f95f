"""The soak: a crowd, every fault of the sandbox in turn, and kills, on the real programs; at the end all is counted.

Nothing may be lost and nothing done twice, memory stays flat, and a tap is answered at once. Text may be said twice
after a kill: a reply is worth more than its silence; that is counted apart.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.fernet import Fernet
from ruamel.yaml import YAML

from evals.bench import children, chroma, postgres
from evals.bench.children import ChildFailed
from evals.bench.control import Control, Json, hearing, session
from evals.bench.messages import prepare, write_town
from evals.bench.phones import Town
from evals.bench.processors import ticks
from evals.bench.soak import figures
from evals.bench.soak.cadres import Cadres
from evals.bench.soak.crier import cry
from evals.bench.soak.fleet import Fleet
from evals.bench.soak.ledger import Ledger
from evals.bench.soak.pace import Pace
from evals.bench.soak.rows import Rows
from evals.bench.soak.stories import STORIES
from evals.bench.soak.told import Told
from evals.bench.soak.villagers import Villager, settle
from evals.bench.soak.weather import Weather, read
from evals.harness import Report
from township.settings import Settings

SOURCE = Path(__file__).with_name("soak.yaml")
WINDOWS = {"redelivery": 3, "redeliveries": 60}
TAPS = 15.0
"""Most taps a second; cards come more slowly."""
TURN, OFFICE = 660.0, 8 * 3600.0
"""Business time is turned by eleven minutes: a second notice to somebody waits for ten. Offices are open so long."""
TURN_EVERY = 30.0
CALM = 4
"""So many seconds in which nothing waits are the end."""
KILLING = 0.5
"""Kills fall in the first half: the second is one life, so that its growth can be read."""
LONG = 600.0
"""From so many seconds on every fault blows twice: once among kills, once among lives that go on."""
PATIENCE = 90.0
"""What is not answered so long after the last fault is lost, in seconds."""


class Engine(StrEnum):
    """Where the rows of a soak stand."""

    sqlite = "sqlite"
    postgres = "postgres"


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, on what, and how rough a soak is."""

    minutes: float
    engine: Engine
    processes: int
    kills: int
    rate: float
    people: int
    seed: int
    database: str = ""
    """An empty PostgreSQL database; without one a server is started for the while."""


class Ears(Control):
    """Hears the sandbox for everybody."""

    cadres: Cadres
    ledger: Ledger
    villagers: Mapping[str, Villager]

    def take(self, event: Json) -> None:
        """Pass an event on."""
        if event["kind"] == "hello":
            return
        self.ledger.take(event)
        self.cadres.take(event)
        if event["kind"] == "message" and event["message"]["from"] == "bot" and not event["message"]["group"]:
            for person in event["to"]:
                if villager := self.villagers.get(person):
                    villager.hear(event["message"])


class Soak:
    """One soak on one engine."""

    def __init__(self, url: str, fleet: Fleet, rows: Rows, rng: random.Random) -> None:
        self.url = url
        self.fleet = fleet
        self.rows = rows
        self.rng = rng
        self.words: Json = YAML(typ="safe", pure=True).load(SOURCE.read_text("utf-8"))

    async def play(self, seconds: float, kills: int, rate: float) -> None:
        """Let it go on for so long, then let everything come to rest."""
        async with session(self.url) as http:
            ears = Ears(http)
            state = await ears.get("state")
            faults = [one for one in read(self.words["weather"]) if not one.long or seconds >= LONG]
            self.ledger, self.weather = Ledger(self.words["held_back"]), Weather(ears, faults)
            self.told = Told(self.words, ears, self.ledger, self.weather, Pace(rate), self.rng)
            self.villagers = settle(state["people"], state["groups"], self.told)
            ears.villagers = {one.id: one for one in self.villagers}
            self.cadres = Cadres(self.told, ears.villagers)
            ears.ledger, ears.cadres = self.ledger, self.cadres
            await ears.post("windows", WINDOWS)
            async with hearing(ears):
                try:
                    await self.fleet.start()
                    await self._days(ears, seconds, kills)
                finally:
                    await self.fleet.stop()

    async def _days(self, ears: Ears, seconds: float, kills: int) -> None:
        ever = [
            asyncio.create_task(self.cadres.tap_steadily(TAPS)),
            asyncio.create_task(self.fleet.weigh()),
            asyncio.create_task(_turn(ears, max(TURN_EVERY, seconds * TURN / OFFICE))),
        ]
        living = [asyncio.create_task(one.live(STORIES)) for one in self.villagers]
        ever.append(asyncio.create_task(cry(self.told)))
        rounds = 2 if seconds >= LONG else 1
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.told.pace.run(seconds))
                group.create_task(self.weather.blow(seconds * 0.95, rounds))
                group.create_task(self.fleet.kill_now_and_then(kills, seconds * KILLING))
            await ears.delete("faults")
            await ears.post("clock", {"forward": TURN * 2})  # what was to be heard at a minute is heard
            await self._rest(living)
            _raise_what_broke([*ever, *living])
        finally:
            for task in [*ever, *living]:
                task.cancel()
            await asyncio.gather(*ever, *living, return_exceptions=True)

    async def _rest(self, living: list[asyncio.Task[None]]) -> None:
        """Wait until everybody is answered and nothing waits, or the patience is over."""
        over, still = time.monotonic() + PATIENCE, 0
        while time.monotonic() < over:
            unanswered = [one for one in living if not one.done()]
            if not unanswered and self.cadres.is_idle() and not await asyncio.to_thread(self.rows.waiting):
                still += 1  # what was answered may have put a card before somebody
                if still == CALM:
                    break
            else:
                still = 0
            await asyncio.sleep(1)
        await self.cadres.rest(PATIENCE)

    def played(self, turns: float) -> figures.Played:
        """Hand over all that took part; so many messages were wanted."""
        return figures.Played(self.ledger, self.told, self.cadres, self.fleet, self.weather, self.rows, turns)


def _raise_what_broke(tasks: Iterable[asyncio.Task[None]]) -> None:
    """A villager who has fallen silent by a bug of ours must not pass for a satisfied one."""
    for task in tasks:
        if task.done() and (broken := task.exception()):
            raise broken


async def _turn(ears: Ears, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        await ears.post("clock", {"forward": TURN})


def run(settings: Settings, plan: Plan) -> Report:
    """Soak one engine and count."""
    rng = random.Random(plan.seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dinglin-soak-")))
        home, town, shared = folder / "home", folder / "town.yaml", _shared(plan, folder, stack)
        write_town(town, plan.people)
        prepare(home, settings, **shared)
        api = stack.enter_context(children.sandbox(folder / "sandbox.log", "--town", str(town)))
        with Town(api) as phones:
            phones.turn_to_working_morning()
        given = {"embedder": settings.embedder, "api_limit": "0", "push_limit": "0", **shared}
        fleet = Fleet([children.app(home, api, **given) for _ in range(plan.processes)], rng)
        rows = stack.enter_context(closing(Rows(shared.get("database_url") or f"sqlite:///{home / 'dinglin.db'}")))
        soak, before = Soak(api, fleet, rows, rng), ticks()
        asyncio.run(soak.play(plan.minutes * 60, plan.kills, plan.rate))
        meanwhile = ticks().since(before)
        report = figures.report(soak.played(plan.minutes * 60 * plan.rate))
    report.settings.update(asdict(plan), machine=meanwhile)
    return report


def _shared(plan: Plan, folder: Path, stack: ExitStack) -> dict[str, str]:
    """Start what processes on PostgreSQL share, for as long as `stack` is open; the settings that name it."""
    if plan.engine is Engine.sqlite:
        return {}
    database = plan.database
    if not database:
        found = postgres.binaries()
        if found is None:
            raise ChildFailed("PostgreSQL is not installed: apt-get install postgresql")
        database = stack.enter_context(postgres.server(found))
    index = stack.enter_context(chroma.server(folder))
    return {"database_url": database, "chroma_url": index, "key": Fernet.generate_key().decode()}
