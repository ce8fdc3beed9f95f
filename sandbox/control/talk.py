"""What a person says on the phone, alone with the bot or in a group, and the frame that carries it."""

from dataclasses import replace
from urllib.parse import quote

from sandbox import bot_messages, frames
from sandbox.bot_messages import Envelope
from sandbox.chats import Message
from sandbox.control.sayings import Saying, saying, unknown
from sandbox.encoding import Json, dumps
from sandbox.faults import FaultKind
from sandbox.frames import Frame, FrameType
from sandbox.gateway import Kind
from sandbox.refusals import control, words
from sandbox.town import Group, Person
from sandbox.world import World

ONLY_ONE_TO_ONE = frozenset({"audio", "video", "file"})


def say(world: World, body: Json) -> Json:
    """Let a person say something, alone with the bot or in a group; returns the msgId."""
    sender, group = speaker(world, body.get("as")), _group(world, body)
    hears = bool(body.get("at", True)) or group is None
    said = saying(world, body, sender, group)
    if group is not None and said.kind in ONLY_ONE_TO_ONE and hears:
        raise control(
            "not_in_groups",
            f"a {said.kind} cannot be sent to a robot in a group; say it one-to-one or with at: false",
        )
    extra: Json = {"media": list(said.media)} if said.media else {}
    if body.get("quote"):
        extra["quote"] = body["quote"]
    line = world.write(
        sender.id, to=sender.id, group=group.id if group else None, kind=said.kind, text=said.text, extra=extra
    )
    if hears:
        _push(world, line, sender, group, said, _mentioned(world, body))
    return {"msgId": line.id}


def speaker(world: World, person_id: object) -> Person:
    """Return whose account a person speaks with; refused for who has none."""
    if not isinstance(person_id, str) or person_id not in world.town.people:
        raise control("no_such_person", f"nobody in the town has the id {person_id!r}", 404)
    account = world.town.account(person_id)
    if account is None:
        raise control("no_account", f"{person_id} has no phone and no account: nobody can speak or look as this person")
    return account


def _push(
    world: World, line: Message, sender: Person, group: Group | None, said: Saying, mentioned: tuple[Person, ...]
) -> None:
    session, until = world.tokens.session(sender.id, group.id if group else None, line.stamp)
    faults = world.faults
    is_outside = faults.strikes(FaultKind.outsider, sender=sender.id) is not None
    envelope = Envelope(
        client_id=world.client_id,
        corp_id=world.town.corp_id,
        sender=replace(sender, staff_id=None) if is_outside else sender,
        group=group,
        message_id=line.id,
        created_ms=line.stamp,
        webhook=f"{world.origin}/robot/sendBySession?session={quote(session, safe='')}",
        webhook_until=until,
        is_published=not faults.strikes(FaultKind.unpublished, sender=sender.id),
        mentioned=mentioned,
    )
    if faults.strikes(FaultKind.unknown_type, sender=sender.id):
        said = unknown("forward", said.text)
    data = bot_messages.bot_message(envelope, said.msgtype, said.content)
    is_within = world.meter.push("bot")
    over = faults.strikes(FaultKind.quota_exhausted, pool="push")
    if over or not is_within:
        data = bot_messages.without_text(data, words("talk", "quota"), over.option("field") if over else "")
    frame = Frame(FrameType.CALLBACK, frames.BOT_TOPIC, world.gateway.message_id(), dumps(data).decode())
    world.gateway.push(Kind.bot, frame)


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
