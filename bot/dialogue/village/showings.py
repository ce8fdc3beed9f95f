"""What is shown to everybody, in chat: what stands there, and an objection that holds it until somebody has looked."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.dialogue.parts import Counts, Part, Turn
from bot.wording import sentence
from township.db import Tx
from township.errors import Mistake, Refused
from township.statements import savepoint
from township.texts import Texts
from workflows.cases import Opening
from workflows.clocks.deadlines import say_day
from workflows.house import texts as house_texts
from workflows.public import endings, showings
from workflows.public.showings import Shown
from workflows.state import Via

ENDS = "。！!？?~ "
ASKED = "objection"
"""In the memory of a talk: to which of what is shown somebody objects, and why."""
LISTED = 20
SHORTEST = 4
"""Characters of a reason; less says nothing that could be looked into."""


@cache
def _words() -> Mapping[str, re.Pattern[str]]:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return {name: re.compile(pattern) for name, pattern in loaded.items()}


@cache
def texts() -> Texts:
    """The sentences of what concerns many at once."""
    return Texts.load(Path(__file__).with_name("crowd_texts.yaml"))


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Say what is shown, or take an objection; None when something else was said."""
    text, before = said.strip().strip(ENDS), turn.state.get(ASKED)
    objects = _words()["objects"].search(text) is not None
    if not (objects or before or _words()["listed"].fullmatch(text)) or turn.situation.person is None:
        return None
    if turn.heard.conversation.is_group:
        return Part(texts().say("objection_private")) if objects else None
    shown = showings.listed(tx, turn.situation.town_id, village_id=turn.situation.village_id, limit=LISTED)
    if before and not objects:
        return _answered(tx, turn, shown, before, text)
    if not objects:
        return Part(_listed(shown))
    if not shown:
        return Part(texts().say("shown_none"))
    reason = _words()["reason"].sub("", text)
    return _taken(tx, turn, shown, _meant(shown, text), reason if len(reason) >= SHORTEST else "")


def _listed(shown: Sequence[Shown]) -> str:
    if not shown:
        return texts().say("shown_none")
    return "\n".join([texts().say("shown_head"), *_lines(shown), texts().say("shown_how")])


def _lines(shown: Sequence[Shown]) -> list[str]:
    return [
        texts().say(
            "shown_line", n=n, title=one.title, line=one.in_words, number=one.number,
            until=texts().say("shown_until", day=say_day(one.until, house_texts())) if one.until else "",
        )
        for n, one in enumerate(shown, 1)
    ]  # fmt: skip


def _meant(shown: Sequence[Shown], text: str) -> list[Shown]:
    """What a text may mean: what it names by number or title, else all."""
    plain = text.replace(" ", "")
    named = [one for one in shown if one.number.replace(" ", "") in plain]
    return named or [one for one in shown if one.title in text] or list(shown)


def _answered(
    tx: Tx, turn: Turn, shown: Sequence[Shown], before: Mapping[str, object], text: str
) -> Part | None:  # fmt: skip
    """Take the number of what is meant, or the reason that was asked for."""
    reason = str(before.get("text", ""))
    if chosen := before.get("id"):
        return _taken(tx, turn, shown, [one for one in shown if one.id == chosen], text)
    if not text.isdecimal() or not 1 <= int(text) <= len(shown):
        return None
    return _taken(tx, turn, shown, [shown[int(text) - 1]], reason)


def _taken(tx: Tx, turn: Turn, shown: Sequence[Shown], meant: Sequence[Shown], reason: str) -> Part:
    if not meant:
        return Part(texts().say("shown_none"), state={ASKED: None})
    if len(meant) > 1:
        lines = "\n".join(_lines(shown))
        return Part(texts().say("objection_which", lines=lines), state={ASKED: {"text": reason}})
    if not reason:
        return Part(texts().say("objection_why", title=meant[0].title), state={ASKED: {"id": meant[0].id}})
    return _open(tx, turn, meant[0], reason)


def _open(tx: Tx, turn: Turn, found: Shown, reason: str) -> Part:
    person, situation = turn.situation.person, turn.situation
    fields = endings.fields_of(tx, found, reason)
    via = Via.VOICE if turn.heard.incoming.by_voice else Via.CHAT
    opening = Opening(
        situation.town_id, endings.objection_service(tx, found), turn.key(1), fields, turn.heard.received_at,
        spoke=person.id if person else None, village_id=found.village_id,
        conversation_id=turn.heard.conversation.id, via=via,
    )  # fmt: skip
    try:
        with savepoint(tx):
            outcome = endings.object_to(tx, found, opening, now=situation.at)
    except (Mistake, Refused) as refusal:
        return Part(sentence(refusal), state={ASKED: None})
    return Part(outcome.reply, state={ASKED: None}, counts=Counts.filed)
