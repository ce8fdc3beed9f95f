"""What a person does on the phone: say something in any form, and tap a button. The frames go out from here."""

import base64
import binascii
import time
from dataclasses import dataclass
from urllib.parse import quote

from sandbox import bot_messages, frames
from sandbox.bot_messages import Envelope
from sandbox.cards import Card, Params, as_params, buttons
from sandbox.chats import BOT, Message
from sandbox.encoding import Json, as_object, dumps
from sandbox.faults import FaultKind
from sandbox.frames import Ack, Frame, FrameType
from sandbox.gateway import Kind
from sandbox.media import sample_picture, sample_voice
from sandbox.refusals import Refusal, control, words
from sandbox.town import Group, Person
from sandbox.wire.outgoing import sent_text
from sandbox.world import World

ONLY_ONE_TO_ONE = frozenset({"audio", "video", "file"})
UNKNOWN = ("sticker", "location", "forward")


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing said: its msgtype, its part of the frame, and how the chat shows it."""

    msgtype: str
    content: Json
    kind: str
    text: str
    media: tuple[str, ...] = ()


def say(world: World, body: Json) -> Json:
    """Let a person say something, alone with the bot or in a group; returns the msgId."""
    sender, group = speaker(world, body.get("as")), _group(world, body)
    hears = bool(body.get("at", True)) or group is None
    saying = _saying(world, body, sender, group)
    if group is not None and saying.kind in ONLY_ONE_TO_ONE and hears:
        raise control(
            "not_in_groups",
            f"a {saying.kind} cannot be sent to a robot in a group; say it one-to-one or with at: false",
        )
    extra: Json = {"media": list(saying.media)} if saying.media else {}
    if body.get("quote"):
        extra["quote"] = body["quote"]
    line = world.write(
        sender.id, to=sender.id, group=group.id if group else None, kind=saying.kind, text=saying.text, extra=extra
    )
    if hears:
        _push(world, line, sender, group, saying, _mentioned(world, body))
    return {"msgId": line.id}


def speaker(world: World, person_id: object) -> Person:
    """Return whose account a person speaks with; refused for who has none."""
    if not isinstance(person_id, str) or person_id not in world.town.people:
        raise control("no_such_person", f"nobody in the town has the id {person_id!r}", 404)
    account = world.town.account(person_id)
    if account is None:
        raise control("no_account", f"{person_id} has no phone and no account: nobody can speak or look as this person")
    return account


async def tap(world: World, body: Json) -> Json:
    """Let a person tap a button of a card or of a message; returns ok, milliseconds and what the bot answered."""
    person = speaker(world, body.get("as"))
    target, action = str(body.get("outTrackId") or body.get("msgId") or ""), str(body.get("action", ""))
    card = world.cards.get(target)
    if card is None or person.id not in card.seen_by:
        return _tap_message(world, person, target, action)
    params = _tap_params(card.view(person.id), action, body.get("params"))
    return await _tap_card(world, person, card, action, params)


def _tap_message(world: World, person: Person, message_id: str, action: str) -> Json:
    message = world.chats.find(person.id, message_id)
    if message is None:
        raise control("not_visible", f"{person.id} sees neither a card nor a message {message_id!r}", 404)
    if action not in [button["action"] for button in message.extra.get("buttons", ())]:
        raise control("no_such_button", f"the message {message_id} has no button {action!r}")
    text = sent_text(action)
    if text is None:
        return {"ok": True, "ms": 0, "response": {"open": action}}
    said = say(world, {"as": person.id, "group": message.group, "text": text})
    return {"ok": True, "ms": 0, "response": said}


def _tap_params(view: Params, action: str, given: object) -> Json:
    own: Json = next((button["params"] for button in buttons(view) if button["action"] == action), {})
    return {"action": action, **own, **(given if isinstance(given, dict) else {})}


async def _tap_card(world: World, person: Person, card: Card, action: str, params: Json) -> Json:
    if action.startswith(("http://", "https://")):
        return {"ok": True, "ms": 0, "response": {"open": action}}
    if card.callback != "STREAM" or not world.gateway.may_push(FrameType.CALLBACK, frames.CARD_TOPIC):
        return {"ok": False, "ms": 0, "response": None, "reason": "nobody hears the callback"}
    world.meter.push("card")
    started = time.perf_counter()
    answer = world.gateway.push(Kind.card, _card_frame(world, person, card, action, params))
    assert answer is not None
    try:
        ack = await answer
    except TimeoutError:
        return {"ok": False, "ms": _ms(started), "response": None, "reason": "no answer within the window"}
    response = _apply(world, person, card, ack)
    return {"ok": ack.code == 200, "ms": _ms(started), "response": response}


def _card_frame(world: World, person: Person, card: Card, action: str, params: Json) -> Frame:
    content = dumps({"cardPrivateData": {"actionIds": [action], "params": params}}).decode()
    data: Json = {
        "type": "actionCallback",
        "outTrackId": card.out_track_id,
        "corpId": world.town.corp_id,
        "userId": person.staff_id or person.union_id,
        "userIdType": 1,
        "spaceType": "IM",
        "spaceId": card.space[1],
        "extension": "{}",
        "content": content,
        "value": content,
    }
    return Frame(FrameType.CALLBACK, frames.CARD_TOPIC, world.gateway.message_id(), dumps(data).decode())


def _apply(world: World, person: Person, card: Card, ack: Ack) -> Json | None:
    response = ack.data.get("response")
    if isinstance(response, str):
        response = as_object(response)
    if ack.code != 200 or not isinstance(response, dict):
        return None
    options = response.get("cardUpdateOptions") or {}
    public, private = response.get("cardData"), response.get("userPrivateData") or response.get("privateData")
    try:
        if public:
            card.change(as_params(public.get("cardParamMap")), by_key=options.get("updateCardDataByKey") is True)
        if private:
            card.change_private(
                person.id, as_params(private.get("cardParamMap")), by_key=options.get("updatePrivateDataByKey") is True
            )
    except Refusal:
        return response
    world.announce(card)
    return response


def _push(
    world: World, line: Message, sender: Person, group: Group | None, saying: Saying, mentioned: tuple[Person, ...]
) -> None:
    session, until = world.tokens.session(sender.id, group.id if group else None)
    envelope = Envelope(
        client_id=world.client_id,
        corp_id=world.town.corp_id,
        sender=sender,
        group=group,
        message_id=line.id,
        created_ms=line.stamp,
        webhook=f"{world.origin}/robot/sendBySession?session={quote(session, safe='')}",
        webhook_until=until,
        is_published=not world.faults.strikes(FaultKind.unpublished),
        mentioned=mentioned,
    )
    data = bot_messages.bot_message(envelope, saying.msgtype, saying.content)
    is_within = world.meter.push("bot")
    if not is_within or world.faults.strikes(FaultKind.quota_exhausted, pool="push"):
        data = bot_messages.without_text(data, words("talk", "quota"))
    frame = Frame(FrameType.CALLBACK, frames.BOT_TOPIC, world.gateway.message_id(), dumps(data).decode())
    world.gateway.push(Kind.bot, frame)


def _saying(world: World, body: Json, sender: Person, group: Group | None) -> Saying:
    for name in UNKNOWN:
        if body.get(name):
            sentence = words("talk", name)
            return Saying("unknownMsgType", {"content": {"unknownMsgType": sentence}}, name, _shown(body[name]))
    if body.get("audio") is not None:
        return _audio(world, body["audio"])
    if body.get("video"):
        return _video(world, body["video"])
    if body.get("file"):
        return _file(world, body["file"])
    text = body.get("text")
    if body.get("pictures"):
        return _pictures(world, body["pictures"], text, group)
    if not isinstance(text, str):
        raise control("nothing_said", "give one of text, audio, pictures, video, file, sticker, location, forward")
    quoted = _quoted(world, sender, body["quote"]) if body.get("quote") else None
    return Saying("text", bot_messages.text_content(text, is_group=group is not None, quoted=quoted), "text", text)


def _audio(world: World, audio: object) -> Saying:
    given = audio if isinstance(audio, dict) else {"recognition": str(audio)}
    recognition, duration = str(given.get("recognition") or ""), int(given.get("duration") or 3000)
    media_id = _stored(world, given["file"], "voice.wav") if given.get("file") else ""
    if not media_id:
        media_id = world.media.put(sample_voice(duration), "voice.wav", "audio/wav").id
    content = {"downloadCode": world.media.code(media_id), "recognition": recognition, "duration": duration}
    return Saying("audio", {"content": content}, "audio", recognition, (media_id,))


def _video(world: World, video: object) -> Saying:
    media_id = _stored(world, video, "video.mp4")
    content = {"downloadCode": world.media.code(media_id), "videoType": "mp4", "duration": 5}
    return Saying("video", {"content": content}, "video", "", (media_id,))


def _file(world: World, file: object) -> Saying:
    media_id = _stored(world, file, "file.bin")
    medium = world.media.get(media_id)
    name = str(file.get("name")) if isinstance(file, dict) and file.get("name") else medium.name if medium else ""
    content = {"downloadCode": world.media.code(media_id), "fileName": name, "spaceId": "1", "fileId": media_id}
    return Saying("file", {"content": content}, "file", name, (media_id,))


def _pictures(world: World, pictures: object, text: object, group: Group | None) -> Saying:
    if isinstance(pictures, int):
        given: list[object] = [
            {"base64": base64.b64encode(sample_picture(number)).decode()} for number in range(min(pictures, 9))
        ]
    else:
        given = pictures if isinstance(pictures, list) else [pictures]
    ids = tuple(_stored(world, item, "picture.png") for item in given)
    codes = [world.media.code(media_id) for media_id in ids]
    if len(codes) == 1 and not text and group is None:
        content: Json = {"downloadCode": codes[0], "pictureDownloadCode": codes[0]}
        return Saying("picture", {"content": content}, "picture", "", ids)
    rows: list[Json] = [{"text": text}] if isinstance(text, str) and text else []
    rows += [{"type": "picture", "downloadCode": code, "pictureDownloadCode": code} for code in codes]
    return Saying("richText", {"content": {"richText": rows}}, "richText", text if isinstance(text, str) else "", ids)


def _stored(world: World, given: object, name: str) -> str:
    """Return the media id of what a person attaches: an id, or `{"media"}`, `{"text"}`, `{"base64"}` with a name."""
    if isinstance(given, str):
        given = {"media": given}
    if not isinstance(given, dict):
        given = {"text": ""}
    if given.get("media"):
        if world.media.get(str(given["media"])) is None:
            raise control(
                "no_such_media", f"nothing is stored under {given['media']!r}; POST it to /_sandbox/media first", 404
            )
        return str(given["media"])
    try:
        data = (
            base64.b64decode(given["base64"], validate=True)
            if "base64" in given
            else str(given.get("text", "")).encode()
        )
    except (binascii.Error, TypeError, ValueError) as err:
        raise control("not_base64", "base64 does not decode") from err
    kinds = {".png": "image/png", ".wav": "audio/wav", ".mp4": "video/mp4"}
    chosen = str(given.get("name") or name)
    return world.media.put(data, chosen, kinds.get(chosen[-4:], "application/octet-stream")).id


def _quoted(world: World, sender: Person, message_id: object) -> Json:
    line = world.chats.find(sender.id, str(message_id))
    if line is None:
        card = world.cards.get(str(message_id))
        if card is None or sender.id not in card.seen_by:
            raise control(
                "not_visible", f"{sender.id} does not see the message {message_id!r} and cannot quote it", 404
            )
        return bot_messages.replied(
            card.out_track_id, "card", bot_messages.opaque_id(world.client_id), "", world.machine.now_ms()
        )
    author = world.client_id if line.sender == BOT else line.sender
    return bot_messages.replied(line.id, line.type, bot_messages.opaque_id(author), line.text, line.stamp)


def _group(world: World, body: Json) -> Group | None:
    group_id = body.get("group")
    if not group_id:
        return None
    group = world.town.groups.get(str(group_id))
    account = world.town.account(str(body.get("as")))
    if group is None:
        raise control("no_such_group", f"there is no group {group_id!r}", 404)
    if account is None or account.id not in group.members:
        raise control("not_a_member", f"{body.get('as')} is not in the group {group_id}")
    return group


def _mentioned(world: World, body: Json) -> tuple[Person, ...]:
    return tuple(world.town.people[name] for name in body.get("mentions") or () if name in world.town.people)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else str(value.get("title", "")) if isinstance(value, dict) else ""


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
