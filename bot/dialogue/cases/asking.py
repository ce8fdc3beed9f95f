"""Asks for one field of a form, and keeps in the talk what the answer will belong to."""

from collections.abc import Sequence
from typing import Any

from bot import blanks
from bot.dialogue.cases import filling
from bot.dialogue.meaning.services import OTHER
from bot.dialogue.parts import Part, Turn, open_form, texts
from skills.manifest import Manifest
from workflows.cases import Opening
from workflows.definition import FieldKind

KINDS_SHOWN = 5
"""Kinds named in a question, besides the last one that takes all others: more is not read on a phone."""
TAKEN_ALONG = ("affected", "wrote", "told", "village_id")
"""What an opening knows besides its fields while something is still asked."""


def question(turn: Turn, matter: Opening, name: str) -> Part:
    """Ask for one field; of a choice, some are named, and a number means what was named."""
    manifest = turn.services.manifests[matter.skill]
    spec, before = manifest.form[name], open_form(turn.heard)
    choices = shown(manifest, name)
    asked = with_choices(manifest, name, manifest.texts[spec.ask])
    known = {part: getattr(matter, part) for part in TAKEN_ALONG}
    form: dict[str, Any] = {
        "skill": matter.skill, "fields": dict(matter.fields), "asked": name, "choices": choices,
    }  # fmt: skip
    if spec.kind in filling.SENT:
        form["sends"] = True
    form |= {"known": {**known, "told": list(matter.told)}, "at": turn.heard.received_at.isoformat()}
    if spec.sensitive and manifest.consent and not before.get("told_why"):
        asked, form["told_why"] = f"{manifest.texts[manifest.consent]}\n{asked}", True
    elif before.get("told_why"):
        form["told_why"] = True
    return Part(asked, state={"form": form})


def page_offered(turn: Turn, manifest: Manifest) -> str:
    """Offer a form with many questions as a page, where there are pages; never in a group, and only at its first."""
    is_long = len(blanks.asked_of(manifest.form)) > blanks.LONG
    is_alone = turn.situation.person is not None and not turn.heard.conversation.is_group
    if open_form(turn.heard) or not is_long or not is_alone or turn.originals is None:
        return ""
    link = turn.originals.form_link(turn.heard.conversation.id, turn.heard.received_at)
    return "\n" + filling.texts().say("on_page", link=link) if link else ""


def with_choices(manifest: Manifest, name: str, asked: str) -> str:
    """Number the options of a choice behind its question; any other question stays as it is."""
    options = manifest.form[name].options
    listed = " ".join(f"{n} {options[key].name}" for n, key in enumerate(shown(manifest, name), 1))
    return texts().say("ask_choice", ask=asked, choices=listed) if listed else asked


def shown(manifest: Manifest, name: str) -> Sequence[str]:
    """List the options that a question names, in their order; none where the field is no choice."""
    spec = manifest.form[name]
    if spec.kind is not FieldKind.CHOICE:
        return []
    keys = [key for key in spec.options if key != OTHER]
    return [*keys[:KINDS_SHOWN], *([OTHER] if OTHER in spec.options else keys[KINDS_SHOWN:])]
