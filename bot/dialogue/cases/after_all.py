"""Wanting after all what was dropped a moment ago: the form goes on where it stood, the report is filed anew."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from bot.dialogue.cases import asking, filling, matters
from bot.dialogue.cases.openings import opening
from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.parts import Part, Turn, open_form
from township.db import Tx
from workflows import casebook

LIVES = timedelta(minutes=30)
"""How long what was dropped can be wanted after all."""


def dropped_form(turn: Turn) -> Mapping[str, Any]:
    """What a talk remembers of a form that was given up."""
    form = open_form(turn.heard)
    return {"dropped": {"form": dict(form), "at": turn.heard.received_at.isoformat()}} if form else {}


def dropped_case(turn: Turn, case_id: str) -> Mapping[str, Any]:
    """What a talk remembers of a matter that was taken back."""
    return {"dropped": {"case": case_id, "at": turn.heard.received_at.isoformat()}}


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Take up what was dropped; None when nothing was, or the words say more than that it is wanted."""
    kept: Mapping[str, Any] = turn.state.get("dropped") or {}
    is_busy = open_form(turn.heard) or turn.state.get("act")
    if not kept or is_busy or turn.heard.received_at - datetime.fromisoformat(kept["at"]) > LIVES:
        return None
    if not words.load().fits("after_all", plain(said)):
        return None
    part = taken_up(turn, kept["form"]) if "form" in kept else _report(tx, turn, kept["case"])
    return replace(part, state={**part.state, "dropped": None}) if part else None


def taken_up(turn: Turn, form: Mapping[str, Any]) -> Part | None:
    """Ask once more what was asked when a form was left; None where the service was changed meanwhile."""
    manifest = turn.services.manifests.get(form["skill"])
    if manifest is None or form["asked"] not in manifest.form:
        return None
    known = filling.summary(manifest.form, form["fields"], turn)
    before = filling.texts().say("resumed", values=known) if known else ""
    ask = asking.with_choices(manifest, form["asked"], manifest.texts[manifest.form[form["asked"]].ask])
    return Part(f"{before}{ask}", state={"form": {**form, "at": turn.heard.received_at.isoformat()}}, in_private=True)


def _report(tx: Tx, turn: Turn, case_id: str) -> Part | None:
    """File a report anew, with all that it said."""
    case = casebook.get(tx, turn.situation.own_scope, case_id)
    manifest = turn.services.manifests.get(case.skill) if case else None
    if case is None or case.is_open or manifest is None or not manifest.form.keys() >= filling.OF_REPORTS:
        return None
    held = {"what": case.said.get("what"), "kind": case.kind, "place": case.said.get("place")}
    held["photos"] = case.fields.get("photos")
    fields = {name: value for name, value in held.items() if value}
    matter = structs.replace(opening(turn, case.skill, 1, fields), village_id=case.village_id)
    return matters.file(tx, turn, matter)
