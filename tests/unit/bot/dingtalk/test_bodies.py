import json
from datetime import datetime

import pytest

from bot.dingtalk import bodies
from bot.dingtalk.bodies import Button, CardSpace
from township.clock import SHANGHAI

YES, NO, ASK = Button("同意", "a"), Button("驳回", "b"), Button("问一句", "c")


def test_text_and_markdown_travel_as_a_json_string() -> None:
    body = bodies.to_people("robot-1", ["u1", "u2"], bodies.text("路灯修好了"))
    assert body["robotCode"] == "robot-1"
    assert body["userIds"] == ["u1", "u2"]
    assert (body["msgKey"], json.loads(body["msgParam"])) == ("sampleText", {"content": "路灯修好了"})
    group = bodies.to_group("robot-1", "cid", bodies.markdown("停水", "明天停水"))
    assert group["openConversationId"] == "cid"
    assert json.loads(group["msgParam"]) == {"title": "停水", "text": "明天停水"}


@pytest.mark.parametrize(
    ("buttons", "key", "last"),
    [
        ([YES], "sampleActionCard", ("singleTitle", "同意")),
        ([YES, NO], "sampleActionCard6", ("buttonTitle2", "驳回")),
        ([YES, NO, ASK], "sampleActionCard3", ("actionTitle3", "问一句")),
        ([YES, NO, ASK, ASK, NO], "sampleActionCard5", ("actionTitle5", "驳回")),
    ],
)
def test_action_card_takes_the_template_of_its_size(buttons: list[Button], key: str, last: tuple[str, str]) -> None:
    message = bodies.action_card("标题", "正文", buttons)
    assert message.key == key
    assert message.param[last[0]] == last[1]


@pytest.mark.parametrize("count", [0, 6])
def test_action_card_has_one_to_five_buttons(count: int) -> None:
    with pytest.raises(ValueError, match="one to five"):
        bodies.action_card("标题", "正文", [YES] * count)


def test_file_is_named_by_its_ending() -> None:
    assert bodies.file("@m", "低保 办法.PDF").param == {"mediaId": "@m", "fileName": "低保 办法.PDF", "fileType": "pdf"}


def test_spoken_link_is_encoded_whole() -> None:
    assert bodies.says("同意 A7&K2").endswith("content=%E5%90%8C%E6%84%8F%20A7%26K2")


def test_recipients_are_cut_into_calls_of_twenty() -> None:
    people = [f"u{number}" for number in range(45)]
    assert [len(batch) for batch in bodies.batches(people)] == [20, 20, 5]
    assert [one for batch in bodies.batches(people) for one in batch] == people
    assert list(bodies.batches([])) == []


def test_webhook_mentions_nobody_who_has_no_staff_id() -> None:
    assert "at" not in bodies.webhook_text("好", at=[""])
    assert bodies.webhook_text("好", at=["", "u1"])["at"]["atUserIds"] == ["u1"]
    assert bodies.webhook_markdown("标题", "好", at=["u1"])["markdown"]["text"] == "好 @u1"


def test_card_to_a_person_and_to_a_group() -> None:
    common = {"template_id": "t", "out_track_id": "o", "robot_code": "r", "params": {"title": "x"}}
    person = bodies.new_card(**common, space=CardSpace("u1"), private={"u1": {"mine": "1"}})
    assert person["openSpaceId"] == "dtv1.card//IM_ROBOT.u1"
    assert person["imRobotOpenDeliverModel"] == {"spaceType": "IM_ROBOT", "robotCode": "r"}
    assert person["privateData"] == {"u1": {"cardParamMap": {"mine": "1"}}}
    assert person["callbackType"] == "STREAM"
    group = bodies.new_card(**common, space=CardSpace("cid=", is_group=True, only_for=("u1",)))
    assert group["openSpaceId"] == "dtv1.card//IM_GROUP.cid="
    assert group["imGroupOpenDeliverModel"] == {"robotCode": "r", "recipients": ["u1"]}


def test_updates_and_tap_answers_change_only_what_they_name() -> None:
    for body in (bodies.card_update("o", {"status": "办结"}), bodies.tap_answer({"status": "办结"})):
        assert body["cardUpdateOptions"] == {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
        assert body["cardData"] == {"cardParamMap": {"status": "办结"}}
    assert bodies.tap_answer({}, {"mine": "1"})["userPrivateData"] == {"cardParamMap": {"mine": "1"}}


def test_todo_carries_its_key_and_its_due_time_in_milliseconds() -> None:
    due = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
    body = bodies.new_todo(
        source_id="task-1", subject="路灯" * 600, executor_union_ids=["un"], creator_union_id="un", due=due
    )
    assert body["sourceId"] == "task-1"
    assert len(body["subject"]) == 1024
    assert body["dueTime"] == 1795485600000
    assert bodies.todo_update(done=True) == {"done": True}
    assert bodies.todo_update(subject="x", due=due) == {"subject": "x", "dueTime": 1795485600000}
