"""Talk that asks for nothing: what is said back."""

import pytest

from bot.dialogue import small


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("喂", "greeting"),
        ("您好啊", "greeting"),
        ("借桌子", "say_whole"),
        ("昨天", "say_whole"),
        ("打牌又输二十块气死我", "chitchat"),
    ],
)
def test_a_greeting_is_greeted_and_half_a_sentence_asked_for_whole(said: str, sentence: str) -> None:
    assert small.company(said) == sentence
