"""A rehearsal played by people with phones: they speak, tap and read, and the whole app answers through DingTalk's SDK.

The steps and what is expected are those of `skills/player.py`; what nobody does on a phone (a machine's report, a door
of the office) goes straight to the database of the app, as another process would.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr
from ruamel.yaml import YAML

from bot.app import App
from evals.bench.phones import NothingCame, Town
from skills import player
from skills.player import SHEET, Mismatch, Stage, flow_of
from skills.registry import Skill
from skills.scenarios import Scenario, Step
from skills.sheets import say
from township.clock import SHANGHAI, OffsetClock
from township.settings import Settings
from workflows import casebook, cases
from workflows.house import house

T = TypeVar("T")
PATIENCE = 20.0
SLOWER = timedelta(hours=1)
QUICKER = timedelta(minutes=1)
TOGETHER = timedelta(minutes=11)
"""Notices to one person that are nearer to each other leave as one."""
ANSWERS = 3.0
"""Seconds within which a sentence is answered, if it is."""
CORP = "dingsandbox"


def write_town(path: Path) -> Path:
    """Write the town of the rehearsals down as a sandbox reads one; returns the path."""
    sheet: dict[str, Any] = YAML(typ="safe", pure=True).load(SHEET.read_text("utf-8"))
    sheet["town"] |= {"corp_id": CORP, "dept_id": 1, "office": {"name": sheet["town"]["name"], "dept_id": 200}}
    for number, village in enumerate(sheet["villages"], 101):
        village["dept_id"] = number
    sheet["groups"] = [
        {"id": f"cid{one['id']}=", "title": one["name"], "village": one["id"]} for one in sheet["villages"]
    ]
    for person in sheet["people"]:
        person["union_id"] = f"un-{person['id']}" if person.get("staff_id") else None
    yaml = YAML(typ="safe", pure=True)
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump(sheet, stream)
    return path


class SetBack(OffsetClock):
    """The clock of a demonstration that may begin on a day that is over."""

    def __init__(self, begin: datetime) -> None:
        super().__init__()
        self._behind = max(super().machine() - begin, timedelta())

    def machine(self) -> datetime:
        return super().machine() - self._behind


class Running:
    """The whole app in a thread of its own, on a home that is migrated."""

    def __init__(self, home: Path, url: str, secret: str, clock: SetBack) -> None:
        given: dict[str, Any] = {"_env_file": None, "home": home, "api_url": url, "embedder": "none"}
        self.app = App(Settings(client_secret=SecretStr(secret), **given), clock=clock)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rehearsed", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the app's loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def settle(self) -> None:
        """Wait until all that was said is answered and all that is due has left."""

        async def quiet() -> None:
            await self.app.workers.idle()
            await self.app.delivery.drain()

        self.run(quiet())

    def stop(self) -> None:
        """Stop the app in order, then its loop."""
        self.run(self.app.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()


def begin_of(scenario: Scenario) -> datetime:
    """The moment to which the sandbox is set before a scenario."""
    return scenario.begins().replace(tzinfo=SHANGHAI)


@contextmanager
def staged(home: Path, url: str, secret: str, skill: Skill, scenario: Scenario) -> Iterator["PhoneStage"]:
    """Open the town of the rehearsals with its app and its phones, over a sandbox that stands at the beginning."""
    begin = begin_of(scenario)
    with Town(url) as phones:
        running = Running(home, url, secret, SetBack(begin))
        try:
            running.run(running.app.start())
            played = flow_of(skill) if scenario.flow_only else skill
            if scenario.flow_only:
                player.publish(running.app.db, played, at=begin)
            yield PhoneStage(running, phones, played, begin)
        finally:
            running.stop()


class PhoneStage(Stage):
    """What has happened so far in one scenario, on everybody's phones."""

    def __init__(self, running: Running, phones: Town, skill: Skill, now: datetime) -> None:
        super().__init__(running.app.db, skill, now)
        self.running = running
        self.phones = phones
        self.spoken = self.tapped = 0
        self._with_phone = {str(one["id"]) for one in _people() if one.get("staff_id")}
        self._read: dict[str, int] = {}
        self._last_tap: tuple[str, dict[str, Any], str] | None = None

    def _reports(self, step: Step) -> None:
        speaker = self._id(step.who)
        if not step.says or speaker not in self._with_phone:
            super()._reports(step)
            return
        known = set(self._cases_of(step.who))
        for line in step.says.splitlines():
            self._say(speaker, line, voice=step.voice)
        self.case_id = next((one for one in self._cases_of(step.who) if one not in known), "")
        if not self.case_id:
            raise Mismatch(say("no_case"))

    def _act(self, step: Step, action: str) -> None:
        person = self._id(step.who) if step.who else ""
        words = self._words(step, action)
        if step.machine or step.verb == "cannot" or person not in self._with_phone:
            super()._act(step, action)
        elif words:
            self._say(person, words, voice=step.voice)
        elif not self._tap(step, person, action):
            super()._act(step, action)

    def _words(self, step: Step, action: str) -> str:
        """What a villager says to do it; empty where it is a button."""
        if step.says:
            return step.says
        row = self.row()
        here = self.skill.definition.workflow.stages.get(row.stage)
        known = {**house().villager, **self.skill.definition.workflow.villager, **(here.actions if here else {})}
        is_villagers = here is not None and here.waits == "villager"
        return next(iter(known[action].says), "") if is_villagers and action in known and not step.given else ""

    def _tap(self, step: Step, person: str, action: str) -> bool:
        """Tap on the newest card of the case; False where its person has none."""
        cards = [one for one in self.phones.cards(person) if action in str(one["params"])]
        if not cards:
            return False
        given = {
            name: self.ids.get(value, value) if isinstance(value, str) else value for name, value in step.given.items()
        }
        answer = self.phones.tap(person, cards[-1], action, **given)
        if not answer["ok"]:
            raise Mismatch(str(answer))
        self._last_tap = (person, cards[-1], action)
        self.tapped += 1
        self._settle()
        return True

    def _say(self, person: str, text: str, *, voice: bool = False) -> None:
        said: dict[str, Any] = {"audio": {"recognition": text}} if voice else {"text": text}
        before = len(self.phones.heard(person))
        self.phones.say(person, **said)
        with suppress(NothingCame):  # what is only polite needs no answer
            self.phones.wait(lambda: len(self.phones.heard(person)) > before or None, "an answer", ANSWERS)
        self.spoken += 1
        self._settle()

    def _hear(self, outcome: cases.Outcome, person: str | None = None) -> None:
        """What a door of its own answers is heard there; everything else comes by phone."""
        self.case_id = outcome.case_id
        if person and outcome.reply:
            self.heard.setdefault(person, []).append(outcome.reply)
        self._settle()

    def _settle(self) -> None:
        """Let everything arrive, and read what is new on every phone."""
        self.running.settle()
        for person in self._with_phone:
            last = self._read.get(person, 0)
            fresh = [one for one in self.phones.heard(person) if one["seq"] > last]
            if fresh:
                self.heard.setdefault(person, []).extend(one["text"] for one in fresh)
                self._read[person] = fresh[-1]["seq"]

    def _holds(self, name: str | None, found: str, part: str) -> None:
        """A second notice within ten minutes waits until they are over."""
        if not found or part not in found:
            self._turn(self.running.app.clock.now() + TOGETHER)
            found = self._heard_by(name)
        super()._holds(name, found, part)

    def _promised(self, wanted: Sequence[str]) -> None:
        """What people do takes minutes here: a promise that counts from it is as much later."""
        found = self.due()
        pairs = [(_moment(one), _moment(other)) for one, other in zip(wanted, found, strict=False)]
        if len(wanted) != len(found) or any(not one - QUICKER <= other <= one + SLOWER for one, other in pairs):
            super()._promised(wanted)

    def _from_capabilities(self, person: str) -> list[str]:
        return []

    def _call(self, step: Step) -> None:
        super()._call(step)
        self._settle()

    def _sealing(self, step: Step) -> None:
        super()._sealing(step)
        self._settle()

    def _again(self, step: Step) -> None:
        """The same tap once more: nothing may change."""
        if self._last_tap is None:
            super()._again(step)
            return
        before = self.row()
        self.phones.tap(*self._last_tap)
        self._settle()
        if self.row() != before:
            raise Mismatch(say("expected", wanted=str(before), found=str(self.row())))

    def _wait(self, step: Step) -> None:
        self.now = self.running.app.clock.now()
        super()._wait(step)

    def _turn(self, to: datetime) -> None:
        super()._turn(to)
        self.phones.turn(to=to)
        self.phones.wait(lambda: True if self.running.app.clock.now() >= to else None, "the clock of the app")
        self._settle()

    def _cases_of(self, name: str | None) -> list[str]:
        scope = self._scope(name)
        return [one.id for one in self.db.read_now(lambda tx: casebook.listed(tx, scope))]


def _moment(text: str) -> datetime:
    return datetime.strptime(f"2028-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


def _on_wire(value: Any) -> Any:
    """A value as a button sends it."""
    return value.isoformat() if isinstance(value, date) else value


def _people() -> list[dict[str, Any]]:
    return list(YAML(typ="safe", pure=True).load(SHEET.read_text("utf-8"))["people"])
