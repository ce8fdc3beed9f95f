"""A case goes on to its end as it was opened, whatever is switched on meanwhile; what is opened next is the new one."""

import json
import re
from collections.abc import Callable, Collection
from itertools import combinations
from typing import Any

import pytest
import sqlalchemy as sa

from skills import folders, registry, scenarios
from skills.registry import Place, Skill
from skills.rehearsal.founding import TOWN, publish
from skills.rehearsal.hall import Hall
from skills.rehearsal.player import Stage, flow_of
from skills.scenarios import Scenario, Step
from workflows import definitions
from workflows.models import cases

SERVICES = [one.skill for one in (*registry.house(), *registry.load_all(registry.HERE / "gallery")) if one.skill]
Content = dict[str, Any]
NEW = "seen_first"


def renamed(content: Content) -> None:
    """The first stage has another name and title."""
    old, stages = next(iter(content["workflow"]["stages"])), content["workflow"]["stages"]
    content["workflow"]["stages"] = {f"{old}_anew" if name == old else name: one for name, one in stages.items()}
    content["workflow"] = _renamed(content["workflow"], old, f"{old}_anew", "")
    content["workflow"]["stages"][f"{old}_anew"]["title"] += "（新）"


def _renamed(value: Any, old: str, new: str, key: str) -> Any:
    if isinstance(value, dict):
        return {name: _renamed(one, old, new, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, old, new, key) for one in value]
    if value == old and key in ("to", "is", "start", "reopen_to", "until", "stages"):
        return new
    if isinstance(value, str) and key in ("when", "without"):
        return re.sub(rf"(?<=stage == ){old}\b|(?<=stage ){old}\b", new, value)
    return value


def added(content: Content) -> None:
    """Somebody looks at it first."""
    workflow = content["workflow"]
    first = next(stage for stage in workflow["stages"].values() if stage.get("who"))
    go = {"title": "看过了", "to": workflow["start"]}
    looking = {"title": "先看一眼", "who": first["who"], "within": "1 day", "actions": {"seen": go}, "late": []}
    workflow |= {"start": NEW, "stages": {NEW: looking, **workflow["stages"]}}


def removed(content: Content) -> None:
    """One question less."""
    text = str(content)
    form = content.get("form", {})
    name = next(one for one in reversed(form) if form[one].get("ask") and len(re.findall(rf"\b{one}\b", text)) == 1)
    del form[name]


def prolonged(content: Content) -> None:
    """Every deadline is another."""
    for one in (*content["workflow"]["stages"].values(), *content["workflow"].get("clocks", {}).values()):
        if "within" in one:
            one["within"] = "40 days"


CHANGES: tuple[Callable[[Content], None], ...] = (prolonged, removed, renamed, added)


def changed(skill: Skill) -> tuple[Skill, list[str]]:
    """The service with as many of the changes as leave it sound, and their names."""
    for wanted in (CHANGES, *combinations(CHANGES, 3), *combinations(CHANGES, 2)):
        content = folders.content_of(skill.manifest)
        try:
            for change in wanted:
                change(content)
        except StopIteration:
            continue
        manifest, definition, problems = registry.judged(skill.id, content, lambda _: Place(skill.id, 1))
        if manifest and definition and not problems:
            found = Skill(skill.id, manifest, definition, {"skill.yaml": json.dumps(content)})
            return found, [change.__name__ for change in wanted]
    raise AssertionError("no two of the changes leave it sound")


def happy(skill: Skill) -> Scenario:
    """A rehearsal that goes to the end of a case."""
    played = [one for several in scenarios.by_file(skill.id, skill.files).values() for one in several]
    ends = [one for one in played if any(step.result or step.then in ("done", "told") for step in one.steps)]
    alone = [one for one in ends if sum(map(opens, one.steps)) <= 1] or ends
    return min((one for one in alone if one.kind is scenarios.Kind.HAPPY), key=_length, default=min(alone, key=_length))


def _length(scenario: Scenario) -> int:
    return len(scenario.steps)


def opens(step: Step) -> bool:
    return bool(step.reports and not step.because) or step.verb == "brings"


def rows(stage: Stage) -> list[Any]:
    chosen = sa.select(cases.c.id, cases.c.definition, cases.c.result, cases.c.stage, cases.c.opened_at)
    mine = chosen.where(cases.c.skill == stage.skill.id).order_by(cases.c.opened_at, cases.c.id)
    return stage.db.read_now(lambda tx: list(tx.execute(mine)))


def open_another(stage: Stage, step: Step, form: Collection[str]) -> None:
    """The same is reported once more, a sheet with another row comes, or the next round begins."""
    if step.reports:
        known = {name: value for name, value in step.reports.items() if name in form}
        nothing: Content = {"hears": {}, "then": None, "held": None, "due": None}
        stage.play(step.model_copy(update={"reports": known, **nothing}))
    elif step.verb == "brings" and stage.skill.definition.workflow.rounds is None:
        head, first, *_ = (step.brings or "").splitlines()
        again = first.replace(first.split(",")[1], "周新来")
        stage.play(step.model_copy(update={"brings": f"{head}\n{again}", "has": None, "hears": {}}))
    else:
        stage.play(Step.model_validate({"wait": "35 days"}))


@pytest.mark.parametrize("skill", SERVICES, ids=[one.id for one in SERVICES])
def test_an_open_case_goes_on_as_it_was_opened_and_the_next_is_the_new_one(place: Hall, skill: Skill) -> None:
    scenario = happy(skill)
    after, made = changed(skill)
    new = flow_of(after) if scenario.flow_only else after
    with place.begun(skill, scenario.begins(), flow_only=scenario.flow_only) as stage:
        before: list[Any] = []
        opening: Step | None = None
        for n, step in enumerate(scenario.steps, 1):
            stage.play(step)
            if opening is None and rows(stage) and not any(map(opens, scenario.steps[n:])):
                opening, before = step, [row for row in rows(stage) if not row.result]
                publish(stage.db, new, at=stage.now)
        assert opening is not None
        digest = definitions.hash_of(new.files)
        kept = {row.id: row for row in rows(stage)}
        assert all(kept[row.id].definition == row.definition != digest for row in before)
        assert any(kept[row.id].result for row in before), "it came to its end"
        known = {row.id for row in rows(stage)}
        open_another(stage, opening, new.manifest.form)
        fresh = [row for row in rows(stage) if row.id not in known]
        assert fresh, "another was opened"
        assert {row.definition for row in fresh} == {digest}
        if "added" in made:
            assert {row.stage for row in fresh} == {NEW}
        assert stage.db.read_now(lambda tx: definitions.current(tx, TOWN, skill.id)[0]) == digest
