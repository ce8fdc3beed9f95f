"""Why a form asks what it asks, in its author's words; the question stays open."""

from bot.dialogue.cases import asking, filling
from bot.dialogue.hearing import words
from bot.dialogue.parts import Part, Turn, open_form
from township.db import Tx


def heard(_: Tx, turn: Turn, text: str) -> Part | None:
    """Answer who wonders why something is asked, and ask it again."""
    form = open_form(turn.heard)
    manifest, name = turn.services.manifests.get(form.get("skill", "")), form.get("asked", "")
    spec = manifest.form.get(name) if manifest else None
    if manifest is None or spec is None or not spec.ask or not words.load().fits("asks_why_this", text.strip()):
        return None
    said = filling.texts()
    why = said.say("why_so", why=spec.why) if spec.why else said.say("why_unsaid")
    return Part(f"{why}{asking.with_choices(manifest, name, manifest.texts[spec.ask])}")
