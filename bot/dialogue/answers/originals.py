"""The original behind an answer: the address of its page where there is a public one, else its file when somebody asks.

A page or file is offered only for what was just quoted to the same people; it is looked up again when it is asked for.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.dialogue.addresses import Originals
from bot.dialogue.parts import Part, Turn, texts
from knowledge.search.partitions import may_see
from knowledge.wording import originals
from knowledge.wording.replies import Answer
from township.db import Tx
from township.effects import SendFile, ToConversation


def where(tx: Tx, shelf: Originals | None, found: Answer, at: datetime) -> tuple[str, Mapping[str, Any] | None]:
    """Give the line under an answer that says where its original is, and what the talk is to remember of it."""
    original = originals.of_clause(tx, found.citations[0].clause_id) if shelf and found.citations else None
    if shelf is None or original is None:
        return "", None
    remembered = {"clause": original.clause_id}
    if link := shelf.link(original, at):
        return "\n" + texts().say("original_page", link=link), remembered
    return ("\n" + texts().say("original_file") if shelf.is_kept(original) else ""), remembered


def send(tx: Tx, turn: Turn, position: int) -> Part:
    """Send the original of what was quoted last, to who asks for it; what one may not see is not there."""
    known, shelf = turn.state.get("original") or {}, turn.originals
    original = originals.of_clause(tx, str(known.get("clause", "")))
    if original is None or shelf is None or not may_see(turn.situation.scope, original.partition):
        return Part(texts().say("original_of_what"))
    if shelf.is_kept(original):
        effect = SendFile(ToConversation(turn.heard.conversation.id), original.content_hash, original.file_name)
        said = texts().say("original_sent", title=original.title) if turn.heard.conversation.is_group else ""
        return Part(said, effects=((f"{turn.key(position)}:original", effect),))
    if link := shelf.link(original, turn.situation.at):
        return Part(texts().say("original_page", link=link))
    return Part(texts().say("original_not_kept", title=original.title))
