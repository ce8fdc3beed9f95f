"""What one person sees now: messages, cards with their buttons, to-dos."""

from collections.abc import Mapping

from sandbox.chats import KEPT
from sandbox.control.talk import speaker
from sandbox.encoding import Json
from sandbox.refusals import control
from sandbox.world import World


def inbox(world: World, query: Mapping[str, str]) -> Json:
    """Return the inbox of `as`; `after` (a seq) and `limit` keep it short, `peek=1` leaves it unread."""
    person = speaker(world, query.get("as"))
    after, limit = _number(query, "after", 0), _number(query, "limit", KEPT)
    lines = world.chats.inbox(person.id, after=after, limit=limit, is_reading=query.get("peek") != "1")
    cards = [card.as_json(person.id) for card in world.cards.seen_by(person.id)[-limit:]]
    tasks = [todo.as_json() for todo in world.todos.of(person.union_id or "")]
    return {"messages": [line.as_json() for line in lines], "cards": cards, "todos": tasks}


def _number(query: Mapping[str, str], key: str, default: int) -> int:
    text = query.get(key, "")
    if not text:
        return default
    if not text.isdigit():
        raise control("bad_number", f"{key} is a whole number, not {text!r}")
    return int(text)
