"""A tap on a button of a card or of a message: the callback with its window, and the answer put on the card."""

import time

from sandbox import frames
from sandbox.cards import Card, Params, as_params, buttons
from sandbox.control.talk import say, speaker
from sandbox.encoding import Json, as_object, dumps
from sandbox.frames import Ack, Frame, FrameType
from sandbox.gateway import Kind
from sandbox.refusals import Refusal, control
from sandbox.town import Person
from sandbox.wire.outgoing import sent_text
from sandbox.world import World


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


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
