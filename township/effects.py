"""What may leave the process, as data: the closed set of effects, and to whom.

The engine and the capabilities return effects, `outbox.put` stores them, `bot/delivery` alone carries them out.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct


class Policy(StrEnum):
    """How often an effect may happen when a process dies in the middle."""

    AT_LEAST_ONCE = "at_least_once"
    """Plain text: a repeat is harmless, it carries the case number."""
    KEYED = "keyed"
    """Cards and to-dos: the platform knows our key, a repeat changes nothing."""
    AT_MOST_ONCE = "at_most_once"
    """Seals and loudspeakers: unknown after a crash, and a person decides."""


class ToPerson(Struct, frozen=True):
    """One person, by whatever way reaches that person."""

    person_id: str


class ToConversation(Struct, frozen=True):
    """Where the message came from: a chat with the bot, or a group."""

    conversation_id: str


class ToGroup(Struct, frozen=True):
    """A group of a village or of the cadres."""

    group_id: str


Target = ToPerson | ToConversation | ToGroup


class Say(Struct, frozen=True):
    """A text to read. It is final: what is stored is what was said."""

    to: Target
    text: str
    title: str = ""
    case_id: str | None = None
    urgent: bool = False
    """Emergencies pass quiet hours, merging and the purse."""
    reply_to: str | None = None
    """The message that this answers: replies are never merged or delayed."""
    passing: bool = False
    """Its words are taken out of the row once they have left: nobody is to be found by them."""


class SayToAll(Struct, frozen=True):
    """The same notice to at most twenty people in one call, because a person decided so. Whom it did not reach is
    telephoned."""

    people: tuple[str, ...]
    text: str
    case_id: str
    batch: str
    """Keeps its turn apart from other batches."""


class ShowCard(Struct, frozen=True):
    """The card of a task, drawn from the rows as they stand when it is sent."""

    to: Target
    task_id: str
    case_id: str


class RefreshCards(Struct, frozen=True):
    """Draw all cards of a case anew; several waiting ones are one."""

    case_id: str


class SendFile(Struct, frozen=True):
    """A file from the store of the town, by its hash."""

    to: Target
    sha256: str
    name: str
    case_id: str | None = None


class MirrorTodo(Struct, frozen=True):
    """The DingTalk to-do that mirrors a task, open or done."""

    to: ToPerson
    task_id: str
    case_id: str
    done: bool = False


class ApplySeal(Struct, frozen=True):
    """A frozen paper is sealed by the town's backend. What comes of it returns to the case."""

    case_id: str
    paper_id: str


class Announce(Struct, frozen=True):
    """A broadcast to one group, at its minute. What comes of it returns to the broadcast."""

    to: ToGroup
    broadcast_id: str
    sending_id: str
    """The row that says what became of it in this group, at this occurrence."""
    title: str
    text: str
    case_id: str | None = None
    urgent: bool = False


Effect = Say | SayToAll | ShowCard | RefreshCards | SendFile | MirrorTodo | ApplySeal | Announce

_KINDS: dict[str, type[Any]] = {
    "say": Say,
    "say_to_all": SayToAll,
    "show_card": ShowCard,
    "refresh_cards": RefreshCards,
    "send_file": SendFile,
    "mirror_todo": MirrorTodo,
    "apply_seal": ApplySeal,
    "announce": Announce,
}
_TARGETS: dict[str, type[Any]] = {"person": ToPerson, "conversation": ToConversation, "group": ToGroup}
_NAMES: dict[type[Any], str] = {cls: name for name, cls in (_KINDS | _TARGETS).items()}
_POLICIES: dict[type[Any], Policy] = {
    **dict.fromkeys((Say, SayToAll, SendFile), Policy.AT_LEAST_ONCE),
    **dict.fromkeys((ShowCard, RefreshCards, MirrorTodo), Policy.KEYED),
    **dict.fromkeys((ApplySeal, Announce), Policy.AT_MOST_ONCE),
}


def kind_of(effect: Effect) -> str:
    """Name the kind under which an effect is stored."""
    return _NAMES[type(effect)]


def policy_of(effect: Effect) -> Policy:
    """Say how often this effect may happen."""
    return _POLICIES[type(effect)]


def order_key(effect: Effect) -> str:
    """Name the queue in which this effect keeps its turn: one per person, conversation, group or case.

    A card waits for no other card: whoever has hundreds to come is to see an emergency's at once.
    """
    if isinstance(effect, ShowCard):
        return f"card:{effect.task_id}"
    if isinstance(effect, RefreshCards):
        return f"case:{effect.case_id}"
    if isinstance(effect, ApplySeal):
        return f"paper:{effect.paper_id}"
    if isinstance(effect, SayToAll):
        return f"batch:{effect.batch}"
    return queue_of(effect.to)


def queue_of(to: Target) -> str:
    """Name the queue of a person, conversation or group."""
    return f"{_NAMES[type(to)]}:{_identity(to)}"


def to_json(effect: Effect) -> dict[str, Any]:
    """Turn an effect into what `from_json` reads."""
    payload = {name: getattr(effect, name) for name in effect.__struct_fields__}
    if (to := payload.get("to")) is not None:
        payload["to"] = {"kind": _NAMES[type(to)], **{name: getattr(to, name) for name in to.__struct_fields__}}
    return payload


def _identity(to: Target) -> str:
    match to:
        case ToPerson(identity) | ToConversation(identity) | ToGroup(identity):
            return identity


def from_json(kind: str, payload: Mapping[str, Any]) -> Effect:
    """Read back what `to_json` wrote."""
    values = dict(payload)
    if "people" in values:
        values["people"] = tuple(values["people"])
    if target := values.get("to"):
        values["to"] = _TARGETS[target["kind"]](**{name: value for name, value in target.items() if name != "kind"})
    effect: Effect = _KINDS[kind](**values)
    return effect
