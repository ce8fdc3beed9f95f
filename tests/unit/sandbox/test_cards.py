"""What is on a card, for all and for one, and its buttons in every dialect."""

import json

import pytest

from sandbox.cards import MAX_CARDS, Card, Cards, as_params, buttons
from sandbox.refusals import Refusal


def a_card(number: int = 1) -> Card:
    return Card(f"k{number}", "dinglin-task.schema", "STREAM", {"title": "t", "status": "a"}, {}, "2026-11-23")


def test_change_by_key_keeps_and_otherwise_replaces() -> None:
    card = a_card()
    card.change({"status": "b"}, by_key=True)
    assert card.public == {"title": "t", "status": "b"}
    card.change({"status": "c"}, by_key=False)
    assert card.public == {"status": "c"}


def test_private_data_covers_public_for_its_person() -> None:
    card = a_card()
    card.change_private("v-0101", {"status": "mine"}, by_key=True)
    assert card.view("v-0101") == {"title": "t", "status": "mine"}
    assert card.view("v-0102") == {"title": "t", "status": "a"}


def test_our_own_buttons() -> None:
    params = {"buttons": json.dumps([{"action": "accept", "text": "收下", "style": "blue"}])}
    assert [(row["action"], row["text"]) for row in buttons(params)] == [("accept", "收下")]


def test_the_buttons_of_the_sdk() -> None:
    rows = [{"text": "好", "id": "yes", "request": True}, {"text": "看", "url": "https://example.invalid"}]
    params = {"sys_full_json_obj": json.dumps({"msgButtons": rows, "order": ["msgButtons"]})}
    assert [row["action"] for row in buttons(params)] == ["yes", "https://example.invalid"]


def test_the_buttons_of_the_usual_template_bring_their_params() -> None:
    event = {"type": "sendCardRequest", "params": {"actionId": "accept", "params": {"code": "A7K2"}}}
    rows = [
        {"text": "同意", "color": "blue", "status": "normal", "event": event},
        {"text": "再看", "color": "gray", "status": "normal", "event": event},
        {"text": "过期", "color": "blue", "status": "disabled", "event": event},
    ]
    card = a_card()
    card.change({"btns": json.dumps(rows)}, by_key=True)
    assert buttons(card.public)[0]["params"] == {"code": "A7K2"}
    shown = card.as_json("v-0101")["buttons"]
    assert shown[0] == {"action": "accept", "text": "同意", "style": "blue"}
    assert shown[1] == {"action": "accept", "text": "再看"}
    assert shown[2] == {"action": "accept", "text": "过期", "style": "gray", "disabled": True}


@pytest.mark.parametrize("text", ["", "not json", "{}", "[1, 2]", '"x"'])
def test_broken_buttons_are_no_buttons(text: str) -> None:
    assert buttons({"buttons": text, "btns": text, "sys_full_json_obj": text}) == []


@pytest.mark.parametrize("value", [None, [], {"n": 1}, {"n": None}, {"k" * 101: "x"}])
def test_params_are_strings_under_short_keys(value: object) -> None:
    with pytest.raises(Refusal):
        as_params(value)


def test_the_oldest_cards_make_room() -> None:
    cards = Cards()
    for number in range(MAX_CARDS + 5):
        cards.create(a_card(number))
    assert len(cards) == MAX_CARDS
    assert cards.get("k0") is None


def test_an_evicted_card_leaves_the_list() -> None:
    cards = Cards()
    first = a_card(0)
    cards.create(first)
    cards.show(first, ("IM_ROBOT", "c-0101"), ["c-0101"])
    cards.show(first, ("IM_ROBOT", "c-0101"), ["c-0101"])
    assert [card.out_track_id for card in cards.seen_by("c-0101")] == ["k0"]
    for number in range(1, MAX_CARDS + 1):
        cards.create(a_card(number))
    assert cards.seen_by("c-0101") == []
