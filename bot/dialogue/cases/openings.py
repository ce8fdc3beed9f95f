"""What a case is opened with: who speaks and in what way, and the photos that came before their words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.parts import Turn
from bot.messages import MessageKind
from workflows.cases import Opening
from workflows.state import Via

FRESH = timedelta(hours=1)
"""How long photos wait for the words that belong to them."""


def opening(turn: Turn, skill: str, position: int, fields: Mapping[str, Any]) -> Opening:
    """Make a matter of who speaks."""
    situation, heard = turn.situation, turn.heard
    return Opening(
        town_id=situation.town_id,
        skill=skill,
        key=turn.key(position),
        fields=fields,
        received_at=heard.received_at,
        spoke=situation.person.id if situation.person else None,
        village_id=situation.village_id,
        conversation_id=heard.conversation.id,
        via=Via.VOICE if heard.incoming.kind is MessageKind.audio else Via.CHAT,
        channels=("voice",) if heard.incoming.by_voice else ("chat",),
    )


def kept_photos(turn: Turn) -> list[str]:
    """Find the photos that came before their words, while they are fresh."""
    kept = turn.state.get("photos") or {}
    is_fresh = bool(kept) and turn.heard.received_at - datetime.fromisoformat(kept["at"]) <= FRESH
    return list(kept["hashes"]) if is_fresh else []
