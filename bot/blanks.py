"""A form that was begun in talk, as a page reads it: its address, what it holds, and what becomes of it.

The talk keeps it in the state of its conversation; a page that fills it leaves it there, filled or finished. The
address names the conversation and a last hour and is signed; it opens as long as the form waits.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from bot.models import conversations
from township import outbox
from township.db import Tx
from township.effects import Say, ToConversation
from township.ids import ALPHABET
from workflows.cases import Opening
from workflows.definition import FieldKind, FormField
from workflows.state import Via

PATH = "/h5/t"
"""Where forms stand under the public address."""
LASTS = timedelta(hours=12)
"""How long an address opens: as long as a question of a form waits for its answer."""
LONG = 3
"""A form with more questions than this can also be filled on a page."""
IN_TALK = (FieldKind.PERSON, FieldKind.HOUSEHOLD)
"""Asked in the chat alone: whoever holds an address is not told who lives where."""
SIGNATURE = 12
_CODE = re.compile(rf"(?P<id>[0-9a-f]{{32}})(?P<hour>[0-9a-f]{{6}})(?P<signature>[{ALPHABET}]{{{SIGNATURE}}})")


@dataclass(frozen=True, slots=True)
class Blank:
    """A form that waits for answers."""

    conversation_id: str
    town_id: str
    person_id: str | None
    state: Mapping[str, Any]

    @property
    def form(self) -> Mapping[str, Any]:
        """What the talk keeps of it: service, fields, words, what is asked."""
        return dict(self.state["form"])

    @property
    def skill(self) -> str:
        """The service that it is for."""
        return str(self.form["skill"])

    @property
    def fields(self) -> Mapping[str, Any]:
        """What is known already."""
        return dict(self.form["fields"])


def asked_of(form: Mapping[str, FormField]) -> list[str]:
    """List the fields of a form that somebody has to be asked for."""
    return [name for name, spec in form.items() if spec.ask and spec.value is None and not spec.optional]


def code(key: bytes, conversation_id: str, now: datetime) -> str:
    """Make the address of the form that waits in a conversation."""
    hour = f"{int((now + LASTS).timestamp()) // 3600:06x}"
    return f"{conversation_id}{hour}{_signature(key, conversation_id, hour)}"


def _signature(key: bytes, conversation_id: str, hour: str) -> str:
    digest = hmac.new(key, f"form\n{conversation_id}\n{hour}".encode(), sha256).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:SIGNATURE])


def conversation_of(key: bytes, given: str, now: datetime) -> str | None:
    """Find whose form somebody holds the address of; None if it is nobody's, or has lapsed."""
    found = _CODE.fullmatch(given)
    if found is None or not hmac.compare_digest(_signature(key, found["id"], found["hour"]), found["signature"]):
        return None
    until = datetime.fromtimestamp((int(found["hour"], 16) + 1) * 3600, UTC)
    return found["id"] if now < until else None


def get(tx: Tx, conversation_id: str, *, lock: bool = False) -> Blank | None:
    """Find the form that waits in a conversation; None if none does."""
    c = conversations.c
    chosen = sa.select(c.id, c.town_id, c.person_id, c.state).where(c.id == conversation_id, c.is_group.is_(False))
    row = tx.execute(chosen.with_for_update() if lock else chosen).one_or_none()
    return Blank(row.id, row.town_id, row.person_id, row.state) if row and row.state.get("form") else None


def opening(blank: Blank, fields: Mapping[str, Any], now: datetime) -> Opening:
    """Make a matter of a form and all that is known."""
    form = blank.form
    known = {part: value for part, value in form["known"].items() if value}
    if "told" in known:
        known["told"] = tuple(known["told"])
    matter = Opening(
        blank.town_id, blank.skill, f"page:{blank.conversation_id}:{form['at']}", fields, now,
        spoke=blank.person_id, conversation_id=blank.conversation_id, via=Via.CHAT, channels=("chat",),
    )  # fmt: skip
    return replace(matter, **known)


def filed(tx: Tx, blank: Blank, case_id: str, said: str, now: datetime) -> None:
    """The form has become a case: the talk forgets it, and says the number where it was begun."""
    _keep(tx, blank, {**blank.state, "form": None, "photos": None, "post": None, "last": case_id})
    _say(tx, blank, said, now)


def keep(tx: Tx, blank: Blank, fields: Mapping[str, Any], now: datetime) -> None:
    """Keep what a page has given while something in it is still wrong."""
    _keep(tx, blank, {**blank.state, "form": _with(blank, fields, now)})


def ask_in_talk(tx: Tx, blank: Blank, fields: Mapping[str, Any], asked: str, said: str, now: datetime) -> None:
    """Keep what a page has given, and go on asking in the chat."""
    form = {**_with(blank, fields, now), "asked": asked, "choices": []}
    _keep(tx, blank, {**blank.state, "form": form})
    _say(tx, blank, said, now)


def _with(blank: Blank, fields: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    words = {name: {"text": str(value), "moon": False} for name, value in fields.items() if name not in blank.fields}
    said = {**blank.form.get("said", {}), **words}
    return {**blank.form, "fields": dict(fields), "said": said, "at": now.isoformat()}


def _keep(tx: Tx, blank: Blank, state: Mapping[str, Any]) -> None:
    mine = conversations.c.id == blank.conversation_id
    tx.execute(sa.update(conversations).where(mine).values(state=dict(state)))


def _say(tx: Tx, blank: Blank, said: str, now: datetime) -> None:
    to_where_it_began = Say(ToConversation(blank.conversation_id), said)
    key = f"page:{blank.conversation_id}:{blank.form['at']}:said"
    outbox.put(tx, blank.town_id, [(key, to_where_it_began)], now=now)
