"""Which of several services is meant: asked once, answered by number, by name, or with "none of them"."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.conversations import TalkState
from bot.dialogue.meaning.commands import WhichSkill
from bot.dialogue.parts import Part, Turn, texts

MOST = 3
"""Services that are offered: more is not read on a phone."""
LIVES = timedelta(minutes=30)
"""How long a number answers the question."""


def ask(turn: Turn, command: WhichSkill) -> Part:
    """Ask, and remember between what."""
    skills = list(command.skills[:MOST])
    named = [turn.services.manifests[skill].name for skill in skills]
    choices = " ".join(texts().say("which_choice", n=n, name=name) for n, name in enumerate(named, 1))
    waits = {"skills": skills, "text": command.text, "at": turn.heard.received_at.isoformat()}
    return Part(texts().say("which_skill", choices=choices), state={"which": waits})


def waits(state: TalkState, now: datetime) -> Mapping[str, Any]:
    """Find between what was asked; empty if nothing waits."""
    known: Mapping[str, Any] = state.get("which") or {}
    return known if known and now - datetime.fromisoformat(known["at"]) <= LIVES else {}
