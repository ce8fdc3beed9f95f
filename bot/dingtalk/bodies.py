"""Our words to their JSON: robot messages, cards, to-dos and webhook bodies. Pure.

The other direction is `wire.py`; what a card shows is `cards.py`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

Body = dict[str, Any]

MOST_RECIPIENTS = 20
"""One-to-one sends take 20 people a call (the error text says 100; the documentation and trials say 20)."""
READERS_PAGE = 200
"""Readers that one answer lists at most."""

_SEND_MESSAGE = "dtmd://dingtalkclient/sendMessage?content="


@dataclass(frozen=True, slots=True)
class Message:
    """A robot message as the OpenAPI wants it: a template key and its parameters."""

    key: str
    param: Mapping[str, str]

    def fields(self) -> Body:
        return {"msgKey": self.key, "msgParam": json.dumps(self.param, ensure_ascii=False)}


@dataclass(frozen=True, slots=True)
class Button:
    """A button of an action card: its text, and a link or a `says(...)` link."""

    text: str
    url: str


def says(words: str) -> str:
    """Return the link that makes a tap send `words` as the person who taps."""
    return _SEND_MESSAGE + quote(words, safe="")


def text(content: str) -> Message:
    return Message("sampleText", {"content": content})


def markdown(title: str, content: str) -> Message:
    return Message("sampleMarkdown", {"title": title, "text": content})


def file(media_id: str, name: str) -> Message:
    """Build a file message; the type is the name's ending."""
    _, _, ending = name.rpartition(".")
    return Message("sampleFile", {"mediaId": media_id, "fileName": name, "fileType": ending.lower()})


def action_card(title: str, content: str, buttons: Sequence[Button]) -> Message:
    """Build an action card with one to five buttons; two stand side by side, more below each other."""
    if not 1 <= len(buttons) <= 5:
        raise ValueError(f"an action card has one to five buttons, not {len(buttons)}")
    param = {"title": title, "text": content}
    if len(buttons) == 1:
        return Message("sampleActionCard", param | {"singleTitle": buttons[0].text, "singleURL": buttons[0].url})
    if len(buttons) == 2:
        names, key = ("buttonTitle{}", "buttonUrl{}"), "sampleActionCard6"
    else:
        names, key = ("actionTitle{}", "actionURL{}"), f"sampleActionCard{len(buttons)}"
    for number, button in enumerate(buttons, 1):
        param |= {names[0].format(number): button.text, names[1].format(number): button.url}
    return Message(key, param)


def batches(user_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut recipients into calls of at most twenty."""
    for start in range(0, len(user_ids), MOST_RECIPIENTS):
        yield user_ids[start : start + MOST_RECIPIENTS]


def to_people(robot_code: str, user_ids: Sequence[str], message: Message) -> Body:
    return {"robotCode": robot_code, "userIds": list(user_ids), **message.fields()}


def to_group(robot_code: str, conversation_id: str, message: Message) -> Body:
    return {"robotCode": robot_code, "openConversationId": conversation_id, **message.fields()}


def readers(robot_code: str, conversation_id: str, query_key: str, after: str = "") -> Body:
    """Ask who has read a message in a group, a page of at most 200."""
    body: Body = {"robotCode": robot_code, "openConversationId": conversation_id, "processQueryKey": query_key}
    return body | {"maxResults": READERS_PAGE} | ({"nextToken": after} if after else {})


def webhook_text(content: str, *, at: Sequence[str] = ()) -> Body:
    """Build a reply to a sessionWebhook; `at` are staff ids, and only webhooks can mention people."""
    return {"msgtype": "text", "text": {"content": content}, **_at(at)}


def webhook_markdown(title: str, content: str, *, at: Sequence[str] = ()) -> Body:
    """Build a markdown reply; a mention shows only if its `@id` stands in the text, so it is appended."""
    mentions = "".join(f" @{staff_id}" for staff_id in at if staff_id)
    return {"msgtype": "markdown", "markdown": {"title": title, "text": content + mentions}, **_at(at)}


def webhook_card(title: str, content: str, buttons: Sequence[Button]) -> Body:
    """Build an action card for a sessionWebhook."""
    listed = [{"title": button.text, "actionURL": button.url} for button in buttons]
    return {
        "msgtype": "actionCard",
        "actionCard": {"title": title, "text": content, "btnOrientation": "1", "btns": listed},
    }


def _at(staff_ids: Sequence[str]) -> Body:
    # An outsider has no staff id; the SDK would send [null] here.
    known = [staff_id for staff_id in staff_ids if staff_id]
    return {"at": {"atUserIds": known, "isAtAll": False}} if known else {}


@dataclass(frozen=True, slots=True)
class CardSpace:
    """Where a card is delivered: to one person's chat with the robot, or to a group."""

    target: str
    is_group: bool = False
    only_for: tuple[str, ...] = ()
    """In a group: the staff ids that see the card; everybody when empty."""


def new_card(
    *,
    template_id: str,
    out_track_id: str,
    robot_code: str,
    space: CardSpace,
    params: Mapping[str, str],
    private: Mapping[str, Mapping[str, str]] | None = None,
) -> Body:
    """Build createAndDeliver. STREAM in capitals: otherwise the buttons do nothing."""
    body: Body = {
        "cardTemplateId": template_id,
        "outTrackId": out_track_id,
        "callbackType": "STREAM",
        "userIdType": 1,
        "cardData": {"cardParamMap": dict(params)},
    }
    if private:
        body["privateData"] = _private(private)
    if space.is_group:
        deliver: Body = {"robotCode": robot_code}
        if space.only_for:
            deliver["recipients"] = list(space.only_for)
        return body | {
            "openSpaceId": f"dtv1.card//IM_GROUP.{space.target}",
            "imGroupOpenSpaceModel": {"supportForward": False},
            "imGroupOpenDeliverModel": deliver,
        }
    return body | {
        "openSpaceId": f"dtv1.card//IM_ROBOT.{space.target}",
        "imRobotOpenSpaceModel": {"supportForward": False},
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": robot_code},
    }


def card_update(
    out_track_id: str, params: Mapping[str, str], private: Mapping[str, Mapping[str, str]] | None = None
) -> Body:
    """Build an update that touches the named keys only; without the options it would replace the whole card."""
    body: Body = {
        "outTrackId": out_track_id,
        "cardData": {"cardParamMap": dict(params)},
        "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
        "userIdType": 1,
    }
    return body | ({"privateData": _private(private)} if private else {})


def tap_answer(params: Mapping[str, str], mine: Mapping[str, str] | None = None) -> Body:
    """Build what rides back in the ack of a tap: `params` for everybody, `mine` for the one who tapped."""
    body: Body = {
        "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
        "cardData": {"cardParamMap": dict(params)},
    }
    return body | ({"userPrivateData": {"cardParamMap": dict(mine)}} if mine else {})


def _private(private: Mapping[str, Mapping[str, str]]) -> Body:
    return {staff_id: {"cardParamMap": dict(params)} for staff_id, params in private.items()}


def new_todo(
    *,
    source_id: str,
    subject: str,
    executor_union_ids: Sequence[str],
    creator_union_id: str,
    due: datetime | None,
    description: str = "",
    url: str = "",
) -> Body:
    """Build a to-do. `source_id` makes it idempotent; `url` leads to its details, empty without a public address."""
    body: Body = {
        "sourceId": source_id,
        "subject": subject[:1024],
        "description": description[:4096],
        "creatorId": creator_union_id,
        "executorIds": list(executor_union_ids),
        "participantIds": [],
        "detailUrl": {"appUrl": url, "pcUrl": url},
        "isOnlyShowExecutor": True,
        "priority": 20,
    }
    return body | ({"dueTime": int(due.timestamp() * 1000)} if due else {})


def todo_update(*, done: bool | None = None, subject: str | None = None, due: datetime | None = None) -> Body:
    """Build a change of a to-do; what is None stays as it is."""
    body: Body = {}
    if done is not None:
        body["done"] = done
    if subject is not None:
        body["subject"] = subject[:1024]
    if due is not None:
        body["dueTime"] = int(due.timestamp() * 1000)
    return body
