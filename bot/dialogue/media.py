"""What people send besides words: which of it is worth fetching, and what became of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.messages import Attachment, Incoming, MessageKind


@dataclass(frozen=True, slots=True)
class Fetched:
    """An attachment that was fetched, or the reason why not."""

    attachment: Attachment
    sha256: str = ""
    content: bytes = b""
    problem: str = ""
    """Name of the sentence that says why it is not here."""


Fetch = Callable[[str, Attachment], Awaitable[Fetched]]
"""Fetch an attachment of an account."""


def wanted(incoming: Incoming, *, brings: bool) -> Sequence[Attachment]:
    """Choose what to fetch now: each costs a call, and its code expires.

    Pictures and videos belong to a report. A file is fetched of who may bring a document, or was asked for one. A
    recording is fetched where its words were not recognised, for the clerk to listen to.
    """
    match incoming.kind:
        case MessageKind.picture | MessageKind.rich_text | MessageKind.video:
            return incoming.attachments
        case MessageKind.file:
            return incoming.attachments if brings else ()
        case MessageKind.audio:
            return () if incoming.text.strip() else incoming.attachments
        case _:
            return ()
