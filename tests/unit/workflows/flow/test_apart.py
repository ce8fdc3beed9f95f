"""Two persons who must differ: whoever decided in one stage never decides in the other, whichever way the task came."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.workflows.flow.test_acts import Office, flow, stage
from township.errors import Refused, TownshipError
from workflows.definition import Definition
from workflows.flaws import flaws

APART = flow(
    {
        "check": stage("grid_worker", "approve"),
        "approve": stage("village_head", "pay", without=["stage check"], back="any"),
        "pay": stage("accountant", "closed", without=["initiator", "stage approve"], back="any"),
    }
)
FORK = flow(
    {
        "begin": {"title": "两家看", "branches": [{"stages": ["left"]}, {"stages": ["right"]}], "to": "closed"},
        "left": stage("grid_worker", "joined"),
        "right": stage("village_head", "joined", without=["stage left"]),
    }
)


def test_whoever_decided_in_the_stage_that_is_named_is_not_asked_and_the_next_is() -> None:
    office = Office(APART, grid_worker="a", village_head="a b", accountant="a b c")
    office.act("agree", "a")
    assert office.holders == {"b"}
    office.act("agree", "b")
    assert office.holders == {"a", "c"}, "who checked may pay: only the approver is named"
    office.act("agree", "a")
    assert office.state.result == "done"


def test_nobody_but_the_same_person_leaves_the_stage_without_a_task() -> None:
    office = Office(APART, grid_worker="a", village_head="a", accountant="c")
    office.act("agree", "a")
    assert (office.state.stage, office.holders) == ("approve", set())


@pytest.mark.parametrize("initiator", ["v", "w"])
def test_who_brought_it_is_not_asked(initiator: str) -> None:
    office = Office(APART, grid_worker="a", village_head="b", accountant=f"{initiator} c")
    office.act("agree", "a")
    office.act("agree", "b")
    assert office.holders == {"c"}


def test_neither_handing_on_nor_signing_afterwards_brings_the_same_person_in() -> None:
    office = Office(APART, grid_worker="a", village_head="b d", accountant="c b")
    office.act("agree", "a")
    for action in ("reassign", "ask_after"):
        with pytest.raises(Refused):
            office.act(action, "b", to="a")
    office.act("ask_before", "b", to="a", reason="你核过，说说看")
    assert "a" in office.holders, "an opinion is no decision"
    office.act("disagree", "a", opinion="没问题")
    office.act("ask_after", "b", to="x")
    office.act("agree", "b")
    with pytest.raises(Refused):
        office.act("reassign", "x", to="a")
    office.act("agree", "x")
    assert office.holders == {"c"}, "who signed afterwards, and who decided, both decided"


def test_a_deputy_of_whoever_decided_is_left_out_too() -> None:
    office = Office(APART, grid_worker="a", village_head="b d", accountant="c")
    facts = replace(office.world.facts, stands_in={"d": frozenset({"a"})})
    office.world = replace(office.world, facts=facts)
    office.act("agree", "a")
    assert office.holders == {"b"}


def test_whoever_decided_later_is_not_asked_when_it_comes_back() -> None:
    stages = {
        "check": stage("grid_worker", "approve"),
        "approve": {**stage("village_head", "closed", without=["stage check"]), "actions": {
            "agree": {"title": "同意", "to": "closed", "vote": "yes"},
            "refuse": {"title": "不同意", "to": "check"},
        }},
    }  # fmt: skip
    office = Office(flow(stages), grid_worker="a b", village_head="b c")
    office.act("agree", "a")
    office.act("refuse", "b")
    assert office.holders == {"a"}, "b said no to it: b does not check it now"


def test_straight_back_others_are_asked_than_who_did_the_earlier_step_meanwhile() -> None:
    office = Office(APART, grid_worker="a b", village_head="b c", accountant="x")
    office.act("agree", "a")
    office.act("send_back", "b", reason="再看看", back_to="check", straight=True)
    assert office.holders == {"a", "b"}, "who sends back has decided nothing"
    office.act("agree", "b")
    assert (office.state.stage, office.holders) == ("approve", {"c"})


def test_beside_each_other_the_second_is_given_to_somebody_else() -> None:
    office = Office(FORK, grid_worker="a", village_head="a b")
    assert office.holders == {"a", "b"}
    office.act("agree", "a")
    assert {(one.stage, one.person) for one in office.state.tasks} == {("right", "b")}
    office.act("agree", "b")
    assert office.state.result == "done"


def test_a_second_choice_is_asked_where_the_first_has_decided_beside() -> None:
    body = FORK.model_dump(mode="json", by_alias=True)
    body["workflow"]["stages"]["right"]["who"] = "village_head of village or town_leader of village"
    office = Office(Definition.model_validate(body), grid_worker="a", village_head="a", town_leader="t")
    office.act("agree", "a")
    assert office.holders == {"t"}


@pytest.mark.parametrize(
    ("stages", "code"),
    [
        ({"pay": {"without": ["stage aprove"]}}, "unknown_stage"),
        ({"pay": {"without": ["approve"]}}, "unknown_apart"),
        ({"pay": {"without": ["stage pay"]}}, "never_before"),
        ({"check": {"without": ["stage pay"]}}, "never_before"),
        ({"check": {"actions": {"agree": {"title": "收下", "to": "approve", "assign": "me"}}},
          "pay": {"who": "assignee", "without": ["stage check"]}}, "leaves_nobody"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_flaw_with_its_place(stages: Mapping[str, Mapping[str, Any]], code: str) -> None:
    body = APART.model_dump(mode="json", by_alias=True)
    body["workflow"]["stages"]["approve"].pop("without")
    for name, more in stages.items():
        body["workflow"]["stages"][name] |= more
    body["workflow"]["stages"]["approve"].pop("back")
    found = [one for one in flaws(Definition.model_validate(body)) if one.code == code]
    assert [one.path[:4] for one in found] == [("workflow", "stages", list(stages)[-1], "without")]


def test_what_is_beside_or_comes_back_may_be_named() -> None:
    assert [one.code for one in flaws(FORK)] == []
    assert [one.code for one in flaws(APART)] == []


PEOPLE = ["p", "q", "r", "s"]
ACTS = ["agree", "agree", "agree", "refuse", "ask_before", "ask_after", "reassign", "send_back", "straight"]
ACTS += ["take_back", "disagree"]


def with_refusing(definition: Definition, **to: str) -> Definition:
    """The same flow in which stages may also say no and lead back."""
    body = definition.model_dump(mode="json", by_alias=True)
    for name, target in to.items():
        body["workflow"]["stages"][name]["actions"]["refuse"] = {"title": "不同意", "to": target}
    return Definition.model_validate(body)


MODELS = [
    (with_refusing(APART, approve="check", pay="approve"), [("check", "approve"), ("approve", "pay")]),
    (FORK, [("left", "right")]),
    (flow({**{name: dict(one) for name, one in {
        "a": stage("grid_worker", "b", mode="all"), "b": stage("village_head", "c", back="any", mode="in_order"),
        "c": stage("accountant", "closed", without=["stage a"], back="any", mode="all"),
    }.items()}}, same_person="once"), [("a", "c")]),
]  # fmt: skip
holders = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True).map(" ".join)
moves = st.lists(st.tuples(*[st.integers(0, 30)] * 4), max_size=18)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(MODELS), holders, holders, holders, moves)
def test_the_same_person_never_decides_both(
    model: tuple[Definition, list[tuple[str, str]]], grid: str, head: str, money: str,
    moves: list[tuple[int, int, int, int]],
) -> None:  # fmt: skip
    definition, pairs = model
    office = Office(definition, grid_worker=grid, village_head=head, accountant=money)
    for act, who, other, away in moves:
        held = sorted(office.holders)
        person, colleague = (held or PEOPLE)[who % len(held or PEOPLE)], PEOPLE[other % 4]
        standing = {PEOPLE[away % 4]: frozenset({PEOPLE[(away + 1) % 4]})} if away > 20 else {}
        office.world = replace(office.world, facts=replace(office.world.facts, stands_in=standing))
        action = ACTS[act % len(ACTS)]
        values: dict[str, Any] = {"to": colleague, "reason": "看看", "opinion": "不行"}
        if action in ("send_back", "straight"):
            values |= {"back_to": sorted(definition.workflow.stages)[away % 3], "straight": action == "straight"}
        try:
            office.act("send_back" if action == "straight" else action, person, **values)
        except TownshipError:
            continue
        known = office.state.progress
        for one, two in pairs:
            first = {*known.decided.get(one, ()), *known.agreed.get(one, ())}
            assert not first & {*known.decided.get(two, ()), *known.agreed.get(two, ())}, (action, person, known)
