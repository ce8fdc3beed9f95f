"""The small language of conditions: what holds, what is refused, and that it can never run code."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from township.errors import Mistake
from workflows.expressions import parse
from workflows.flow import who
from workflows.flow.who import Cast, Facts, resolve

VALUES = {"kind": "lamp", "amount": 600, "urgent": True, "tables": 20, "day": date(2026, 11, 25), "note": ""}


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("kind == lamp", True),
        ("kind is lamp", True),
        ("kind is not lamp", False),
        ("kind in [road, lamp]", True),
        ("kind not in [road]", True),
        ("amount > 500 and not urgent", False),
        ("amount > 500 or no_such", True),
        ("tables * 10 >= 200", True),
        ("(amount - 100) / 5 == 100", True),
        ("day < 2026-11-26", True),
        ("day + 3 == 2026-11-28", True),
        ("note is empty", True),
        ("missing is empty", True),
        ("missing > 3", False),
        ("urgent", True),
        ("not missing", True),
        ("kind == 'lamp'", True),
        ("true and not false", True),
    ],
)
def test_conditions(source: str, holds: bool) -> None:
    assert parse(source).holds(VALUES) is holds


@pytest.mark.parametrize(
    "source",
    ["", "kind ==", "and", "kind in [road", "a b", "kind == (", "__import__('os')", "2026-13-40 == day", "a; b"],
)
def test_what_is_no_condition_is_a_mistake(source: str) -> None:
    with pytest.raises(Mistake, match="unreadable_expression"):
        parse(source)


@pytest.mark.parametrize("written", ["amount > 5000 元", "amount > 5000 yuan", "amount > 5000块"])
def test_an_amount_is_written_with_its_unit_and_kept_in_fen(written: str) -> None:
    condition = parse(written)
    assert not condition.holds({"amount": 300_000})
    assert condition.holds({"amount": 500_001})


def test_what_cannot_be_compared_names_the_expression() -> None:
    with pytest.raises(Mistake) as caught:
        parse("kind > 3").holds(VALUES)
    assert caught.value.values["expression"] == "kind > 3"


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_and_nothing_else(source: str) -> None:
    try:
        expression = parse(source)
    except Mistake:
        return
    assert expression.source == source


def test_names_and_comparisons_are_known_to_the_checker() -> None:
    expression = parse("kind in [lamp, road] and amount > 5 or urgent")
    assert expression.names() == {"kind", "amount", "urgent"}
    assert ("kind", ("lamp", "road")) in list(expression.comparisons())


FACTS = Facts(
    {("village_clerk", "village"): ("c1",), ("town_clerk", "town"): ("t1", "t2")},
    duty=("d1",),
    reachable=frozenset({"v1"}),
)


@pytest.mark.parametrize(
    ("source", "cast", "people"),
    [
        ("village_clerk of village or town_clerk of town", Cast(), ("c1",)),
        ("village_head of village, or town_clerk of town", Cast(), ("t1", "t2")),
        ("village_clerk", Cast(), ("c1",)),
        ("town_clerk of village", Cast(), ()),
        ("assignee or duty", Cast(), ("d1",)),
        ("assignee", Cast(assignee="c9"), ("c9",)),
        ("villager", Cast(affected="v1", spoke="v2"), ("v1",)),
        ("villager", Cast(affected="v9", wrote="c1"), ("c1",)),
        ("villager", Cast(affected="v9"), ("v9",)),
        ("named helper", Cast(), ("h1",)),
        ("writer", Cast(wrote="c1"), ("c1",)),
    ],
)
def test_who(source: str, cast: Cast, people: tuple[str, ...]) -> None:
    fields: dict[str, Any] = {"helper": "h1"}
    assert resolve(who.parse(source), cast, FACTS, fields) == people


def test_whoever_is_left_out_is_replaced_by_the_next_choice() -> None:
    found = resolve(who.parse("village_clerk of village or town_clerk of town"), Cast(), FACTS, {}, {"c1", "t1"})
    assert found == ("t2",)


@pytest.mark.parametrize("source", ["", "Village Clerk", "village_clerk of county", "a or "])
def test_a_who_that_cannot_be_read_is_a_mistake(source: str) -> None:
    with pytest.raises(Mistake, match="unreadable_who"):
        who.parse(source)
