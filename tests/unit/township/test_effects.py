import pytest

from township import effects as fx
from township.effects import (
    Effect,
    MirrorTodo,
    Policy,
    RefreshCards,
    Say,
    SayToAll,
    SendFile,
    ShowCard,
    ToConversation,
    ToPerson,
)

EFFECTS: list[Effect] = [
    Say(ToPerson("p1"), "修好了", case_id="c1"),
    Say(ToConversation("k1"), "记下了", reply_to="m1"),
    ShowCard(ToPerson("p1"), "t1", "c1"),
    RefreshCards("c1"),
    SayToAll(("p1", "p2"), "改成每月10日前了", "c1", "c1:1"),
    SendFile(ToPerson("p1"), "00ff", "办法.pdf"),
    MirrorTodo(ToPerson("p1"), "t1", "c1", done=True),
]


@pytest.mark.parametrize("effect", EFFECTS, ids=fx.kind_of)
def test_an_effect_survives_storage(effect: Effect) -> None:
    assert fx.from_json(fx.kind_of(effect), fx.to_json(effect)) == effect


def test_order_is_kept_per_target() -> None:
    assert fx.order_key(EFFECTS[0]) == "person:p1"
    assert fx.order_key(EFFECTS[2]) == "card:t1", "a card waits for no other card"
    assert fx.order_key(EFFECTS[1]) == "conversation:k1"
    assert fx.order_key(EFFECTS[3]) == "case:c1"


def test_text_may_repeat_and_cards_are_keyed() -> None:
    assert fx.policy_of(EFFECTS[0]) is Policy.AT_LEAST_ONCE
    assert fx.policy_of(EFFECTS[2]) is Policy.KEYED
