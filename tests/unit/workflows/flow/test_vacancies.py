"""A stage in which nobody can act: the town's clerk is asked to name somebody, or it counts as yes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.workflows.flow.test_acts import Office, flow, stage
from township.errors import Refused, TownshipError
from workflows.definition import Definition
from workflows.flow import succession, vacancies
from workflows.state import TaskKind


def beside(**right: Any) -> Definition:
    """Two offices at once; whoever decides on the left never decides on the right."""
    return flow(
        {
            "begin": {"title": "两家看", "branches": [{"stages": ["left"]}, {"stages": ["right"]}], "to": "closed"},
            "left": stage("grid_worker", "joined"),
            "right": stage("village_deputy", "joined", without=["stage left"], **right),
        }
    )


class Town(Office):
    """An office in a town that has a clerk and a leader."""

    def __init__(self, definition: Definition, *, town_clerk: str = "clerk", town_leader: str = "", **roles: str):
        self.of_town = {("town_clerk", "town"): (town_clerk,) if town_clerk else ()}
        self.of_town |= {("town_leader", "town"): (town_leader,) if town_leader else ()}
        super().__init__(definition, **roles)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "world":
            value = replace(value, facts=replace(value.facts, holders={**value.facts.holders, **self.of_town}))
        super().__setattr__(name, value)

    def leave(self, person: str) -> None:
        facts = self.world.facts
        still = {key: tuple(one for one in people if one != person) for key, people in facts.holders.items()}
        self.of_town = {key: people for key, people in still.items() if key[1] == "town"}
        self.world = replace(self.world, facts=replace(facts, holders=still))
        if decision := succession.succeed(self.definition, self.state, person, self.world):
            self.keep(decision)

    def appoint(self, person: str, role: str) -> bool:
        """Give somebody an office; true where somebody is asked for it now."""
        facts = self.world.facts
        self.world = replace(self.world, facts=replace(facts, holders={**facts.holders, (role, "village"): (person,)}))
        decision = vacancies.seated(self.definition, self.state, self.world)
        if decision:
            self.keep(decision)
        return decision is not None

    @property
    def asked(self) -> set[tuple[str, str]]:
        """Who is asked to name somebody, and for which stage."""
        return {(task.person, task.stage) for task in self.state.tasks if task.kind is TaskKind.LEADER}


ALONE = flow({"check": stage("accountant", "approve", mode="all"), "approve": stage("village_head", "closed")})


def test_a_stage_that_nobody_holds_is_staffed_by_the_towns_clerk() -> None:
    office = Town(ALONE, village_head="h")
    assert (office.holders, office.asked) == (set(), {("clerk", "check")})
    office.act("lend", "clerk", to="x")
    assert (office.holders, office.asked) == ({"x"}, set())
    office.act("agree", "x")
    assert (office.holders, office.asked) == ({"h"}, set())


def test_who_is_given_the_office_is_asked_and_nobody_has_to_be_named() -> None:
    office = Town(ALONE, village_head="h")
    assert office.appoint("a", "accountant")
    assert (office.holders, office.asked) == ({"a"}, set())
    office.act("agree", "a")
    assert (office.holders, office.asked) == ({"h"}, set())


@pytest.mark.parametrize(("person", "role"), [("x", "grid_worker"), ("", "")])
def test_another_office_fills_no_vacancy(person: str, role: str) -> None:
    office = Town(ALONE, village_head="h")
    assert not office.appoint(person, role)
    assert (office.holders, office.asked) == (set(), {("clerk", "check")})


def test_where_somebody_was_named_meanwhile_an_appointment_changes_nothing() -> None:
    office = Town(ALONE, village_head="h")
    office.act("lend", "clerk", to="x")
    assert not office.appoint("a", "accountant")
    assert office.holders == {"x"}


def test_who_decided_elsewhere_is_not_seated_where_that_is_kept_apart() -> None:
    office = Town(beside(), grid_worker="g")
    office.act("agree", "g", at="left")
    assert not office.appoint("g", "village_deputy")
    assert office.appoint("d", "village_deputy")
    assert office.holders == {"d"}


def test_who_may_not_give_a_stage_to_anybody_is_not_offered_to_try() -> None:
    office = Town(beside(), grid_worker="g")
    assert (office.holders, office.asked) == ({"g"}, {("clerk", "right")})
    assert office.offered("clerk") == {"missing", "extend"}
    assert Town(ALONE).offered("clerk") == {"missing", "extend", "lend", "take_over"}
    assert office.appoint("d", "village_deputy")
    assert office.holders == {"g", "d"}


def test_a_stage_that_is_entered_later_asks_then_and_asks_once() -> None:
    office = Town(ALONE, accountant="a b")
    assert office.asked == set()
    office.act("agree", "a")
    assert office.asked == set()
    office.act("agree", "b")
    assert office.asked == {("clerk", "approve")}
    office.act("missing", "clerk", what="people")
    assert office.asked == {("clerk", "approve")}, "what is missing was said, and still somebody has to be named"
    office.act("take_over", "clerk")
    assert (office.holders, office.asked) == ({"clerk"}, set())


@pytest.mark.parametrize(
    ("clerk", "leader", "asked"), [("v", "l", "l"), ("w", "l", "l"), ("", "l", "l"), ("v", "", "")]
)
def test_nobody_names_who_decides_on_the_own_matter(clerk: str, leader: str, asked: str) -> None:
    office = Town(ALONE, town_clerk=clerk, town_leader=leader, village_head="h")
    assert {person for person, _ in office.asked} == ({asked} if asked else set())


def test_a_restricted_matter_is_shown_to_nobody_else() -> None:
    body = ALONE.model_dump(mode="json", by_alias=True)
    body["workflow"]["restricted"] = "discipline"
    assert Town(Definition.model_validate(body)).asked == set()


def test_of_several_who_must_all_sign_nobody_signs_twice_when_one_has_decided_beside() -> None:
    office = Town(beside(mode="all"), grid_worker="a", village_deputy="a b", village_head="b", town_leader="l")
    office.act("agree", "b")
    office.act("agree", "a")
    assert office.holders == {"l"}, "b has signed: the next leader is asked, not b again"
    office.act("agree", "l")
    assert office.state.result == "done"


def test_what_was_signed_stays_signed_while_a_stage_waits_to_be_staffed() -> None:
    office = Town(beside(mode="all"), town_clerk="b", grid_worker="a", village_deputy="a b")
    office.act("agree", "b")
    office.act("agree", "a")
    assert (office.holders, office.asked) == (set(), {("b", "right")})
    with pytest.raises(Refused):
        office.act("lend", "b", to="a")
    facts = {**office.world.facts.holders, ("village_deputy", "village"): ("a", "b", "c")}
    office.world = replace(office.world, facts=replace(office.world.facts, holders=facts))
    if decision := vacancies.seated(office.definition, office.state, office.world):
        office.keep(decision)
    assert office.holders == {"c"}
    office.act("agree", "c")
    assert office.state.result == "done"
    assert office.state.progress.agreed["right"] == ("b", "c")


@pytest.mark.parametrize("mode", ["any", "all", "in_order"])
def test_where_nobody_counts_as_yes_it_does_so_too_when_the_last_has_decided_beside(mode: str) -> None:
    office = Town(beside(mode=mode, if_nobody="pass"), town_leader="l", grid_worker="a", village_deputy="a")
    office.act("agree", "a")
    assert office.state.result == "done"


def test_where_nobody_counts_as_yes_the_branch_beside_goes_on() -> None:
    definition = flow(
        {
            "begin": {"title": "两家看", "branches": [{"stages": ["left", "more"]}, {"stages": ["right", "last"]}],
                      "to": "closed"},
            "left": stage("grid_worker", "more"),
            "more": stage("accountant", "joined"),
            "right": stage("village_deputy", "last", without=["stage left"], if_nobody="pass"),
            "last": stage("village_head", "joined"),
        }
    )  # fmt: skip
    office = Town(definition, grid_worker="a", village_deputy="a", accountant="m", village_head="h")
    decision = office.act("agree", "a")
    assert {(task.stage, task.person) for task in office.state.tasks} == {("more", "m"), ("last", "h")}
    assert decision.data["passed"] == [["right", "agree", "nobody", []]]


PEOPLE = ["a", "b", "c", "clerk"]
ACTS = ["agree", "agree", "agree", "ask_before", "ask_after", "reassign", "lend", "take_over", "leave", "take_back"]
holders = st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True).map(" ".join)
moves = st.lists(st.tuples(*[st.integers(0, 30)] * 3), max_size=14)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["any", "all", "in_order"]), st.sampled_from(["wait", "pass"]), holders, holders, moves)
def test_whoever_signs_or_leaves_every_stage_has_somebody_who_can_act(
    mode: str, if_nobody: str, left: str, right: str, moves: list[tuple[int, int, int]]
) -> None:
    office = Town(beside(mode=mode, if_nobody=if_nobody), town_leader="leader", grid_worker=left, village_deputy=right)
    for act, who, other in moves:
        held = sorted({task.person for task in office.state.tasks}) or PEOPLE
        person, colleague, action = held[who % len(held)], PEOPLE[other % 4], ACTS[act % len(ACTS)]
        try:
            if action == "leave" and person != "leader":
                office.leave(person)
            else:
                office.act(action, person, **({"to": colleague} if action not in ("agree", "take_back") else {}))
        except TownshipError:
            continue
        asked = {(task.stage, task.person, task.kind) for task in office.state.tasks}
        assert len(asked) == len(office.state.tasks), "nobody holds two tasks for one thing"
        for name in office.state.where.places:
            assert [one for one in asked if one[0] == name], (action, person, office.state.where)
