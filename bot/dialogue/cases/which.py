"""Which of several services is meant: asked once, answered by number, by name, or with "none of them".

What nobody understands or knows is put so as well: to be looked at in the village, or to be asked of a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.conversations import TalkState
from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning.commands import WhichSkill
from bot.dialogue.meaning.services import HANDOFF
from bot.dialogue.parts import Part, Turn, open_form, texts

MOST = 3
"""Services that are offered: more is not read on a phone."""
LIVES = timedelta(minutes=30)
"""How long a number answers the question."""


def ask(turn: Turn, command: WhichSkill) -> Part:
    """Ask, and remember between what."""
    skills = list(command.skills[:MOST])
    named = [turn.services.manifests[skill].name for skill in skills]
    choices = " ".join(texts().say("which_choice", n=n, name=name) for n, name in enumerate(named, 1))
    return Part(texts().say("which_skill", choices=choices), state=_waiting(turn, skills, command.text))


def not_understood(turn: Turn, text: str) -> Part | None:
    """Ask whether words that nobody understands are to be looked at, or given to a person; None where we may not.

    What speaks of a cadre is never one number away from the village (law of talk 7).
    """
    report = next((skill.name for skill in turn.services.words if skill.catches_all), "")
    names = turn.situation.cadres
    is_about_cadre = words.load().find("grievance.object", plain(text)) or any(name in text for name in names)
    if not text.strip() or not report or is_about_cadre or not _may_ask(turn):
        return None
    return Part(texts().say("again_which"), state=_waiting(turn, [report, HANDOFF], text))


def with_person(turn: Turn, part: Part, text: str, said: str) -> Part:
    """Say, where a number can answer, a sentence that offers to ask a person; else the part as it is."""
    if not _may_ask(turn):
        return part
    return replace(part, text=texts().say(said), state={**part.state, **_waiting(turn, [HANDOFF], text)})


def _may_ask(turn: Turn) -> bool:
    """Tell whether a number said next can only answer this: one to one, with nothing else that waits for one."""
    if turn.several or turn.heard.conversation.is_group or turn.situation.person is None:
        return False
    others = (turn.state.get(name) for name in ("act", "naming", "alarm", "post", "wish"))
    return not (open_form(turn.heard) or turn.situation.waiting or any(others))


def _waiting(turn: Turn, skills: Sequence[str], text: str) -> Mapping[str, Any]:
    return {"which": {"skills": [*skills], "text": text, "at": turn.heard.received_at.isoformat()}}


def waits(state: TalkState, now: datetime) -> Mapping[str, Any]:
    """Find between what was asked; empty if nothing waits."""
    known: Mapping[str, Any] = state.get("which") or {}
    return known if known and now - datetime.fromisoformat(known["at"]) <= LIVES else {}
