"""The language of the expectations finds what is wrong, and nothing else."""

from typing import Any

import pytest

from tests.conformance.shapes import flaws

SHAPE: dict[str, Any] = {"name": "text", "count?": "whole", "list": ["text"], "inner": {"json": {"*": "yes_no"}}}
GOOD: dict[str, Any] = {"name": "a", "list": ["b"], "inner": '{"x": true}'}


def test_what_conforms_has_no_flaw() -> None:
    assert flaws(GOOD, SHAPE) == []
    assert flaws({**GOOD, "count": 1}, SHAPE) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": 1}, ".name"),
        ({"count": True}, ".count"),
        ({"list": ["b", 2]}, ".list[1]"),
        ({"list": "b"}, ".list"),
        ({"inner": {"x": True}}, ".inner"),
        ({"inner": '{"x": 1}'}, ".inner.x"),
        ({"more": 1}, ".more"),
    ],
)
def test_each_flaw_is_found_where_it_is(change: dict[str, Any], where: str) -> None:
    (flaw,) = flaws({**GOOD, **change}, SHAPE)
    assert flaw.startswith(where + ":")


def test_what_is_missing_is_missed() -> None:
    assert flaws({"name": "a", "list": []}, SHAPE) == [".inner: missing"]


def test_one_of_several_is_enough_and_the_nearest_is_told() -> None:
    choices = {"one of": [{"a": "text"}, {"b": "whole"}]}
    assert flaws({"b": 1}, choices) == []
    assert flaws({"b": "x"}, choices) == [".b: whole wanted, 'x' found"]
