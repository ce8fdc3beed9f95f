"""A scam: what to do now, and, if who got it wishes, a line for the neighbours that the village's clerk may send.

Nothing of the scam itself is carried on, neither an address nor a number, and nobody hears who got it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning.commands import Scam
from bot.dialogue.parts import Part, Turn, texts
from township import directory
from township.db import Tx
from township.directory import Role
from township.effects import Effect, Say, ToPerson

OFFERED = timedelta(hours=1)
"""How long a number means that the neighbours shall be warned."""
WARN = "1"


def named(turn: Turn, command: Scam) -> Part:
    """Say that it is one and what to do; offer to warn the village where no other question waits for a number."""
    has_happened = words.load().find("scam.happened", plain(command.text)) is not None
    said, person = texts().say("scam_lost" if has_happened else "scam"), turn.situation.person
    if person is None or person.village_id is None or turn.heard.conversation.is_group or _is_asked_else(turn):
        return Part(said)
    kept = {"at": turn.heard.received_at.isoformat(), "as": _posing_as(command.text)}
    return Part(f"{said}\n{texts().say('scam_offer')}", state={"scam": kept})


def warned(tx: Tx, turn: Turn, position: int) -> Part | None:
    """Give the clerks of the village a line to send; None where this was not what the number answers."""
    kept: Mapping[str, str] = turn.state.get("scam") or {}
    person = turn.situation.person
    is_offered = bool(kept) and turn.heard.received_at - datetime.fromisoformat(kept["at"]) <= OFFERED
    if not is_offered or person is None or turn.heard.incoming.text.strip() != WARN or _is_asked_else(turn):
        return None
    clerks = directory.people_with_role(
        tx, turn.situation.town_id, Role.VILLAGE_CLERK, turn.situation.at, person.village_id
    )
    line = texts().say("scam_to_clerk", body=kept["as"] or texts().say("scam_somebody"))
    effects: list[tuple[str, Effect]] = [
        (f"{turn.key(position)}:{clerk.id}", Say(ToPerson(clerk.id), line)) for clerk in clerks
    ]
    said = texts().say("scam_warned" if clerks else "scam_nobody", phone=turn.situation.phone)
    return Part(said, effects=tuple(effects), state={"scam": None})


def _is_asked_else(turn: Turn) -> bool:
    return any(waiting.said_by(WARN) for waiting in turn.situation.waiting)


def _posing_as(text: str) -> str:
    """Whom the sender pretends to be, where the message begins with it and it is a name and nothing else."""
    found = words.load().find("scam.forwarded", text)
    body = found["body"] if found else ""
    return body if body.isalpha() else ""
