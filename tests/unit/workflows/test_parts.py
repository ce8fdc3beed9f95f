"""Nobody has two parts in a case, however a task came to that person; and a decision is for what was shown."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from township.clock import SHANGHAI
from township.errors import Refused
from township.workdays import Calendar
from workflows import engine
from workflows.definition import Definition
from workflows.flow.who import Cast, Facts
from workflows.state import CaseState, Command, Decision, Task, TaskKind, Via, World

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
CAST = Cast(affected="v", spoke="v", wrote="w", told=("v",))
PAPER, OTHER = "1" * 64, "2" * 64
FLOW = Definition.model_validate(
    {
        "skill": "proof",
        "name": "证明",
        "texts": {},
        "workflow": {
            "start": "check",
            "villager": {
                "withdraw": {"title": "撤回", "when": "stage == check", "to": "closed", "result": "withdrawn"},
            },
            "stages": {
                "check": {
                    "title": "核实", "who": "grid_worker of village or town_clerk of town",
                    "without": ["villager", "writer"],
                    "actions": {"check": {"title": "属实", "to": "approve", "typed_only": True}},
                },
                "approve": {
                    "title": "批", "who": "village_head of village or town_leader of town",
                    "without": ["villager", "writer", "deciders"],
                    "actions": {
                        "approve": {"title": "同意", "to": [{"when": "office_hours", "is": "closed"}, {"is": "held"}],
                                    "typed_only": True},
                        "return": {"title": "退回", "to": "check"},
                    },
                },
                "held": {
                    "title": "先压着", "who": "discipline of town", "without": ["villager", "writer", "deciders"],
                    "actions": {"let": {"title": "放行", "to": "closed"}},
                },
            },
        },
    }
)  # fmt: skip


def world(now: datetime = NOW, stands_in: dict[str, frozenset[str]] | None = None, **holders: tuple[str, ...]) -> World:
    """Offices as `grid_worker="a"`; those of the town begin with `town_`, and discipline."""
    of_town = ("town_clerk", "town_leader", "discipline")
    facts = {(role, "town" if role in of_town else "village"): people for role, people in holders.items()}
    return World(now, Calendar(), Facts(facts, stands_in=stands_in or {}))


def given(decision: Decision) -> CaseState:
    new = tuple(Task(f"{one.kind}-{one.person}", one.kind, one.person, PAPER) for one in decision.new_tasks)
    return replace(decision.state, tasks=(*decision.state.tasks, *new), about=PAPER)


def opened(where: World) -> CaseState:
    return given(engine.open_case(FLOW, CAST, {}, where))


def act(state: CaseState, action: str, by: str, where: World, **more: Any) -> CaseState:
    return given(engine.act(FLOW, state, Command(action, by, **{"shown": PAPER, **more}), where))


def holders(state: CaseState) -> set[str]:
    return {task.person for task in state.tasks}


def test_one_person_with_two_posts_is_one_person() -> None:
    where = world(grid_worker=("a",), village_head=("a",), town_leader=("t",))
    assert holders(act(opened(where), "check", "a", where)) == {"t"}


def test_who_wrote_it_down_or_applies_checks_nothing() -> None:
    assert holders(opened(world(grid_worker=("v", "w"), town_clerk=("t",)))) == {"t"}


def test_who_stands_in_for_somebody_with_a_part_has_that_part() -> None:
    where = world(grid_worker=("a",), village_head=("d",), town_leader=("t",), stands_in={"d": frozenset({"a"})})
    assert holders(act(opened(where), "check", "a", where)) == {"t"}


def test_who_returned_a_paper_may_approve_it_when_it_comes_again() -> None:
    where = world(grid_worker=("a",), village_head=("b",))
    state = act(opened(where), "check", "a", where)
    state = act(state, "return", "b", where)
    assert holders(state) == {"a"}
    assert holders(act(state, "check", "a", where)) == {"b"}


def test_a_task_that_came_by_another_way_is_refused_all_the_same() -> None:
    where = world(grid_worker=("a",), village_head=("b",))
    state = act(opened(where), "check", "a", where)
    state = replace(state, tasks=(*state.tasks, Task("x", TaskKind.STAGE, "a", PAPER)))
    with pytest.raises(Refused, match="another_part"):
        act(state, "approve", "a", where, task_id="x")


@pytest.mark.parametrize("to", ["a", "v", "w", "stranger"])
def test_a_stage_that_keeps_people_apart_is_handed_to_nobody_else(to: str) -> None:
    where = world(grid_worker=("a",), village_head=("b",), town_leader=("t",))
    state = act(opened(where), "check", "a", where)
    with pytest.raises(Refused, match="not_allowed_here"):
        act(state, "reassign", "b", where, values={"to": to})
    assert holders(act(state, "reassign", "b", where, values={"to": "t"})) == {"t"}


def test_a_tap_counts_for_the_paper_that_its_card_showed() -> None:
    where = world(grid_worker=("a",))
    for shown in ("", OTHER):
        with pytest.raises(Refused, match="paper_changed"):
            act(opened(where), "check", "a", where, shown=shown)


def test_a_typed_code_counts_for_the_paper_that_its_task_was_given_for() -> None:
    where = world(grid_worker=("a",), village_head=("b",))
    state = opened(where)
    assert act(state, "check", "a", where, via=Via.TYPED, shown="").stage == "approve"
    with pytest.raises(Refused, match="paper_changed"):
        act(replace(state, about=OTHER), "check", "a", where, via=Via.TYPED, shown="")


def test_what_a_service_lets_its_villager_do_takes_the_place_of_the_house() -> None:
    where = world(grid_worker=("a",), village_head=("b",))
    state = opened(where)
    assert act(state, "withdraw", "v", where).result == "withdrawn"
    with pytest.raises(Refused, match="not_now"):
        act(act(state, "check", "a", where), "withdraw", "v", where)


def test_where_an_action_leads_may_depend_on_the_hour() -> None:
    day = world(grid_worker=("a",), village_head=("b",), discipline=("d",))
    night = replace(day, now=NOW + timedelta(hours=12))
    state = act(opened(day), "check", "a", day)
    assert act(state, "approve", "b", day).stage == "closed"
    assert holders(act(state, "approve", "b", night)) == {"d"}
