"""What stands in everybody's chats: bounded lists per account and per group, seen as one inbox."""

from collections import deque
from dataclasses import dataclass, field
from heapq import merge
from itertools import count

from sandbox.encoding import Json
from sandbox.town import Town

KEPT = 2000
"""Messages kept per account and per group; older ones fall out."""
BOT = "bot"


@dataclass(slots=True)
class Message:
    """One line of a chat. `extra` holds what the page draws beside the text: media, buttons, quote, title."""

    seq: int
    id: str
    sender: str
    group: str | None
    type: str
    text: str
    at: str
    stamp: int
    to: str = ""
    """The account whose one-to-one chat with the bot this is; empty in a group."""
    extra: Json = field(default_factory=dict)

    def as_json(self) -> Json:
        """Return the message as the inbox shows it."""
        shown: Json = {"id": self.id, "seq": self.seq, "from": self.sender, "group": self.group, "type": self.type}
        return {**shown, "text": self.text, "at": self.at, **self.extra}


class Chats:
    """One-to-one chats with the bot by account id, groups by openConversationId."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._lines: dict[str, deque[Message]] = {}
        self._seq = count(1)
        self.read: dict[str, int] = {}
        """The newest line each account has seen."""
        self._groups_of: dict[str, list[str]] = {}
        self.regroup()

    def regroup(self) -> None:
        """Read anew who is in which group."""
        self._groups_of.clear()
        for group in self._town.groups.values():
            for member in group.members:
                self._groups_of.setdefault(member, []).append(group.id)

    def next_seq(self) -> int:
        """Return the next line number; lines of all chats share one row of numbers."""
        return next(self._seq)

    def add(self, message: Message) -> None:
        """Append a line to the chat it belongs to."""
        key = message.group or message.to
        lines = self._lines.get(key)
        if lines is None:
            lines = self._lines[key] = deque(maxlen=KEPT)
        lines.append(message)

    def remove(self, message: Message) -> None:
        """Take a line back without a trace, as a recall does."""
        lines = self._lines.get(message.group or message.to)
        if lines is not None and message in lines:
            lines.remove(message)

    def audience(self, message: Message) -> list[str]:
        """Return the accounts that see a line."""
        return list(self._town.groups[message.group].members) if message.group else [message.to]

    def inbox(self, account: str, *, after: int = 0, limit: int = KEPT, is_reading: bool = True) -> list[Message]:
        """Return the newest lines an account sees, oldest first, and count them as read."""
        chats = [self._lines.get(key, ()) for key in (account, *self._groups_of.get(account, ()))]
        newer = [_tail(chat, after) for chat in chats]
        lines = list(merge(*newer, key=lambda line: line.seq))[-limit:]
        if lines and is_reading:
            self.read[account] = max(self.read.get(account, 0), lines[-1].seq)
        return lines

    def find(self, account: str, message_id: str) -> Message | None:
        """Find a line by its id among those an account sees."""
        for key in (account, *self._groups_of.get(account, ())):
            for line in reversed(self._lines.get(key, ())):
                if line.id == message_id:
                    return line
        return None

    def clear(self) -> None:
        """Empty every chat."""
        self._lines.clear()
        self.read.clear()


def _tail(chat: "deque[Message] | tuple[()]", after: int) -> list[Message]:
    newer: list[Message] = []
    for line in reversed(chat):
        if line.seq <= after:
            break
        newer.append(line)
    newer.reverse()
    return newer
