"""A few sentences that nobody said, understood before anybody is heard: what is read once is read then.

Words, sounds and rules are read when they are first needed, for a second and a half on one small machine; a tap that
came in the first seconds after a start waited for it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.dialogue.conversations import Conversation
from bot.dialogue.parts import Heard
from bot.messages import Incoming, MessageKind

NOBODY = "rehearsal"


@cache
def sentences() -> Sequence[str]:
    """What is rehearsed: one sentence of each kind that people say."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("rehearsing.yaml").read_text("utf-8"))
    return tuple(str(one) for one in loaded["sentences"])


def said(town_id: str, text: str, at: datetime) -> Heard:
    """Make a message of nobody in a conversation that is kept nowhere."""
    incoming = Incoming(
        message_id=NOBODY, account_id=NOBODY, conversation_id=NOBODY, is_group=False, group_title="",
        sender_id=NOBODY, sender_staff_id="", sender_nick="", sender_union_id="", kind=MessageKind.text, text=text,
        by_voice=False, attachments=(), quote=None, sent_at=at, session_webhook="", webhook_expires_at=None,
        robot_code="",
    )  # fmt: skip
    talk = Conversation(
        id=NOBODY, account_id=NOBODY, town_id=town_id, open_id=NOBODY, is_group=False, group_id=None, person_id=None,
        sender_id=NOBODY, staff_id="", webhook="", webhook_until=None,
    )  # fmt: skip
    return Heard(NOBODY, talk, incoming, at)
