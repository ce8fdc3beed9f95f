"""For whom somebody speaks: a name alone, kin with a name, and what is wanted for them."""

import pytest

from bot.dialogue.meaning import details


@pytest.mark.parametrize(
    ("said", "name", "what"),
    [
        ("代孟桂花报水管漏了", "孟桂花", "水管漏了"),
        ("帮我妈孟桂花领丧葬补助", "孟桂花", "领丧葬补助"),
        ("替俺大爷陈有福报路灯坏了", "陈有福", "路灯坏了"),
        ("帮俺对门老冯借一台", "老冯", "借一台"),
        ("帮我妈领高龄津贴", "我妈", "领高龄津贴"),
    ],
)
def test_who_is_meant_is_read_beside_what_is_wanted(said: str, name: str, what: str) -> None:
    found = details.behalf(said)
    assert found is not None
    assert (details.own_name(found.affected), found.text) == (name, what)


@pytest.mark.parametrize("said", ["帮我借一台", "替我领一下", "帮忙查个事"])
def test_who_speaks_is_nobody_else(said: str) -> None:
    assert details.behalf(said) is None
