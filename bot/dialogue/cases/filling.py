"""Fills the form of a service out of talk: all that a sentence holds is taken, said back once, and can be put right.

What a field's kind can hold is known in `workflows/fields/`; opening the case is in matters.py, what an answer does to
an open form in open_forms.py.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from bot.dialogue.cases import meant
from bot.dialogue.meaning import details
from bot.dialogue.parts import Turn
from township.db import Tx
from township.errors import Mistake
from township.texts import Texts
from workflows import forms
from workflows.definition import FieldKind, FormField
from workflows.fields import mistakes, times
from workflows.fields.derived import derive
from workflows.fields.known import Known
from workflows.fields.spotting import Spotted, runs_backwards, spot
from workflows.fields.wording import say_back, say_day
from workflows.house import texts as house_texts

Form = Mapping[str, FormField]
AS_SAID = frozenset({FieldKind.TEXT, FieldKind.PLACE})
"""Kept as they were said; the case reads them."""
SENT = frozenset({FieldKind.PHOTOS, FieldKind.FILE, FieldKind.SIGNATURE})
"""Sent, and never said."""
OF_REPORTS = frozenset({"what", "kind", "place", "photos"})
"""Fields that every report has; how they are found is known in details.py."""
CHOSEN = (FieldKind.PERSON, FieldKind.HOUSEHOLD)


@cache
def texts() -> Texts:
    """The sentences of forms in talk."""
    return Texts.load(Path(__file__).with_name("filling.yaml"))


@dataclass(frozen=True, slots=True)
class Filled:
    """What a sentence gave to a form."""

    values: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By field: the words, and whether they were of the farmers' calendar."""
    problem: str = ""
    """Why the asked field could not be read, in words."""
    choices: Sequence[meant.Candidate] = ()
    """Who of several is to be chosen for the asked field."""
    field: str = ""
    """Which field the problem is of, if not the asked one."""
    begun: str = ""
    """The words of a day whose hour is still to be said."""


def known_of(turn: Turn) -> Known:
    """What helps to read a value in this turn."""
    situation = turn.situation
    return Known(situation.at.date(), {name: one for one, name in situation.villages.items()}, now=situation.at)


def taken(turn: Turn, form: Form, text: str, held: Mapping[str, Any]) -> Filled:
    """Take everything that a sentence holds for the fields that are still open."""
    still = {name: spec for name, spec in form.items() if name not in held and name not in OF_REPORTS}
    known = known_of(turn)
    found = {name: one for name, one in spot(still, text, known).items() if _fits(name, form[name], one, known)}
    return Filled({name: one.value for name, one in found.items()}, {name: _said(one) for name, one in found.items()})


def _fits(name: str, spec: FormField, one: Spotted, known: Known) -> bool:
    """Tell whether a value that stood in a sentence is allowed; too many tables are asked for anew."""
    try:
        forms.read(name, spec, one.value, known)
    except Mistake:
        return False
    return True


def _said(one: Spotted) -> dict[str, Any]:
    return {"text": one.said, "moon": one.moon}


def answered(tx: Tx, turn: Turn, form: Form, asked: str, text: str, held: Mapping[str, Any]) -> Filled:
    """Read the answer to a question, with all else that it holds; who corrects himself means what was said last."""
    first, last = details.in_one_breath(text)
    if first and form[asked].kind not in AS_SAID:
        found = _answered(tx, turn, form, asked, last, held)
        if not found.problem:
            before = taken(turn, form, first, {**held, **found.values})
            return Filled({**before.values, **found.values}, {**before.said, **found.said})
    return _answered(tx, turn, form, asked, text, held)


def _answered(tx: Tx, turn: Turn, form: Form, asked: str, text: str, held: Mapping[str, Any]) -> Filled:
    """Read an answer as it stands; what cannot be read says why."""
    more = taken(turn, form, text, {**held, **({asked: ""} if form[asked].kind in AS_SAID else {})})
    spec = form[asked]
    if asked in more.values:
        return more
    if spec.kind in AS_SAID:
        return Filled({**more.values, asked: _without(text, more)}, more.said)
    if spec.kind in SENT:
        return Filled(more.values, more.said, problem=mistakes.in_words(spec, Mistake(f"not_a_{spec.kind.value}")))
    if spec.kind in CHOSEN:
        return _chosen(tx, turn, spec, asked, text, more)
    known = known_of(turn)
    try:
        value = forms.read(asked, spec, text, known)
    except Mistake as mistake:
        if day := _day_alone(spec, text, known):
            return Filled(more.values, more.said, problem=texts().say("day_kept", day=day), begun=text)
        return Filled(more.values, more.said, problem=mistakes.in_words(spec, mistake))
    return Filled({**more.values, asked: value}, {**more.said, asked: {"text": text, "moon": False}})


def _day_alone(spec: FormField, text: str, known: Known) -> str:
    """Say back a day that was named for a field that wants its hour as well; empty where none was."""
    if spec.kind is not FieldKind.MOMENT:
        return ""
    try:
        is_day = times.names_day_only(text, spec, known)
        day = times.day(text, spec, known) if is_day else None
    except Mistake:
        return ""
    return say_day(day, house_texts(), moon=False) if day else ""


def with_day(turn: Turn, spec: FormField, begun: str, text: str) -> str:
    """Put the day that was named before to an hour that is named now; a new day stands for itself."""
    try:
        goes_on = bool(begun) and times.names_no_day(text, spec, known_of(turn))
    except Mistake:
        return text
    return f"{begun}{text}" if goes_on else text


def asked_back(turn: Turn, name: str, spec: FormField) -> str:
    """Say why a first sentence answers a field, and does so wrongly; empty when it says nothing of it."""
    if not runs_backwards(spec, turn.heard.incoming.text, known_of(turn)):
        return ""
    return mistakes.in_words(spec, Mistake("period_backwards", field=name, name=spec.name))


def _without(text: str, more: Filled) -> str:
    """Leave out of a free answer what was taken for other fields ("old Song, 138...")."""
    for one in more.said.values():
        text = text.replace(str(one["text"]), "")
    edge = details.of_forms()["edge"].pattern
    return re.sub(f"^{edge}|{edge}$", "", text)


def _chosen(tx: Tx, turn: Turn, spec: FormField, asked: str, text: str, more: Filled) -> Filled:
    """Find who is meant; of several one is asked for by number."""
    found = meant.candidates(tx, turn, spec, text)
    if len(found) == 1:
        return Filled({**more.values, asked: found[0].id}, {**more.said, asked: {"text": found[0].name, "moon": False}})
    problem = texts().say("which_of" if found else "not_known", name=spec.name, count=len(found))
    return Filled(more.values, more.said, problem=problem, choices=found)


def corrected(tx: Tx, turn: Turn, form: Form, state: Mapping[str, Any], old: str, new: str) -> Filled | None:
    """Put right what was taken: the field whose words hold the old ones, or else the one that the new ones fit."""
    said, held = state.get("said", {}), state["fields"]
    known = known_of(turn)
    for name, one in said.items():
        if name in form and old and old in one["text"] and form[name].kind in CHOSEN:
            return replace(_chosen(tx, turn, form[name], name, new, Filled()), field=name)
        if (
            name in form
            and old
            and old in one["text"]
            and (again := _again(form[name], held[name], one, old, new, known))
        ):
            return Filled({name: again.value}, {name: _said(again)})
    for name, value in held.items():
        if old and isinstance(value, str) and form[name].kind in AS_SAID and old in value:
            put = value.replace(old, new)
            return Filled({name: put}, {} if name in OF_REPORTS else {name: {"text": put, "moon": False}})
    fits = spot({name: form[name] for name in held if name in form and name not in OF_REPORTS}, new, known)
    if not old and not fits and (last := _just_said(form, state)):
        return Filled({last: new}, {last: {"text": new, "moon": False}})
    if old or len(fits) != 1:
        return None
    return Filled({name: one.value for name, one in fits.items()}, {name: _said(one) for name, one in fits.items()})


def said_anew(turn: Turn, form: Form, state: Mapping[str, Any], text: str) -> bool:
    """Tell whether words that answer nothing hold another count for something that is known ("fifteen tables then")."""
    held = {name: form[name] for name in state["fields"] if name in form and form[name].kind is FieldKind.NUMBER}
    found = spot(held, text, known_of(turn))
    return len(found) == 1 and all(one.value != state["fields"][name] for name, one in found.items())


def _just_said(form: Form, state: Mapping[str, Any]) -> str:
    """Name the field before the asked one, if it was answered in free words."""
    names = list(form)
    before = names[names.index(state["asked"]) - 1] if state["asked"] in names[1:] else ""
    is_words = before in state["fields"] and before not in OF_REPORTS and form[before].kind is FieldKind.TEXT
    return before if is_words else ""


def _again(
    spec: FormField, value: Any, one: Mapping[str, Any], old: str, new: str, known: Known
) -> Spotted | None:  # fmt: skip
    """Read a field anew with the new words in place of the old ones."""
    if spec.kind is FieldKind.DATE and (day := times.same_month(value, new, moon=bool(one["moon"]))):
        return Spotted(day, new, bool(one["moon"]))
    for written in (str(one["text"]).replace(old, new), new):
        if found := spot({"it": spec}, written, known).get("it"):
            return found
        try:
            return Spotted(forms.read("it", spec, written, known), written)
        except Mistake:
            continue
    return None


def echo(
    form: Form, fields: Mapping[str, Any], said: Mapping[str, Mapping[str, Any]], turn: Turn, *, changed: bool = False
) -> str:
    """Say back what was just taken, with what follows from it; empty when nothing was."""
    if not said:
        return ""
    all_values = derive(form, fields, turn.situation.at.date())
    derived = [name for name, spec in form.items() if spec.value is not None and spec.value.names() & said.keys()]
    shown = [name for name in form if name in said or name in derived]
    lines = [_line(form[name], all_values[name], said.get(name, {})) for name in shown if name in all_values]
    return texts().say("changed" if changed else "taken", values=texts().say("between").join(lines))


def summary(form: Form, fields: Mapping[str, Any], turn: Turn) -> str:
    """Say everything that is known of a form, but for what only its person may read."""
    known = derive(
        form, {name: value for name, value in fields.items() if value not in ("", None)}, known_of(turn).today
    )
    shown = [
        name for name in form if name in known and not forms.is_personal(form[name]) and form[name].kind not in CHOSEN
    ]
    return texts().say("between").join(_line(form[name], known[name], {}) for name in shown)


def _line(spec: FormField, value: Any, one: Mapping[str, Any]) -> str:
    if spec.kind is FieldKind.DATE:
        shown = say_day(value, house_texts(), moon=bool(one.get("moon")))
    elif spec.kind in CHOSEN:
        shown = str(one.get("text", ""))
    else:
        shown = say_back(spec, value, house_texts())
    return texts().say("one", name=spec.name, value=shown)


def listed(found: Sequence[meant.Candidate]) -> str:
    """Number who may be meant."""
    return " ".join(
        texts().say("choice", n=n, name=one.name, where=one.where).strip() for n, one in enumerate(found, 1)
    )
