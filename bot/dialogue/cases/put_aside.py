"""A form that waits because another was begun in the middle of it: said so, and asked on when the other is done."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.dialogue.cases import after_all, filling
from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.parts import FORM_LIVES, Part, Turn, open_form

WAITS = "put_aside"
"""The form that waits, in what the talk remembers."""


def of(turn: Turn, parts: Sequence[Part]) -> list[Part]:
    """Say that the form that was open waits, or take up the one that waits when nothing else is asked any more."""
    now: dict[str, Any] = {}
    for part in parts:
        now |= part.state
    after = {**turn.state, **now}
    is_asking = bool(after.get("form")) or bool((after.get("wish") or {}).get("text"))
    if "form" in now and is_asking:
        return _waits(turn, after)
    was_asking = bool(open_form(turn.heard)) or bool((turn.state.get("wish") or {}).get("text"))
    return _taken_up(turn) if was_asking and not is_asking else []


def _waits(turn: Turn, after: Mapping[str, Any]) -> list[Part]:
    before = open_form(turn.heard)
    manifest = turn.services.manifests.get(before.get("skill", ""))
    is_other = (after.get("form") or {}).get("skill") != before.get("skill")
    if manifest is None or not is_other or before["asked"] in filling.OF_REPORTS:
        return []
    if words.load().find("instead", plain(turn.heard.incoming.text)):
        return []
    said = filling.texts().say("put_aside", service=manifest.name)
    return [Part(said, state={WAITS: dict(before)}, aside=True)]


def _taken_up(turn: Turn) -> list[Part]:
    form: Mapping[str, Any] = turn.state.get(WAITS) or {}
    if not form or turn.heard.received_at - datetime.fromisoformat(form["at"]) > FORM_LIVES:
        return []
    part = after_all.taken_up(turn, form)
    if part is None:
        return [Part(state={WAITS: None}, aside=True)]
    name = turn.services.manifests[form["skill"]].name
    said = filling.texts().say("taken_up", service=name, asked=part.text)
    return [Part(said, state={**part.state, WAITS: None}, in_private=True, aside=True)]
