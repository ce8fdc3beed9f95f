"""The `data` of a bot message frame for every msgtype, pure. Field for field as the real platform sends it."""

from dataclasses import dataclass

from sandbox.encoding import Json
from sandbox.town import Group, Person


@dataclass(frozen=True, slots=True)
class Envelope:
    """Everything around the content of one message."""

    client_id: str
    corp_id: str
    sender: Person
    group: Group | None
    message_id: str
    created_ms: int
    webhook: str
    webhook_until: int
    is_published: bool
    mentioned: tuple[Person, ...] = ()


def conversation_id(account: str) -> str:
    """Return the id of the one-to-one conversation of an account with the bot."""
    return f"cid1to1{account}=="


def opaque_id(name: str) -> str:
    """Return the `$:LWCP_v1:$` id that stands for a person or a bot within this app."""
    return f"$:LWCP_v1:${name.encode().hex()}"


def bot_message(envelope: Envelope, msgtype: str, content: Json) -> Json:
    """Build the data of a frame; `content` holds the msgtype's own part (`text` or `content`)."""
    sender, group = envelope.sender, envelope.group
    data: Json = {
        "senderPlatform": "Android",
        "conversationId": group.id if group else conversation_id(sender.id),
        "chatbotCorpId": envelope.corp_id,
        "chatbotUserId": opaque_id(envelope.client_id),
        "openThreadId": group.id if group else conversation_id(sender.id),
        "msgId": envelope.message_id,
        "senderNick": sender.name,
        "senderUnionId": sender.union_id,
        "sessionWebhookExpiredTime": envelope.webhook_until,
        "createAt": envelope.created_ms,
        "conversationType": "2" if group else "1",
        "senderId": opaque_id(sender.id),
        "sessionWebhook": envelope.webhook,
        "robotCode": envelope.client_id,
        "msgtype": msgtype,
        **content,
    }
    if sender.staff_id is not None:
        data["senderCorpId"] = envelope.corp_id
        if envelope.is_published:
            data["senderStaffId"] = sender.staff_id
            data["isAdmin"] = sender.is_admin
    if group is not None:
        data["conversationTitle"] = group.title
        data["isInAtList"] = True
        data["atUsers"] = [{"dingtalkId": opaque_id(envelope.client_id)}, *map(_at_user, envelope.mentioned)]
    return data


def without_text(data: Json, sentence: str, field: str = "") -> Json:
    """Return what arrives once the quota is used up: the message without its text or content.

    Two pages of the documentation disagree on the name of the `field` that says so.
    """
    kept = {key: value for key, value in data.items() if key not in ("text", "content")}
    return {**kept, "code": 20001, field or "errMsg": sentence}


def text_content(text: str, *, is_group: bool, quoted: Json | None) -> Json:
    """Build `text`; in groups the @bot is cut and leaves its space. A quote rides along."""
    content: Json = {"content": f" {text}" if is_group else text}
    if quoted is not None:
        content |= {"isReplyMsg": True, "repliedMsg": quoted}
    return {"text": content}


def replied(message_id: str, kind: str, sender: str, text: str, created_ms: int) -> Json:
    """Build `repliedMsg`; a quoted card of the bot has no content."""
    quoted: Json = {"msgId": message_id, "msgType": kind, "senderId": sender, "createdAt": created_ms}
    match kind:
        case "text" | "markdown":
            quoted |= {"msgType": "text", "content": {"text": text}}
        case "picture" | "audio" | "video" | "file":
            quoted["content"] = {"recognition": text} if kind == "audio" else {"fileName": text}
        case "richText":
            quoted["content"] = {"richText": [{"msgType": "text", "content": text}]}
        case _:
            quoted["msgType"] = "interactiveCard" if kind in ("card", "actionCard") else "unknownMsgType"
    return quoted


def _at_user(person: Person) -> Json:
    known: Json = {"dingtalkId": opaque_id(person.id), "unionId": person.union_id}
    return known | ({"staffId": person.staff_id} if person.staff_id else {})
