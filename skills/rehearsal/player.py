"""Plays a scenario at case level: a small invented town, a turned clock, the real engine on a real database.

Through the dialogue and the sandbox the same files are played in `bot/`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from msgspec import structs

from skills.registry import Skill
from skills.rehearsal import cast
from skills.rehearsal.founding import TOWN, prepare
from skills.rehearsal.scene import PICKUP, Mismatch, Scene
from skills.scenarios import Scenario, Step
from skills.sheets import say
from township.clock import SHANGHAI
from township.db import Database, Tx
from township.effects import ApplySeal
from township.errors import TownshipError
from workflows import calllist, cases, forms, records, tasks
from workflows.calllist import Called
from workflows.clocks import calendars, timers
from workflows.definition import Definition
from workflows.handovers.answering import Taken
from workflows.seals import outcomes, papers
from workflows.state import Via


@dataclass(frozen=True, slots=True)
class Played:
    """How a scenario went: the first step that failed, and why."""

    step: int = 0
    why: str = ""
    case_id: str = ""

    @property
    def passed(self) -> bool:
        return not self.why


def begun(db: Database, skill: Skill, at: datetime) -> "Stage":
    """Open the invented town in an empty database; `at`: business time in Shanghai."""
    begin = at.replace(tzinfo=SHANGHAI)
    prepare(db, skill, at=begin)
    return Stage(db, skill, begin)


def flow_of(skill: Skill) -> Skill:
    """The same service without what capabilities do in it."""
    content = skill.definition.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    stages = content["workflow"]["stages"].values()
    for actions in (content["workflow"].get("villager", {}), *(stage.get("actions", {}) for stage in stages)):
        for action in actions.values():
            action.pop("do", None)
    files = {**skill.files, "flow_only.md": skill.id}
    return replace(skill, definition=Definition.model_validate(content), files=files)


def play(db: Database, skill: Skill, scenario: Scenario) -> Played:
    """Play a scenario in an empty database."""
    return act_out(begun(db, flow_of(skill) if scenario.flow_only else skill, scenario.begins()), scenario)


def act_out(stage: "Stage", scenario: Scenario) -> Played:
    """Play a scenario where its town stands already."""
    stage.only = scenario.only
    for number, step in enumerate(scenario.steps, 1):
        try:
            stage.play(step)
        except Mismatch as problem:
            return Played(number, str(problem), stage.case_id)
        except TownshipError as refused:
            return Played(number, stage.words.refusal(refused), stage.case_id)
    try:
        stage.end()
    except Mismatch as problem:
        return Played(len(scenario.steps), str(problem), stage.case_id)
    return Played(case_id=stage.case_id)


class Stage(Scene):
    """A scenario being played, step by step."""

    def play(self, step: Step) -> None:
        """Play one step; a `Mismatch` says what is otherwise than it was written."""
        if step.of:
            self.case_id = self.cases.get(self._id(step.of), "")
        getattr(self, f"_{step.verb}")(step)
        for name, parts in step.hears.items():
            found = self._heard_by(name)
            for part in parts:
                self._holds(name, found, part)
        self._stands(step)

    def end(self) -> None:
        """Look for what comes after the last step; here everything came at once."""

    def _reports(self, step: Step) -> None:
        speaker, key = self._id(step.who), self._key()
        affected = self._id(step.for_) if step.for_ else speaker
        opening = cases.Opening(
            TOWN, self.skill.id, key, step.reports or {}, self.now,
            spoke=None if step.for_ else speaker, affected=affected, wrote=speaker if step.for_ else None,
            via=Via.VOICE if step.voice else Via.CHAT, anonymous=step.unnamed,
        )  # fmt: skip
        call = partial(self._do, speaker, lambda: self.db.write_now(lambda tx: cases.open(tx, opening, now=self.now)))
        if step.because:
            self._refused(step.because, call)
            return
        call()
        self.cases[affected] = self.case_id

    def _does(self, step: Step) -> None:
        self._act(step, step.does or "")

    def _cannot(self, step: Step) -> None:
        self._refused(step.because, lambda: self._act(step, step.cannot or ""))

    def _refused(self, because: str | None, call: Callable[[], None]) -> None:
        try:
            call()
        except TownshipError as refused:
            if because not in (None, refused.code):
                found = self.words.refusal(refused)
                raise Mismatch(say("expected", wanted=self.words.of(because or ""), found=found)) from refused
            return
        raise Mismatch(say("not_refused"))

    def _act(self, step: Step, action: str) -> None:
        if not self.case_id:
            raise Mismatch(say("no_case"))
        person = None if step.machine else self._id(step.who)
        given = self._given(step)
        via = Via.DELIVERY if step.machine else Via.VOICE if step.voice else Via.CARD
        about = self.db.read_now(lambda tx: records.about_of(tx, self.case_id))
        act = cases.Act(TOWN, self.case_id, action, self._key(), person, given, via=via, shown=about)
        self._do(person, lambda: self.db.write_now(lambda tx: cases.act(tx, act, now=self.now)))

    def _given(self, step: Step) -> dict[str, Any]:
        """What a step gives, with people and the code that somebody was told in the place of their names."""
        return {
            name: self.ids.get(value, value.replace(PICKUP, self.pickup)) if isinstance(value, str) else value
            for name, value in step.given.items()
        }

    def _again(self, step: Step) -> None:
        before = self.row()
        outcome = self.last() if self.last else None
        if outcome is None or not outcome.repeated or self.row() != before:
            raise Mismatch(say("not_repeated"))

    def _do(self, person: str | None, call: Callable[[], cases.Outcome]) -> None:
        self.last = call
        self._hear(call(), person)

    def _sealing(self, step: Step) -> None:
        """What became of the seal that left: as delivery reports it."""

        def report(tx: Tx) -> None:
            paper = papers.of_case(tx, self.case_id)
            effect = ApplySeal(self.case_id, paper.id)
            match step.sealing:
                case "sealed":
                    outcomes.sealed(tx, effect, {}, self.now)
                case "failed":
                    outcomes.failed(tx, effect, "rehearsed", self.now)
                case _:
                    outcomes.in_doubt(tx, effect, "rehearsed", self.now)

        self.db.write_now(report)

    def _wait(self, step: Step) -> None:
        calendar = self.db.read_now(lambda tx: calendars.calendar_of(tx, TOWN))
        goal = step.wait.after(self.now, calendar) if step.wait else self.now
        while (ahead := self.db.read_now(self._next)) is not None and ahead <= goal:
            self._turn(max(self.now, ahead))
            for outcome in self.db.write_now(self._fire):
                self._hear(outcome)
            self.crowd.sweep(self.now)
        self._turn(goal + timedelta(seconds=1))
        self.crowd.sweep(self.now)

    def _next(self, tx: Tx) -> datetime | None:
        ahead = (timers.next_due(tx), self.crowd.next_due(tx, self.now))
        return min((one for one in ahead if one is not None), default=None)

    def _brings(self, step: Step) -> None:
        person = next((one for one in cast.town().people if one.name == step.who), None)
        village = next((one.name for one in cast.town().villages if person and one.id == person.village), "")
        self._said(step, self.crowd.bring(step.brings or "", self._scope(step.who), village, self.now))

    def _lists(self, step: Step) -> None:
        self._said(step, self.crowd.listed(self._id(step.lists)))

    def _marks(self, step: Step) -> None:
        self._said(step, self.crowd.mark(self._id(step.who), step.marks or "", self._key(), self.now))

    def _row(self, step: Step) -> None:
        self.case_id = self.crowd.row(step.row or "")
        if not self.case_id:
            raise Mismatch(say("no_case"))

    def _sheet(self, step: Step) -> None:
        self._said(step, self.crowd.sheet(self._scope(step.who), step.sheet or "", self.now))

    def _shown(self, step: Step) -> None:
        village = next((one.id for one in cast.town().villages if one.name == step.shown), None)
        self._said(step, "\n".join(f"{one.title} {one.in_words}" for one in self.crowd.shown(village)))

    def _objects(self, step: Step) -> None:
        person = self._id(step.who)
        outcome = self.crowd.object_to(self.case_id, person, step.objects or "", self._key(), self.now)
        self._hear(structs.replace(outcome, case_id=self.case_id), person)

    def _objection(self, step: Step) -> None:
        person, shown = self._id(step.who), self.case_id
        outcome = self.crowd.objection(shown, step.objection or "", person, dict(step.given), self._key(), self.now)
        self._hear(structs.replace(outcome, case_id=shown), person)
        self.crowd.sweep(self.now)

    def _passes(self, step: Step) -> None:
        person, doer = self._id(step.who), step.passes or ""
        self.address, page = self.crowd.pass_on(person, self.case_id, doer, self.now)
        self._said(step, page)

    def _by_link(self, step: Step) -> None:
        found = self.crowd.by_link(self.address, step.by_link or "", dict(step.given), self.now)
        if isinstance(found, Taken):
            if step.because:
                raise Mismatch(say("not_refused"))
            self._hear(found.outcome)
        elif found[0] != step.because:
            raise Mismatch(found[1] or self.words.of(found[0]))

    def _said(self, step: Step, found: str) -> None:
        self.said = found
        if (step.has or "") not in found:
            raise Mismatch(say("not_told", person=step.who or step.verb, text=step.has, found=found))
        if step.has_not and step.has_not in found:
            raise Mismatch(say("was_told", person=step.who or step.verb, found=found))

    def _turn(self, to: datetime) -> None:
        self.now = to

    def _fire(self, tx: Tx) -> list[cases.Outcome]:
        return [timers.fire(tx, timer, now=self.now) for timer in timers.due(tx, self.now)]

    def _asks(self, step: Step) -> None:
        """What the form would ask next, and in which words."""
        form, name = self.skill.manifest.form, step.asks or ""
        asked = [one for one in forms.missing(form, step.given) if form[one].ask]
        self._expect(name, asked[0] if asked else "")
        text = self.skill.manifest.texts[form[name].ask]
        if (step.has or "") not in text:
            raise Mismatch(say("not_told", person=name, text=step.has, found=text))

    def _free(self, step: Step) -> None:
        self._expect(str(step.left), str(self.free(step)))

    def _stage(self, step: Step) -> None:
        self._expect(step.stage or "", self.row().stage)

    def _result(self, step: Step) -> None:
        self._expect(step.result or "", self.row().result)

    def _card(self, step: Step) -> None:
        held = self.open_tasks()
        if self._id(step.card) not in held:
            others = "、".join(map(self._name, sorted(held))) or say("nobody")
            raise Mismatch(say("no_task", person=step.card, stage=self.words.of(self.row().stage), others=others))

    def _no_card(self, step: Step) -> None:
        if self._id(step.no_card) in self.open_tasks():
            raise Mismatch(say("holds_it", person=step.no_card))

    def _told(self, step: Step) -> None:
        found = self._heard_by(step.told)
        self._holds(step.told, found, step.has or "")
        if step.has_not and step.has_not in found:
            raise Mismatch(say("was_told", person=step.told, found=found))

    def _silent(self, step: Step) -> None:
        if found := self.heard.get(self._id(step.silent)):
            raise Mismatch(say("was_told", person=step.silent, found="\n".join(found)))

    def _call(self, step: Step) -> None:
        self._id(step.call)
        found = next(self._calls(step), None)
        if found is None:
            raise Mismatch(say("no_call", person=step.call))
        clerk, line = found
        came, answer = Called(step.came), step.answer or ""
        self.db.write_now(lambda tx: calllist.tick(tx, clerk, line.id, came, now=self.now, answer=answer))

    def _sees(self, step: Step) -> None:
        if not self._may_see(step.sees):
            raise Mismatch(say("may_not_see", person=step.sees))

    def _sees_not(self, step: Step) -> None:
        if self._may_see(step.sees_not):
            raise Mismatch(say("may_see", person=step.sees_not))

    def _digest(self, step: Step) -> None:
        due = self.db.read_now(lambda tx: tasks.for_digest(tx, TOWN))
        if self._id(step.digest) not in {task.person_id for task in due}:
            raise Mismatch(say("not_in_digest", person=step.digest))
