"""The town as the other tests of this folder use it: a villager reports, the clerk acts on the card, both are told."""

from typing import Any


def test_a_report_reaches_its_clerk_and_its_end_the_villager(shared_town: Any) -> None:
    shared_town.say("v-0101", "俺家门口路灯不亮了")
    shared_town.expect("v-0101", "记下了")
    card = shared_town.expect_card("c-0101", "路灯")
    assert shared_town.tap("c-0101", card, "accept")["ok"]
    assert shared_town.tap("c-0101", card, "done", result="换了灯泡")["ok"]
    shared_town.expect("v-0101", "换了灯泡")
    shared_town.say("v-0101", "1")
    shared_town.expect("v-0101", "办结了")


def test_a_question_is_answered_with_its_source(shared_town: Any) -> None:
    shared_town.say("v-0201", "医保报销比例多少")
    assert "〔2026〕" in shared_town.expect("v-0201")["text"]
