"""Lines of signers where rules meet: in order, asked afterwards, somebody put in the place of who is late."""

import pytest
from msgspec.structs import replace

from tests.unit.workflows.flow.test_acts import BRANCHES, PEOPLE, Office, flow, stage
from township.errors import Refused
from workflows import engine
from workflows.state import Command, Task, TaskKind

CHECKED = {"check": stage("grid_worker", "approve")}


def in_order(**workflow: str) -> Office:
    stages = {**CHECKED, "approve": stage("village_head", "closed", mode="in_order")}
    return Office(flow(stages, **workflow), grid_worker="b", village_head="a b c")


def test_in_order_too_who_has_said_yes_is_not_asked_again_when_the_turn_comes() -> None:
    office = in_order(same_person="once")
    office.act("agree", "b")
    decision = office.act("agree", "a")
    assert office.holders == {"c"}
    assert decision.data["passed"] == [["approve", "agree", "same_person", ["b"]]]
    assert office.state.progress.agreed["approve"] == ("a", "b")
    office.act("agree", "c")
    assert office.state.result == "done"


def test_where_the_last_in_order_need_not_be_asked_the_choice_before_is_carried_out() -> None:
    stages = {**CHECKED, "approve": stage("village_head", "closed", mode="in_order")}
    office = Office(flow(stages, same_person="once"), grid_worker="b", village_head="a b")
    office.act("agree", "b")
    decision = office.act("agree", "a")
    assert (office.state.result, decision.decider) == ("done", None)


def test_in_order_the_own_matter_passes_when_the_turn_comes() -> None:
    definition = flow({"approve": stage("village_head", "closed", mode="in_order", if_own="pass")})
    office = Office(definition, village_head="a v c")
    decision = office.act("agree", "a")
    assert (office.holders, decision.data["passed"][0][2]) == ({"c"}, "own")


def test_whom_a_colleague_asks_is_asked_although_that_person_has_said_yes() -> None:
    stages = {**CHECKED, "approve": stage("village_head", "closed", mode="in_order")}
    office = Office(flow(stages, same_person="once"), grid_worker="b", village_head="a c")
    office.act("agree", "b")
    office.act("ask_after", "a", to="b")
    office.act("agree", "a")
    assert office.holders == {"b"}


def test_who_asked_a_colleague_first_decides_although_that_person_has_said_yes() -> None:
    office = in_order(same_person="once")
    office.act("agree", "b")
    office.act("reassign", "a", to="x")
    office.act("ask_before", "x", to="y")
    office.act("agree", "y")
    assert office.holders == {"x"}
    stages = {**CHECKED, "approve": stage("village_head", "closed", mode="in_order")}
    office = Office(flow(stages, same_person="once"), grid_worker="b", village_head="a c")
    office.act("agree", "b")
    office.act("reassign", "a", to="b")
    office.act("ask_before", "b", to="y")
    office.act("agree", "y")
    assert office.holders == {"b"}


def test_who_passes_in_order_comes_back_when_the_step_before_is_taken_back() -> None:
    office = in_order(same_person="once")
    office.act("agree", "b")
    office.act("agree", "a")
    office.act("take_back", "a")
    assert office.holders == {"a"}
    assert office.state.progress.agreed == {"check": ("b",)}


@pytest.mark.parametrize("mode", ["all", "in_order"])
def test_nobody_gives_a_vote_to_whoever_has_signed_already(mode: str) -> None:
    office = Office(flow({"approve": stage("town_leader", "closed", mode=mode)}), town_leader="a b")
    office.act("agree", "a")
    with pytest.raises(Refused, match="already_signed"):
        office.act("reassign", "b", to="a")
    office.act("ask_before", "b", to="a")
    assert office.holders == {"a"}, "an opinion is no vote"


def test_who_has_signed_is_not_put_in_the_place_of_who_is_late() -> None:
    office = Office(flow({"approve": stage("town_leader", "closed", mode="all")}), town_leader="a b")
    office.act("agree", "a")
    late(office, "l")
    with pytest.raises(Refused, match="already_signed"):
        office.act("lend", "l", to="a")
    office.act("lend", "l", to="x")
    assert office.holders == {"x"}


def test_in_order_only_who_is_late_is_replaced() -> None:
    office = Office(flow({"approve": stage("town_leader", "closed", mode="in_order")}), town_leader="a b c")
    office.act("agree", "a")
    office.act("ask_before", "b", to="x")
    late(office, "l")
    office.act("take_over", "l")
    assert office.holders == {"l"}
    office.act("agree", "l")
    assert office.holders == {"c"}
    office.act("agree", "c")
    assert office.state.progress.agreed["approve"] == ("a", "l", "c")


def test_whose_turn_comes_later_may_be_put_in_before_and_signs_once() -> None:
    office = Office(flow({"approve": stage("town_leader", "closed", mode="in_order")}), town_leader="a b c")
    late(office, "l")
    office.act("lend", "l", to="c")
    office.act("agree", "c")
    assert office.holders == {"b"}
    office.act("agree", "b")
    assert office.state.result == "done"


def test_who_takes_out_the_last_who_was_asked_has_decided() -> None:
    """The head agreed, asked the deputy to sign as well, and lets it be: the case does not wait for nobody."""
    stages = {"approve": stage("village_head", "sign"), "sign": stage("town_leader", "closed")}
    office = Office(flow(stages), village_head="h", town_leader="t")
    office.act("ask_after", "h", to="d")
    office.act("agree", "h")
    decision = office.act("drop", "h", whom="d")
    assert (office.state.stage, office.holders) == ("sign", {"t"})
    assert decision.data["to"] == "sign"


def test_who_takes_somebody_out_keeps_the_own_task_in_another_branch() -> None:
    office = Office(flow(BRANCHES), **{**PEOPLE, "town_clerk": "g"})
    land = next(task.id for task in office.state.tasks if task.stage == "land")
    money = next(task.id for task in office.state.tasks if task.stage == "money")
    for command in (Command("ask_after", "g", {"to": "x"}, money), Command("agree", "g", task_id=money)):
        office.keep(engine.act(office.definition, office.state, command, office.world))
    office.act("drop", "g", whom="x")
    assert [task.id for task in office.state.tasks] == [land]


def late(office: Office, leader: str) -> None:
    """Somebody is asked what is missing, as by a late step."""
    asked = Task("late", TaskKind.LEADER, leader, "", office.state.stage)
    office.state = replace(office.state, tasks=(*office.state.tasks, asked))
