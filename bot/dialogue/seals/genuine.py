"""Somebody sends a PDF back: is this paper true? Examined while thinking, answered from the register when writing."""

from collections.abc import Callable

from bot.dialogue.media import Fetched
from bot.dialogue.parts import Part, Turn
from bot.messages import Attachment, Incoming, MessageKind
from township.db import Tx
from workflows.seals import filecheck
from workflows.seals.paper.checking import Checked, Verdict

Check = Callable[[bytes], Checked]
"""Examine a file; blocks."""


def may_be_paper(attachment: Attachment) -> bool:
    """Say whether a file may be a paper of ours: what a telephone calls a PDF."""
    return attachment.kind == "file" and attachment.name.lower().endswith(".pdf")


def wanted(incoming: Incoming) -> tuple[Attachment, ...]:
    """Choose what a villager's message holds to be examined: each costs a call."""
    is_file = incoming.kind is MessageKind.file
    return tuple(one for one in incoming.attachments if may_be_paper(one)) if is_file else ()


def examined(fetched: Fetched, check: Check, *, brings_documents: bool) -> Checked | None:
    """Examine a file that was fetched; None where nothing is to be said of seals.

    Who brings documents sends PDFs to be read, sealed by other bodies too: only what bears a seal of ours is answered.
    """
    if fetched.problem or not may_be_paper(fetched.attachment):
        return None
    checked = check(fetched.content)
    if checked.verdict is Verdict.NO_PDF or (brings_documents and not checked.is_ours):
        return None
    return checked


def answered(tx: Tx, turn: Turn, checked: Checked) -> Part:
    """Say whether a file is to be believed."""
    return Part(filecheck.in_words(tx, turn.situation.town_id, checked, turn.situation.at))
