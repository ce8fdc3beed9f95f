"""A service walked through, every action of every stage once, and written down as rehearsals for its author to read.

What stands in them is what the service does today: whoever reads them sees what people will hear, and a later break of
a transition, deadline, role or sentence is noticed.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from skills.folders import content_of
from skills.registry import Skill
from skills.rehearsal.hall import Hall
from skills.rehearsal.player import Stage
from skills.rehearsal.scene import Mismatch
from skills.scenarios import Kind, Scenario, Step
from skills.sheets import say
from skills.workbook import phrases
from township.clock import SHANGHAI
from township.errors import TownshipError
from township.workdays import Calendar
from workflows import forms
from workflows.bookings import times
from workflows.definition import Action, FieldKind, FormField, Waits

AT = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
VILLAGER, WITHOUT_PHONE, CLERK, COLLEAGUE, OUTSIDER = "v1", "v2", "c1", "t6", "t8"
SHOWN = 40
"""Signs of a sentence that a rehearsal holds."""
MOST_LINES = 5
"""Lines of what somebody heard at once that a rehearsal holds."""
DEEPEST = 7
LATER = "8 working hours"
MOST_PLAYS = 400
"""A service is walked no further: enough for thirty actions begun in a dozen ways."""
Act = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Walked:
    """One way through a service, with what stands after each act."""

    acts: tuple[Act, ...]
    steps: tuple[dict[str, Any], ...]
    stage: str
    result: str
    holders: tuple[str, ...]
    titles: tuple[str, ...]
    """What was done, in words."""
    sign: str
    """What the last act led to: two ways that differ in nothing else are one."""


def walk(skill: Skill, hall: Hall) -> dict[str, list[Scenario]]:
    """Walk through a service and write each way that leads further than the others as a rehearsal, by its path.

    Ways that go the same way stand in one file.
    """
    flow_only = any(action.do for action in _actions(skill))
    found = [_scenario(skill, one, flow_only=flow_only) for one in _Walker(skill, hall, flow_only=flow_only).all()]
    if asks := list(_asks(skill)):
        content = {"scenario": say("walk_asks"), "kind": Kind.HAPPY.value, "steps": asks}
        found.append(Scenario.model_validate(content))
    by_file: dict[str, list[Scenario]] = {}
    for one in found:
        by_file.setdefault(f"scenarios/walk_{one.kind.value}.yaml", []).append(one)
    return by_file


def _actions(skill: Skill) -> Iterator[Action]:
    yield from skill.definition.workflow.villager.values()
    yield from (one for stage in skill.definition.workflow.stages.values() for one in stage.actions.values())


def _asks(skill: Skill) -> Iterator[dict[str, Any]]:
    """What is asked, one after the other, when nothing is said."""
    form, given = skill.manifest.form, dict[str, Any]()
    while missing := forms.missing(form, given):
        if asked := next((name for name in missing if form[name].ask), ""):
            yield {"asks": asked, "with": dict(given), "has": _told(skill.manifest.texts[form[asked].ask])}
        name = asked or missing[0]
        given[name] = _sample(form[name])


def _scenario(skill: Skill, walked: Walked, *, flow_only: bool) -> Scenario:
    stages = skill.definition.workflow.stages
    end = stages[walked.stage].title if walked.stage in stages else say("walk_closed")
    name = say("walk_name", acts=say("walk_between").join(walked.titles), end=end)
    content = {
        "scenario": name,
        "kind": _kind(walked).value,
        "flow_only": flow_only,
        "only": True,
        "steps": list(walked.steps),
    }
    return Scenario.model_validate(content)


def _kind(walked: Walked) -> Kind:
    """Which way it goes, by what is done in it."""
    if any("for" in act for act in walked.acts):
        return Kind.ON_BEHALF
    if any("wait" in act for act in walked.acts):
        return Kind.OVERDUE
    if any("machine" in act for act in walked.acts):
        return Kind.TROUBLE
    if walked.result in ("", "done"):
        return Kind.HAPPY
    return Kind.CANCELLATION if walked.result == "withdrawn" else Kind.RETURNED


class _Walker:
    def __init__(self, skill: Skill, hall: Hall, *, flow_only: bool) -> None:
        self.skill = skill
        self.flow_only = flow_only
        self.hall = hall
        self.workflow = skill.definition.workflow
        self.names: dict[str, str] = {}
        self.plays = 0
        self.due = list[str]()
        self.asked_of = " ".join(_conditions(content_of(skill.manifest)["workflow"]))

    def all(self) -> list[Walked]:
        """All ways worth keeping: none is the beginning of another."""
        found = [*self._openings(), *self._ways()]
        kept: list[Walked] = []
        for one in sorted(found, key=lambda walked: -len(walked.acts)):
            if not any(other.acts[: len(one.acts)] == one.acts for other in kept):
                kept.append(one)
        return kept

    def _openings(self) -> Iterator[Walked]:
        """The ways in which a case begins: each answer that a condition speaks of, and for somebody else."""
        for given in self._answers():
            if walked := self._begun(given):
                yield walked
        yield from filter(None, [self._play([{"who": CLERK, "for": WITHOUT_PHONE, "reports": self._base()}])])

    def _ways(self) -> Iterator[Walked]:
        """Every action of every stage, as often as it leads to something else, and what follows where time runs out.

        First every stage once, then with the other answers as well.
        """
        signs, stages, been = set[str](), set[str](), set[tuple[str, str]]()
        fresh: deque[Walked] = deque(filter(None, (self._begun(given) for given in self._answers())))
        again: deque[Walked] = deque()
        while (fresh or again) and self.plays < MOST_PLAYS:
            here = fresh.popleft() if fresh else again.popleft()
            where = (here.stage, str(here.acts[0]))
            if here.stage not in self.workflow.stages or where in been:
                continue
            if here.stage in stages and fresh:
                again.append(here)
                continue
            been.add(where)
            if here.stage not in stages:
                late = list(self._late(here))
                yield from late
                fresh += [one for one in late if one.stage != here.stage and not one.result]
            stages.add(here.stage)
            found = list(self._steps(here))
            yield from (one for one in found if one.sign not in signs)
            signs |= {one.sign for one in found}
            fresh += [one for one in found if len(one.acts) < DEEPEST and not one.result]

    def _begun(self, given: dict[str, Any]) -> Walked | None:
        return self._play([{"who": VILLAGER, "reports": given}])

    def _steps(self, here: Walked) -> Iterator[Walked]:
        stage = self.workflow.stages[here.stage]
        by_machine: list[Act] = [{"machine": True}] if stage.waits is Waits.MACHINE else []
        people = [*by_machine, *({"who": one} for one in dict.fromkeys([*here.holders, VILLAGER]))]
        for name, action in {**self.workflow.villager, **stage.actions}.items():
            for needs in self._needs(action):
                played = (self._play([*here.acts, {**person, "does": name, "with": needs}]) for person in people)
                yield from filter(None, [next(filter(None, played), None)])

    def _late(self, here: Walked) -> Iterator[Walked]:
        """Wait until what is promised here is over, and once more a working day."""
        stage = self.workflow.stages[here.stage]
        lengths = [str(stage.within)] if stage.within else []
        paces = content_of(self.skill.manifest)["workflow"].get("clocks", {})
        lengths += [clock["within"] for clock in paces.values() if "within" in clock]
        lengths += ["3 working days"] if any("within" not in clock for clock in paces.values()) else []
        for length in dict.fromkeys(lengths):
            yield from filter(None, [self._play([*here.acts, {"wait": length}, {"wait": LATER}])])

    def _play(self, acts: list[Act]) -> Walked | None:
        """Play acts in an empty town and write down what stands after each; None where one is refused."""
        self.plays += 1
        steps: list[dict[str, Any]] = []
        titles: list[str] = []
        held: set[str] = set()
        self.due = list[str]()
        with self.hall.begun(self.skill, AT, flow_only=self.flow_only) as stage:
            self.names = {person: name for name, person in stage.ids.items()}
            for act in acts:
                titles.append(self._title(act, stage))
                try:
                    stage.play(Step.model_validate(said := self._named(act)))
                except (TownshipError, Mismatch, ValidationError, KeyError, StopIteration):
                    return None
                seen = self._seen(stage, None if "wait" in act else held)
                held = stage.open_tasks()
                steps.append({**said, **seen})
            row = stage.row()
        sign = f"{titles[-1]} {row.stage} {row.result} {re.sub(r'[0-9]+', '', str(seen))[:200]}"
        return Walked(tuple(acts), tuple(steps), row.stage, row.result, tuple(sorted(held)), tuple(titles), sign)

    def _title(self, act: Act, stage: Stage) -> str:
        """Say what is done, as it is called where the case stands."""
        if "wait" in act:
            return say("walk_wait", length=phrases.length_said(str(act["wait"])))
        if "does" not in act:
            return say("walk_reports")
        here = self.workflow.stages.get(stage.row().stage)
        actions = {**self.workflow.villager, **(here.actions if here else {})}
        return actions[act["does"]].title

    def _named(self, act: Act) -> dict[str, Any]:
        """An act with the names of people, as a rehearsal has it."""
        named = {key: self.names.get(value, value) for key, value in act.items() if key in ("who", "for")}
        return {**act, **named}

    def _seen(self, stage: Stage, before: set[str] | None) -> dict[str, Any]:
        """What stands now: where the case is, who holds it and until when, and who heard what.

        `before`: who held it, to say only what has changed."""
        row, held = stage.row(), stage.open_tasks()
        found: dict[str, Any] = {"then": row.result or row.stage}
        if held != before:
            found["held"] = sorted(self.names[one] for one in held)
        if (due := stage.due()) != self.due:
            found["due"] = self.due = due
        heard = {self.names[one]: _parts(texts) for one, texts in stage.heard.items() if texts}
        stage.heard.clear()
        return {**found, "hears": heard} if heard else found

    def _base(self) -> dict[str, Any]:
        plain = {name: _sample(spec) for name, spec in self.skill.manifest.form.items() if not spec.optional}
        return {**plain, **_times(self.skill)}

    def _answers(self) -> list[dict[str, Any]]:
        """What may be reported: the plain case, and each answer that a condition asks for."""
        base, found = self._base(), [self._base()]
        form = self.skill.manifest.form
        for branch in _conditions(content_of(self.skill.manifest)["workflow"]):
            for name, spec in form.items():
                if name in branch:
                    values: list[Any] = [one for one in spec.options if one in branch] or [
                        _sample(spec),
                        *_others(spec),
                    ]
                    found += [{**base, name: value} for value in values]
        return [one for n, one in enumerate(found) if one not in found[:n]]

    def _needs(self, action: Action) -> list[dict[str, Any]]:
        """What may be given with an action: the plain answers, and for each that conditions speak of another."""
        base = {name: _sample(spec) for name, spec in action.needs.items() if spec.kind is not FieldKind.PHOTOS}
        found = [base]
        for name in base:
            if name in self.asked_of:
                found += [{**base, name: other} for other in _others(action.needs[name])]
        return found


def _others(spec: FormField) -> list[Any]:
    """Other answers than the first that comes to mind."""
    match spec.kind:
        case FieldKind.NUMBER:
            return ["0"]
        case FieldKind.YES_NO:
            return [False]
        case _:
            return list(spec.options)[1:]


def _told(text: str) -> str:
    """A part of a sentence by which a reader knows it: its longest piece."""
    return max(re.split(r"[\n。]", text), key=len)[:SHOWN].strip()


def _parts(texts: Iterable[str]) -> list[str]:
    """A part of each line that somebody heard, at most as many as a reader takes in."""
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    return [_told(line) for line in lines][:MOST_LINES]


def _conditions(content: Any) -> Iterator[str]:
    if isinstance(content, Mapping):
        for key, value in content.items():
            if key == "when" and isinstance(value, str):
                yield value
            else:
                yield from _conditions(value)
    elif isinstance(content, list):
        for one in content:
            yield from _conditions(one)


def _times(skill: Skill) -> dict[str, Any]:
    """For each field that takes an offered time, the first that may be booked."""
    form = skill.manifest.form
    slots = {name: one for name, one in skill.manifest.workflow.slots.items() if name in form}
    first = {name: next(times.offered(one, AT, Calendar()), None) for name, one in slots.items()}
    return {name: times.value_of(span, form[name].kind) for name, span in first.items() if span is not None}


def _sample(spec: FormField) -> Any:
    """An answer that such a field takes."""
    if spec.options:
        return next(iter(spec.options))
    samples: dict[str, Any] = {
        "number": str(spec.least or 1), "money": "100", "date": "2026-11-26", "phone": "5331000", "yes_no": True,
        "person": COLLEAGUE, "photos": ["1"], "file": ["1"], "id_number": "11010519491231002X",
        "period": {"from": "2026-11-26", "to": "2026-11-27"}, "moment": "2026-11-26T09:30", "time": "09:30",
        "duration": 60,
    }  # fmt: skip
    return samples.get(spec.kind.value, say("walk_text", name=spec.name))
