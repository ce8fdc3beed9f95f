"""What was talked about last."""

from datetime import datetime, timedelta

from bot.dialogue.answers import topic
from bot.dialogue.parts import Part
from township.clock import SHANGHAI

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


def test_a_topic_is_kept_for_a_while_and_then_let_go() -> None:
    state = topic.remember("低保要带啥", AT)
    assert topic.latest(state, AT + topic.KEPT) == "低保要带啥"
    assert topic.latest(state, AT + topic.KEPT + timedelta(seconds=1)) == ""


def test_a_new_question_takes_the_place_of_the_old() -> None:
    state = {**topic.remember("低保要带啥", AT), **topic.remember("水费多少钱", AT + timedelta(hours=2))}
    assert topic.latest(state, AT + timedelta(hours=2)) == "水费多少钱"


def test_without_a_question_there_is_no_topic() -> None:
    assert topic.latest({}, AT) == ""


def test_a_report_ends_the_topic() -> None:
    part = topic.ended(Part("x", state=topic.remember("低保要带啥", AT) | {"form": 1}))
    assert topic.latest({key: value for key, value in part.state.items() if value}, AT) == ""
    assert part.state["form"] == 1


def test_what_answered_is_part_of_the_topic() -> None:
    state = topic.remember("老人八十三了给多少钱", AT, title="高龄津贴发放办法")
    assert topic.latest(state, AT) == "高龄津贴发放办法 老人八十三了给多少钱"
