"""What was talked about last: kept with the conversation for as long as people go on with it."""

from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.conversations import TalkState

KEPT = timedelta(minutes=30)
"""How long "and what do I bring?" is still about the last answer."""


def remember(question: str, at: datetime) -> dict[str, Any]:
    """Keep what a question was about; it takes the place of what was kept before."""
    return {"question": question, "question_at": at.isoformat()}


def latest(state: TalkState, at: datetime) -> str:
    """Give what the last answer was about; empty when nobody has gone on with it for too long."""
    question, asked_at = str(state.get("question", "")), state.get("question_at")
    if asked_at and at - datetime.fromisoformat(str(asked_at)) > KEPT:
        return ""
    return question
