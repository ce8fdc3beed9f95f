"""What talking costs, read from the sandbox's meter: a question no API call, a whole report little."""

from typing import Any

REPORT_API = 6
REPORT_PUSHES = 8


def test_a_question_costs_no_api_call(shared_town: Any) -> None:
    shared_town.expect("c-0008", "60天内到期")  # what the keeper is told of the sample documents once
    shared_town.post("meter", {"reset": True})
    shared_town.say("v-0201", "高龄津贴哪天发")
    shared_town.expect("v-0201", "每月25日前")
    meter = shared_town.meter()
    assert (meter["api"], meter["push"]) == (0, 2)


def test_a_question_costs_no_api_call_when_the_clock_was_turned(shared_town: Any) -> None:
    """A webhook's life is machine time: a demonstration's turned clock must not send replies down the paid road."""
    shared_town.turn(hours=3)
    shared_town.post("meter", {"reset": True})
    shared_town.say("v-0202", "哪天赶集")
    shared_town.expect("v-0202", "逢三、逢八")
    assert shared_town.meter()["api"] == 0


def test_a_whole_report_by_chat_stays_in_its_price(shared_town: Any) -> None:
    shared_town.post("meter", {"reset": True})
    shared_town.say("v-0301", "俺村口的路灯不亮了")
    shared_town.expect("v-0301", "记下了")
    card = shared_town.expect_card("c-0301", "路灯")
    assert shared_town.tap("c-0301", card, "accept")["ok"]
    assert shared_town.tap("c-0301", card, "done", result="换了灯泡")["ok"]
    shared_town.expect("v-0301", "修好了吗")
    shared_town.say("v-0301", "1")
    shared_town.expect("v-0301", "办结了")
    meter = shared_town.meter()
    assert 0 < meter["api"] <= REPORT_API
    assert 0 < meter["push"] <= REPORT_PUSHES
