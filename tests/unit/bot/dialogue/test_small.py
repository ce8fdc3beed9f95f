"""What is only a call to the bot is greeted; with something behind it, it is passed over."""

from datetime import date

import pytest

from bot.dialogue.meaning.commands import Chitchat, FillField
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.understanding import understand

TODAY = Context(date(2026, 11, 23), (), frozenset())


@pytest.mark.parametrize("call", ["你好", "您好", "在吗", "喂", "小邻", "你好小邻", "喂，在吗"])
def test_a_call_alone_is_greeted(call: str) -> None:
    assert [type(each) for each in understand(call, TODAY)] == [Chitchat]


def test_a_call_while_something_is_asked_is_its_answer() -> None:
    asked = Context(date(2026, 11, 23), (), frozenset(), asked_field="place")
    assert [type(each) for each in understand("小邻", asked)] == [FillField]
