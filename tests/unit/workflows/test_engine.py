"""The rules without a database: deciding one, all and in order; who is left out; what is refused."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from township.clock import SHANGHAI
from township.errors import Mistake, Refused
from township.workdays import Calendar
from workflows import engine
from workflows.definition import Definition
from workflows.flow.who import Cast, Facts
from workflows.state import CaseState, Command, Decision, Task, TaskKind, Via, World

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
CALENDAR = Calendar()
CAST = Cast(affected="v", spoke="v", told=("v",))


def flow(mode: str = "any", **stage: Any) -> Definition:
    return Definition.model_validate(
        {
            "skill": "leave",
            "name": "请假",
            "workflow": {
                "start": "approve",
                "reopen_to": "approve",
                "stages": {
                    "approve": {
                        "title": "审批",
                        "who": "village_head of village",
                        "without": ["villager"],
                        "mode": mode,
                        "within": "1 working day",
                        "actions": {
                            "agree": {"title": "同意", "to": "closed", "vote": "yes", "typed_only": True},
                            "refuse": {
                                "title": "不同意",
                                "to": "closed",
                                "vote": "no",
                                "result": "refused",
                                "needs": {"reason": {"kind": "text", "name": "原因"}},
                            },
                        },
                        **stage,
                    }
                },
            },
        }
    )


def world(*heads: str) -> World:
    return World(NOW, CALENDAR, Facts({("village_head", "village"): heads}, reachable=frozenset({"v"})))


def opened(definition: Definition, where: World) -> CaseState:
    return given_tasks(engine.open_case(definition, CAST, {}, where))


def given_tasks(decision: Decision) -> CaseState:
    given = tuple(Task(f"{new.kind}-{new.person}", new.kind, new.person) for new in decision.new_tasks)
    return replace(decision.state, tasks=(*decision.state.tasks, *given))


def agree(definition: Definition, state: CaseState, person: str, where: World) -> CaseState:
    return given_tasks(engine.act(definition, state, Command("agree", person), where))


def test_any_of_several_decides() -> None:
    where = world("a", "b", "c")
    state = opened(flow(), where)
    assert [task.person for task in state.tasks] == ["a", "b", "c"]
    decision = engine.act(flow(), state, Command("agree", "b"), where)
    assert decision.state.result == "done"
    assert sorted(decision.ended.values()) == ["done", "withdrawn", "withdrawn"]


@given(st.permutations(["a", "b", "c"]))
def test_all_must_agree_in_whatever_order(order: list[str]) -> None:
    where, definition = world("a", "b", "c"), flow("all")
    state = opened(definition, where)
    for person in order:
        assert state.is_open
        state = agree(definition, state, person, where)
    assert state.result == "done"
    assert set(state.progress.decided["approve"]) == {"a", "b", "c"}


def test_in_order_each_gets_the_task_after_the_one_before() -> None:
    where, definition = world("a", "b", "c"), flow("in_order")
    state = opened(definition, where)
    for person in ("a", "b", "c"):
        assert [task.person for task in state.tasks] == [person]
        state = agree(definition, state, person, where)
    assert state.result == "done"


@pytest.mark.parametrize("mode", ["any", "all", "in_order"])
def test_one_no_ends_it(mode: str) -> None:
    where, definition = world("a", "b"), flow(mode)
    state = opened(definition, where)
    after = given_tasks(engine.act(definition, state, Command("refuse", "a", {"reason": "人手不够"}), where))
    assert (after.result, after.tasks) == ("refused", ())


def test_nobody_decides_his_own_matter() -> None:
    assert [task.person for task in opened(flow(), world("v", "a")).tasks] == ["a"]
    assert opened(flow(), world("v")).tasks == ()
    with pytest.raises(Refused, match="nobody_may_see"):
        opened(flow(if_nobody="refuse"), world("v"))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Command("agree", "b"), "not_yours"),
        (Command("agree", "a", via=Via.VOICE), "not_by_voice"),
        (Command("dance", "a"), "not_now"),
        (Command("agree", "a", task_id="gone"), "task_over"),
        (Command("agree", None), "not_yours"),
    ],
)
def test_what_is_refused(command: Command, code: str) -> None:
    where = world("a")
    with pytest.raises(Refused) as caught:
        engine.act(flow(), opened(flow(), where), command, where)
    assert caught.value.code == code


def test_a_missing_value_is_the_persons_to_mend() -> None:
    where = world("a")
    with pytest.raises(Mistake) as caught:
        engine.act(flow(), opened(flow(), where), Command("refuse", "a"), where)
    assert caught.value.values["field"] == "reason"


def test_a_closed_case_knows_only_its_reopening() -> None:
    where, definition = world("a"), flow()
    state = agree(definition, opened(definition, where), "a", where)
    assert not any(clock.is_running for clock in state.clocks.values())
    with pytest.raises(Refused, match="case_closed"):
        engine.act(definition, state, Command("agree", "a"), where)
    again = given_tasks(engine.act(definition, state, Command("reopen", "v"), where))
    assert (again.stage, again.result) == ("approve", "")
    assert [task.person for task in again.tasks] == ["a"]
    assert again.clocks["stage.approve"].is_running


def test_a_late_step_is_taken_once_and_never_on_a_resting_clock() -> None:
    where, definition = world("a"), flow()
    state = opened(definition, where)
    first = engine.late(definition, state, "stage.approve", 0, where)
    assert first
    assert first.in_digest == ("stage-a",)
    assert engine.late(definition, first.state, "stage.approve", 0, where) is None
    closed = agree(definition, state, "a", where)
    assert engine.late(definition, closed, "stage.approve", 0, where) is None


def test_a_leader_who_was_asked_is_not_asked_twice() -> None:
    where = world("a")
    holders = {**where.facts.holders, ("town_leader", "town"): ("l",)}
    where = replace(where, facts=replace(where.facts, holders=holders))
    definition = flow(
        late=[
            {"at": "50%", "do": "ask_leader", "who": "town_leader"},
            {"at": "100%", "do": "ask_leader", "who": "town_leader"},
        ]
    )
    first = engine.late(definition, opened(definition, where), "stage.approve", 0, where)
    assert first
    state = given_tasks(first)
    assert [task.kind for task in state.tasks] == [TaskKind.STAGE, TaskKind.LEADER]
    second = engine.late(definition, state, "stage.approve", 1, where)
    assert second
    assert second.new_tasks == ()


def test_extending_moves_the_deadline_once_and_only_before_it() -> None:
    where, definition = world("a"), flow()
    state = opened(definition, where)
    more = Command("extend", "a", {"days": 2, "reason": "等料"})
    after = given_tasks(engine.act(definition, state, more, where))
    assert after.clocks["stage.approve"].extended.total_seconds() == 2 * CALENDAR.day_minutes * 60
    with pytest.raises(Refused, match="too_often"):
        engine.act(definition, after, more, where)
    with pytest.raises(Refused, match="too_late_to_extend"):
        engine.act(definition, state, more, replace(where, now=datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)))


def test_what_was_learned_closes_a_case_only_where_the_service_says_so() -> None:
    where = world("h")
    learned = flow(actions={"answer": {"title": "答复", "to": "closed", "learned": True}})
    state = opened(learned, where)
    decision = engine.act(learned, state, Command("answer", "author", via=Via.LEARNED), where)
    assert (decision.state.result, decision.ended) == ("done", {"stage-h": "withdrawn"})
    with pytest.raises(Refused):
        engine.act(learned, decision.state, Command("answer", "author", via=Via.LEARNED), where)
    for definition, action in ((flow(), "agree"), (learned, "other")):
        with pytest.raises(Refused):
            engine.act(definition, opened(definition, where), Command(action, "author", via=Via.LEARNED), where)


def test_who_joins_a_case_is_told_what_comes_of_it() -> None:
    opened = engine.open_case(flow(), CAST, {}, world("h"))
    joined = engine.join(opened.state, "w")
    assert joined is not None
    assert joined.state.cast.told == ("v", "w")
    assert (joined.action, joined.new_tasks, joined.told) == ("join", (), ())
    assert engine.join(joined.state, "w") is None
    assert engine.join(opened.state, "v") is None


def test_nobody_joins_a_case_that_is_closed() -> None:
    opened = engine.open_case(flow(), CAST, {}, world("h"))
    with pytest.raises(Refused, match="case_closed"):
        engine.join(replace(opened.state, result="done"), "w")
