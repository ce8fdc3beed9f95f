"""Gives a matter to a person: a question that nobody could answer, a wish for somebody to talk to, an opinion."""

from collections.abc import Sequence
from typing import Any

from bot.dialogue.cases import opinions
from bot.dialogue.cases.openings import opening
from bot.dialogue.meaning.commands import Feedback, Handoff
from bot.dialogue.meaning.services import HANDOFF
from bot.dialogue.parts import Counts, Part, Turn, texts
from township.db import Tx
from workflows import cases
from workflows.cases import Outcome


def hand_over(
    tx: Tx,
    turn: Turn,
    question: str,
    position: int,
    *,
    cause: str = "unknown",
    recordings: Sequence[str] = (),
    about: str = "",
) -> Outcome:
    """Give a question to a person, with the recordings in which it was said if nobody could read them."""
    fields: dict[str, Any] = {"what": question, "cause": cause}
    if recordings:
        fields["recording"] = list(recordings)
    if about:
        fields["about"] = about
    form = turn.services.manifests[HANDOFF].form
    known = {name: value for name, value in fields.items() if name in form}
    return cases.open(tx, opening(turn, HANDOFF, position, known), now=turn.situation.at)


def to_person(tx: Tx, turn: Turn, command: Handoff | Feedback, position: int) -> Part:
    """Somebody wants a person, wants the own data erased, or has an opinion; the same wish twice a day is one."""
    cause = command.cause if isinstance(command, Handoff) else "no_good" if command.on_us else "opinion"
    today = turn.situation.at.date().isoformat()
    if turn.state.get("handed", {}).get(cause) == today and cause != "opinion":
        return Part(texts().say(f"{cause}_before", phone=turn.situation.phone), in_private=True)
    said = command.text or str(turn.state.get("question", "")) or turn.heard.incoming.text
    about = opinions.object_of(tx, turn) if cause == "opinion" else ""
    outcome = hand_over(tx, turn, said, position, cause=cause, about=about)
    handed = {**turn.state.get("handed", {}), cause: today}
    state = {"handed": handed, "last": outcome.case_id}
    return Part(outcome.reply, state=state, in_private=True, counts=Counts.filed)
