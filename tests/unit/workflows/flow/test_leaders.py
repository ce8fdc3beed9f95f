"""Whom a late step asks what is missing: the leader of those who have it, never they themselves."""

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from tests.unit.workflows.flow.test_acts import Office, flow, stage
from township.clock import SHANGHAI
from workflows import engine
from workflows.definition import Definition
from workflows.flow import succession
from workflows.flow.who import Facts
from workflows.state import TaskKind

LATER = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
TOWN: dict[tuple[str, str], tuple[str, ...]] = {
    ("village_head", "village"): ("h",),
    ("village_clerk", "village"): ("c",),
    ("town_leader", "town"): ("l",),
    ("town_clerk", "town"): ("tc",),
    ("building", "town"): ("b",),
}


class Late(Office):
    """A case whose first promise is broken."""

    def __init__(self, definition: Definition, facts: dict[tuple[str, str], tuple[str, ...]], duty: str = "") -> None:
        self.facts = Facts(facts, duty=tuple(duty.split()), reachable=frozenset({"v"}))
        super().__init__(definition)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, replace(value, facts=self.facts) if name == "world" else value)

    def asked(self, step: int = 1) -> set[str]:
        """Who is asked besides once so many late steps of the stage were taken."""
        clock = f"stage.{self.state.stage}"
        self.world = replace(self.world, now=LATER)
        for number in range(step + 1):
            if decision := engine.late(self.definition, self.state, clock, number, self.world):
                self.keep(decision)
        return {task.person for task in self.state.tasks if task.kind is not TaskKind.STAGE}


def one(who: str, **more: Any) -> Definition:
    return flow({"approve": {**stage("x", "closed", within="4 working hours", **more), "who": who}})


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("village_clerk of village", "h"),
        ("village_head of village", "l"),
        ("town_leader of town", "tc"),
        ("building of town", "l"),
        ("town_clerk of town or village_clerk of village", "l"),
    ],
)
def test_the_leader_of_those_who_have_it_is_asked(who: str, asked: str) -> None:
    assert Late(one(who), TOWN).asked() == {asked}


def test_nobody_of_a_village_is_asked_for_what_the_town_decides() -> None:
    nobody_else = {key: people for key, people in TOWN.items() if key[0] in ("village_head", "building")}
    assert Late(one("building of town"), nobody_else).asked() == set()


def test_a_service_that_names_only_the_village_is_taken_at_its_word() -> None:
    late = [{"at": "100%", "do": "ask_leader", "who": "village_head of village"}]
    assert Late(one("building of town", late=late), TOWN).asked(0) == {"h"}


def test_where_nobody_else_may_see_it_those_who_have_it_are_reminded() -> None:
    late = [{"at": "100%", "do": "ask_leader", "who": "building of town"}]
    assert Late(one("building of town", late=late), TOWN).asked(0) == {"b"}


def test_who_has_it_is_not_the_duty_that_telephones_for_it() -> None:
    office = Late(
        one("village_clerk of village", late=[{"at": "100%", "do": "duty_phones", "who": "duty"}]), TOWN, "c d"
    )
    assert office.asked(0) == {"d"}


def test_in_branches_those_of_all_branches_are_no_leaders_of_the_case() -> None:
    definition = flow(
        {
            "review": {"title": "一起看", "branches": [{"stages": ["left"]}, {"stages": ["right"]}], "to": "closed"},
            "left": {**stage("x", "joined"), "who": "building of town"},
            "right": {**stage("x", "joined"), "who": "town_leader of town"},
        },
        clocks={"done": {"title": "批好", "within": "4 working hours", "until": ["none"]}},
    )
    office = Late(definition, TOWN)
    office.world = replace(office.world, now=LATER)
    for number in range(2):
        decision = engine.late(definition, office.state, "done", number, office.world)
        assert decision
        office.keep(decision)
    assert {task.person for task in office.state.tasks if task.kind is TaskKind.LEADER} == {"tc"}


def test_nobody_of_a_village_follows_whoever_leaves_an_office_of_the_town() -> None:
    office = Late(one("building of town"), TOWN)
    office.facts = replace(office.facts, holders={key: who for key, who in TOWN.items() if key[0] != "building"})
    office.world = replace(office.world, now=LATER)
    decision = succession.succeed(office.definition, office.state, "b", office.world)
    assert decision
    office.keep(decision)
    assert office.holders == {"l"}
