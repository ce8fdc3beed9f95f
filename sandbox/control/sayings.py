"""What can be said to a bot: each form of speech as its msgtype, its part of the frame, and its line in the chat."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from sandbox import bot_messages
from sandbox.chats import BOT
from sandbox.encoding import Json
from sandbox.media import sample_picture, sample_voice
from sandbox.refusals import control, words
from sandbox.town import Group, Person
from sandbox.world import World

UNKNOWN = ("sticker", "location", "forward")
CONTENT_TYPES = {".png": "image/png", ".wav": "audio/wav", ".mp4": "video/mp4", ".pdf": "application/pdf"}


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing said: its msgtype, its part of the frame, and how the chat shows it."""

    msgtype: str
    content: Json
    kind: str
    text: str
    media: tuple[str, ...] = ()


def saying(world: World, body: Json, sender: Person, group: Group | None) -> Saying:
    """Read what is said: one of sticker, location, forward, audio, video, file, pictures, text."""
    for name in UNKNOWN:
        if body.get(name):
            return unknown(name, _shown(body[name]))
    attached: dict[str, Callable[[World, object], Saying]] = {"audio": _audio, "video": _video, "file": _file}
    for name, read in attached.items():
        if body.get(name) is not None:
            return read(world, body[name])
    text = body.get("text")
    if body.get("pictures"):
        return _pictures(world, body["pictures"], text, group)
    if not isinstance(text, str):
        raise control("nothing_said", "give one of text, audio, pictures, video, file, sticker, location, forward")
    quoted = _quoted(world, sender, body["quote"]) if body.get("quote") else None
    return Saying("text", bot_messages.text_content(text, is_group=group is not None, quoted=quoted), "text", text)


def unknown(name: str, shown: str) -> Saying:
    """Return what a robot gets of a kind of message that it cannot be given: a sentence that says so."""
    return Saying("unknownMsgType", {"content": {"unknownMsgType": words("talk", name)}}, name, shown)


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
    chosen = str(given.get("name") or name)
    return world.media.put(data, chosen, CONTENT_TYPES.get(chosen[-4:].lower(), "application/octet-stream")).id


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


def _shown(value: object) -> str:
    return value if isinstance(value, str) else str(value.get("title", "")) if isinstance(value, dict) else ""
