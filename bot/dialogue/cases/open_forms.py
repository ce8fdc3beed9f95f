"""Answers to the question of an open form: read, passed over, put right, asked once more, or given to a person."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from msgspec import structs

from bot.dialogue.cases import asking, filling, matters, offering
from bot.dialogue.cases.filling import Filled
from bot.dialogue.cases.matters import Told
from bot.dialogue.cases.openings import opening
from bot.dialogue.hearing import words
from bot.dialogue.meaning import details, wishing
from bot.dialogue.meaning.commands import Ask, Command, StartSkill
from bot.dialogue.meaning.services import OTHER
from bot.dialogue.parts import Part, Turn, open_form, texts
from skills.manifest import Manifest
from township.db import Tx
from workflows.cases import Opening
from workflows.definition import FieldKind
from workflows.seals import papers, phrases, preview
from workflows.seals.wording import texts as seal_texts

A_WORD = 4
"""Characters up to which an answer only names a kind; longer ones tell more of the matter."""
NOTHING = Filled()


def fill(tx: Tx, turn: Turn, form: Mapping[str, Any], text: str, position: int) -> Part:
    """Give the open form its answer and file it."""
    asked, skill = form["asked"], form["skill"]
    manifest = turn.services.manifests[skill]
    if asked not in manifest.form:  # the service was changed meanwhile
        return _gone_on(tx, turn, form, NOTHING, position)
    is_passed_over = not text and asked == "kind"
    says_nothing = not any(sign.isalnum() for sign in text) or (asked == "what" and text.strip().isdecimal())
    if says_nothing and not is_passed_over:
        return Part(manifest.texts[manifest.form[asked].ask])
    if asked in wishing.OF_PAPER and words.load().find("answer.unknown", text) and not phrases.receiver(text):
        return Part(texts().say(f"unknown_{asked}"), in_private=True)
    if details.goes_on(text):
        return _resumed(tx, turn, form, position)
    if form.get("said") and details.puts_off(text):
        return Part(filling.texts().say("put_off"), state={"form": {**form, "put_off": True}})
    if _is_skipped(manifest, asked, text):
        return _gone_on(tx, turn, form, NOTHING, position, skipped=(asked,))
    if (skill, asked) == (preview.REVOKES, "code") and not papers.is_of_town(tx, turn.situation.town_id, text):
        return Part(seal_texts().say("revoke_unknown"), in_private=True)
    found = _read(tx, turn, form, text)
    if not found.problem:
        return _gone_on(tx, turn, form, found, position)
    put_right = filling.said_anew(turn, manifest.form, form, text)
    return (put_right and corrected(tx, turn, form, "", text, position)) or _asked_again(
        tx, turn, form, found, position
    )


def sent(tx: Tx, turn: Turn) -> Part | None:
    """Take what was sent as the answer to a question for a photo, a file or a signature."""
    form = open_form(turn.heard)
    manifest = turn.services.manifests.get(form.get("skill", ""))
    spec = manifest.form.get(form["asked"]) if manifest else None
    if spec is None or spec.kind not in filling.SENT or not turn.photos:
        return None
    return _gone_on(tx, turn, form, Filled({form["asked"]: turn.photos}), 1)


def corrected(tx: Tx, turn: Turn, form: Mapping[str, Any], old: str, new: str, position: int) -> Part | None:
    """Put right what was taken for the open form, and go on with it; None when it holds no such thing."""
    manifest = turn.services.manifests[form["skill"]]
    if form.get("begun"):
        return fill(tx, turn, form, new, position)
    found = filling.corrected(tx, turn, manifest.form, form, old, new)
    if found is None:
        return _answered_by(tx, turn, form, new, position)
    if found.problem:
        known = {name: value for name, value in form["fields"].items() if name != found.field}
        return _asked_again(tx, turn, {**form, "asked": found.field, "fields": known}, found, position)
    part = _gone_on(tx, turn, {**form, "said": _said(form, found)}, Filled(found.values), position)
    told = filling.echo(manifest.form, {**form["fields"], **found.values}, found.said, turn, changed=True)
    return replace(part, text=f"{told}{part.text}")


def _answered_by(tx: Tx, turn: Turn, form: Mapping[str, Any], new: str, position: int) -> Part | None:
    """Take what is right as the answer, where somebody corrects himself before anything was taken."""
    asked, manifest = form["asked"], turn.services.manifests[form["skill"]]
    spec = manifest.form.get(asked)
    if not new or spec is None or spec.kind in filling.AS_SAID or _is_told(manifest, asked):
        return None
    found = _read(tx, turn, form, new)
    return None if found.problem else _gone_on(tx, turn, form, found, position)


def still_asked(turn: Turn, commands: Sequence[Command], parts: Sequence[Part]) -> list[Part]:
    """Repeat the question of a form that stays open while something else was answered or filed; reports wait."""
    form = open_form(turn.heard)
    manifest = turn.services.manifests.get(form.get("skill", ""))
    is_aside = bool(commands) and all(isinstance(one, Ask | StartSkill) for one in commands)
    is_aside = is_aside and not any("form" in part.state for part in parts)
    if manifest is None or not is_aside or form["asked"] in filling.OF_REPORTS or not form.get("said"):
        return []
    asked = filling.texts().say("still_open", asked=manifest.texts[manifest.form[form["asked"]].ask])
    return [Part(asked, aside=True)]


def _gone_on(
    tx: Tx, turn: Turn, form: Mapping[str, Any], found: Filled, position: int, skipped: Sequence[str] = ()
) -> Part:
    """File the matter of an open form with what was found in an answer, or ask for the next thing."""
    told = Told(_said(form, found), fresh=found.said, skipped=[*form.get("skipped", ()), *skipped])
    return matters.file(tx, turn, _matter(turn, form, found, position), told)


def _said(form: Mapping[str, Any], found: Filled) -> matters.Said:
    return {**form.get("said", {}), **found.said}


def _matter(turn: Turn, form: Mapping[str, Any], found: Filled, position: int) -> Opening:
    """Make a matter of an open form and what was said now."""
    known = {part: value for part, value in form["known"].items() if value}
    if "told" in known:
        known["told"] = tuple(known["told"])
    return structs.replace(opening(turn, form["skill"], position, {**form["fields"], **found.values}), **known)


def _is_skipped(manifest: Manifest, asked: str, text: str) -> bool:
    """Tell whether an answer passes its question over; what every report has cannot be, nor a yes or no."""
    kind = manifest.form[asked].kind
    if _is_told(manifest, asked) or kind is FieldKind.YES_NO:
        return False
    return details.skips(text) or (kind in filling.SENT and details.has_none(text))


def _is_told(manifest: Manifest, asked: str) -> bool:
    """Tell whether any words answer a question: what it is and where, and which kind, where there is another one."""
    return asked in ("what", "place") or (asked == "kind" and OTHER in manifest.words())


def _resumed(tx: Tx, turn: Turn, form: Mapping[str, Any], position: int) -> Part:
    """Say what is known of a form that was begun before, and ask for the next thing."""
    manifest = turn.services.manifests[form["skill"]]
    part = _gone_on(tx, turn, form, NOTHING, position)
    known = filling.summary(manifest.form, form["fields"], turn)
    return replace(part, text=f"{filling.texts().say('resumed', values=known)}{part.text}") if known else part


def _asked_again(tx: Tx, turn: Turn, form: Mapping[str, Any], found: Filled, position: int) -> Part:
    """Ask once more and say why; not understood twice, it goes to a person (law of talk 2)."""
    asked, strikes = form["asked"], int(form.get("strikes", 0)) + (0 if found.choices or found.begun else 1)
    matter = _matter(turn, form, found, position)
    if strikes > 1:
        return matters.left_open(tx, turn, matter, asked)
    manifest = turn.services.manifests[form["skill"]]
    choices = [one.id for one in found.choices] or asking.shown(manifest, asked)
    again = {**form, "fields": dict(matter.fields), "strikes": strikes, "choices": choices}
    again |= {"names": [one.name for one in found.choices], "said": _said(form, found)}
    again |= {"at": turn.heard.received_at.isoformat(), "begun": found.begun or form.get("begun", "")}
    if found.begun:
        return Part(found.problem, state={"form": again})
    ask = manifest.texts[manifest.form[asked].ask]
    ask = filling.listed(found.choices) if found.choices else asking.with_choices(manifest, asked, ask)
    return Part(f"{found.problem}{ask}", state={"form": again})


def _read(tx: Tx, turn: Turn, form: Mapping[str, Any], text: str) -> Filled:
    """Read an answer with all that it holds, by the kind of its field."""
    asked, manifest = form["asked"], turn.services.manifests[form["skill"]]
    spec, number = manifest.form[asked], words.number(text)
    is_chosen = 0 < number <= len(form.get("choices", ()))
    if spec.kind in filling.CHOSEN and is_chosen:
        said = {"text": form["names"][number - 1], "moon": False}
        return Filled({asked: form["choices"][number - 1]}, {asked: said})
    if booked := offering.answered(turn, form, manifest, text):
        return booked
    if _is_told(manifest, asked) or asked in wishing.OF_PAPER:
        return Filled(_as_reported(turn, form, text))
    if spec.kind is FieldKind.CHOICE and is_chosen:
        return Filled({asked: form["choices"][number - 1]})
    whole = filling.with_day(turn, spec, str(form.get("begun", "")), text)
    return filling.answered(tx, turn, manifest.form, asked, whole, form["fields"])


def _as_reported(turn: Turn, form: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    """Read an answer: what it is, with all that it holds; or which kind, by number, by word, or as something else."""
    asked, skill = form["asked"], form["skill"]
    manifest = turn.services.manifests[skill]
    if asked == "what":
        home = "" if form["known"].get("affected") else turn.situation.home
        held = details.place(text, home) | details.since(text, turn.situation.at.date())
        kind = turn.services.kind_called(skill, text) or (OTHER if OTHER in manifest.words() else "")
        told = {"what": text, "kind": kind, **held}
        return {name: value for name, value in told.items() if name in manifest.form}
    if asked == "receiver" and (named := words.load().fits("answer.receiver", text.replace(" ", "，"))):
        return {asked: named["body"]}
    if not form.get("choices"):
        return {asked: text}
    number = words.number(text)
    if 0 < number <= len(form["choices"]):
        return {asked: form["choices"][number - 1]}
    kind = turn.services.kind_called(skill, text) or (OTHER if OTHER in manifest.words() else text)
    what = form["fields"].get("what", "")
    is_only_kind = len(text) <= A_WORD or number or "what" not in manifest.form
    return {asked: kind} if is_only_kind else {asked: kind, "what": f"{what}，{text}"}
