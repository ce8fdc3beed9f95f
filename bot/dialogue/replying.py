"""Puts the parts of a turn into one reply, and says where the talk stands after it (law of talk 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.dialogue.parts import Counts, Part, Turn, texts
from township.effects import Effect, Say, ToConversation, ToPerson

OVER = ("told", "which", "offer", "withdraw", "again")
"""What is over with the next reply: an answer is the last thing said, or a question of ours, or neither is."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a turn puts into the outbox, and where the talk stands after it; None: as before."""

    replies: tuple[tuple[str, Effect], ...] = ()
    effects: tuple[tuple[str, Effect], ...] = ()
    state: Mapping[str, Any] | None = None
    forget: tuple[str, ...] = ()
    """Messages whose words are not kept."""


def written(turn: Turn, parts: Sequence[Part], *, understood: bool) -> Written:
    """Gather words, effects and memories of all parts."""
    heard = turn.heard
    over = dict.fromkeys(OVER) if any(part.text for part in parts) else {}
    state = {**heard.conversation.state, **over, **({"strikes": 0} if understood else {})}
    for part in parts:
        state |= part.state
    kept = {name: value for name, value in state.items() if value not in (None, 0, "")}
    spoken = [part for part in parts if part.text]
    private = heard.conversation.is_group and any(part.in_private for part in spoken)
    effects = tuple(effect for part in parts for effect in part.effects)
    forget = tuple(message for part in parts for message in part.forget)
    replies = _replies(turn, spoken, private=private, passing=bool(forget))
    return Written(replies, effects, kept if kept != dict(heard.conversation.state) else None, forget)


def _replies(turn: Turn, parts: Sequence[Part], *, private: bool, passing: bool) -> tuple[tuple[str, Effect], ...]:
    """Put several matters into one reply; what is private is said to the person alone (law of talk 4)."""
    if not parts:
        return ()
    heard, person = turn.heard, turn.situation.person
    here = ToConversation(heard.conversation.id)
    words = _joined(parts)
    reply_to = heard.incoming.message_id
    if not private:
        return ((f"{heard.id}:reply", Say(here, words, reply_to=reply_to, passing=passing)),)
    if person is None:
        return (
            (
                f"{heard.id}:reply",
                Say(here, texts().say("private_nobody", phone=turn.situation.phone), reply_to=reply_to),
            ),
        )
    return (
        (f"{heard.id}:reply", Say(here, texts().say("private"), reply_to=reply_to)),
        (f"{heard.id}:private", Say(ToPerson(person.id), words, reply_to=reply_to, passing=passing)),
    )


def _joined(parts: Sequence[Part]) -> str:
    said = [part.text for part in parts if not part.aside]
    asides = [part.text for part in parts if part.aside]
    if len(said) > 1:
        lines = [texts().say("several_line", n=n, text=text) for n, text in enumerate(said, 1)]
        said = [texts().say(_head(parts), lines="\n".join(lines), **_counted(parts))]
    return "\n".join([*said, *asides])


def _head(parts: Sequence[Part]) -> str:
    """Say what became of several matters: filed, answered, or some of each."""
    counts = {part.counts for part in parts if not part.aside}
    if counts == {Counts.filed}:
        return "several_filed"
    if counts == {Counts.answered}:
        return "several_answered"
    return "several_mixed" if counts == {Counts.filed, Counts.answered} else "several"


def _counted(parts: Sequence[Part]) -> dict[str, int]:
    said = [part for part in parts if not part.aside]
    filed = sum(part.counts is Counts.filed for part in said)
    answered = sum(part.counts is Counts.answered for part in said)
    return {"count": len(said), "filed": filed, "answered": answered}
