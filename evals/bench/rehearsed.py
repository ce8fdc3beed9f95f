"""A rehearsal played by people with phones: they speak, tap and read, and the whole app answers through DingTalk's SDK.

The steps and what is expected are those of `skills/rehearsal/player.py`; what nobody does on a phone (a machine's
report, a door of the office) goes straight to the database of the app, as another process would.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.quiet import quiet_until
from evals.bench.delayed import is_near, moment, says
from evals.bench.phones import NothingCame, Town
from evals.bench.running import Running, SetBack, TakenAway
from skills.registry import Skill
from skills.rehearsal import founding
from skills.rehearsal.cast import SHEET
from skills.rehearsal.player import Stage, flow_of
from skills.rehearsal.scene import Mismatch
from skills.scenarios import Scenario, Step
from skills.sheets import say
from township.clock import SHANGHAI
from township.effects import ApplySeal
from township.workdays import Calendar
from workflows import casebook, cases, history
from workflows.definition import FieldKind
from workflows.house import house

TOGETHER = timedelta(minutes=11)
"""Notices to one person that are nearer to each other leave as one."""
ANSWERS = 3.0
"""Seconds within which a sentence is answered, if it is."""
ATTACHED = frozenset({FieldKind.FILE, FieldKind.PHOTOS})
"""What no button carries: a card asks for it, and its person sends it."""


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
            if any(step.sealing for step in scenario.steps):
                running.app.delivery.let_carry(TakenAway(), ApplySeal)
            played = flow_of(skill) if scenario.flow_only else skill
            if scenario.flow_only:
                founding.publish(running.app.db, played, at=begin)
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
        self._on_card: dict[str, str] = {}
        """By person: what the card said that they tapped last."""
        self._in_step: dict[str | None, str] = {}
        self._owed: list[tuple[str | None, str]] = []
        """What was said at night, and to whom: it is heard in the morning."""

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
        attached = self._attached(step, action)
        given = {name: _on_wire(value) for name, value in self._given(step).items() if name not in attached}
        before = self._events()
        answer = self.phones.tap(person, cards[-1], action, **given)
        if not answer["ok"]:
            raise Mismatch(str(answer))
        self._last_tap = (person, cards[-1], action)
        self.tapped += 1
        self._settle()
        answers = [self._send(person, name) for name in attached]
        status = _status(self.phones.cards(person), cards[-1])
        if self._events() == before:
            raise Mismatch(status)
        self._on_card[person] = "\n".join((*answers, status))
        return True

    def _attached(self, step: Step, action: str) -> list[str]:
        """What a step gives that is sent as a file or a picture."""
        here = self.skill.definition.workflow.stages.get(self.row().stage)
        needs = here.actions[action].needs if here and action in here.actions else {}
        return [name for name in step.given if name in needs and needs[name].kind in ATTACHED]

    def _send(self, person: str, name: str) -> str:
        """Send a file where the card has asked for one; returns what is answered."""
        before = len(self.phones.heard(person))
        known = self.heard.pop(person, [])
        self.phones.say(person, file={"text": name, "name": f"{name}.txt"})
        self.phones.wait(lambda: len(self.phones.heard(person)) > before or None, "an answer", ANSWERS)
        self._settle()
        answer = "\n".join(self.heard.pop(person, []))
        self.heard[person] = known
        return answer

    def _events(self) -> int:
        return len(self.db.read_now(lambda tx: history.events(tx, self.case_id)))

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

    def play(self, step: Step) -> None:
        """Play one step; what is heard in it is looked through for each of its parts."""
        self._in_step.clear()
        super().play(step)

    def _heard_by(self, name: str | None) -> str:
        """All that somebody heard in this step; a card that was tapped answers its person too."""
        found = (self._in_step.get(name, ""), super()._heard_by(name), self._on_card.pop(self._id(name), ""))
        self._in_step[name] = "\n".join(filter(None, found))
        return self._in_step[name]

    def _holds(self, name: str | None, found: str, part: str) -> None:
        """A second notice within ten minutes waits until they are over, one of the night for the morning."""
        now, found = self.running.app.clock.now(), self._in_step.get(name, found)
        if not says(found, part, now):
            self._turn(now + TOGETHER)
            found = self._heard_by(name)
        if says(found, part, now):
            return
        if not quiet_until(Calendar(), self.running.app.clock.now()):
            super()._holds(name, found, part)
        self._owed.append((name, part))

    def end(self) -> None:
        """See the morning, if something was said at night."""
        if self._owed and (morning := quiet_until(Calendar(), self.running.app.clock.now())):
            self._turn(morning + TOGETHER)
        self._pay()

    def _pay(self) -> None:
        """Look in the morning for what was said at night."""
        if not self._owed or quiet_until(Calendar(), self.running.app.clock.now() - TOGETHER):
            return
        owed, self._owed, heard = self._owed, [], dict[str | None, str]()
        for name, part in owed:
            heard[name] = heard.get(name) or self._heard_by(name)
            if not says(heard[name], part, self.running.app.clock.now()):
                super()._holds(name, heard[name], part)

    def _promised(self, wanted: Sequence[str]) -> None:
        """What people do takes minutes here: a promise that counts from it is as much later."""
        found, now = self.due(), self.running.app.clock.now()
        pairs = [(moment(one, now), moment(other, now)) for one, other in zip(wanted, found, strict=False)]
        if len(wanted) != len(found) or not all(is_near(one, other) for one, other in pairs):
            super()._promised(wanted)

    def _from_capabilities(self, person: str) -> list[str]:
        return []

    def _do(self, person: str | None, call: Callable[[], cases.Outcome]) -> None:
        """What goes straight to the database happens when everything else does: never before what was said already."""
        self.now = self.running.app.clock.now()
        super()._do(person, call)

    def _call(self, step: Step) -> None:
        self.now = self.running.app.clock.now()
        super()._call(step)
        self._settle()

    def _passes(self, step: Step) -> None:
        """An address is asked for at a desk, and answered on a page: neither is a phone of ours."""
        self.now = self.running.app.clock.now()
        super()._passes(step)

    def _by_link(self, step: Step) -> None:
        self.now = self.running.app.clock.now()
        super()._by_link(step)
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
        self._pay()

    def _cases_of(self, name: str | None) -> list[str]:
        scope = self._scope(name)
        return [one.id for one in self.db.read_now(lambda tx: casebook.listed(tx, scope))]


def _status(cards: Sequence[dict[str, Any]], tapped: dict[str, Any]) -> str:
    """What a card says now below its title."""
    found = next((one for one in cards if one["outTrackId"] == tapped["outTrackId"]), tapped)
    return str(found["params"].get("status", ""))


def _on_wire(value: Any) -> Any:
    """A value as a button sends it."""
    return value.isoformat() if isinstance(value, date) else value


def _people() -> list[dict[str, Any]]:
    return list(YAML(typ="safe", pure=True).load(SHEET.read_text("utf-8"))["people"])
