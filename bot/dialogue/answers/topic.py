"""What was talked about last: kept with the conversation for as long as people go on with it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.conversations import TalkState
from bot.dialogue.parts import Part

KEPT = timedelta(minutes=30)
"""How long "and what do I bring?" is still about the last answer."""

JUST = timedelta(minutes=5)
"""How long what is said of a person goes on with an answer and is not heard as a cry."""


def remember(question: str, at: datetime, *, title: str = "") -> dict[str, Any]:
    """Keep what a question was about, and the title of what answered it: "an old man of 83, how much a month" names no
    allowance. It takes the place of what was kept before."""
    return {"question": question, "question_at": at.isoformat(), "question_title": title}


def was_just_told(state: TalkState, at: datetime) -> bool:
    """Tell whether a question was answered a moment ago, and nothing else begun since."""
    asked_at = state.get("question_at")
    return bool(asked_at) and at - datetime.fromisoformat(str(asked_at)) <= JUST


def ended(part: Part) -> Part:
    """Let nobody go on with what was asked before: somebody speaks of something else now."""
    return replace(part, state={**part.state, "question_at": None})


def latest(state: TalkState, at: datetime) -> str:
    """Give what the last answer was about; empty when nobody has gone on with it for too long, or it has ended."""
    asked_at = state.get("question_at")
    is_fresh = bool(asked_at) and at - datetime.fromisoformat(str(asked_at)) <= KEPT
    return f"{state.get('question_title', '')} {state.get('question', '')}".strip() if is_fresh else ""
