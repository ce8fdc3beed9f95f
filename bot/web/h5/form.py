"""A long form on a telephone: what the chat has not asked yet, filled at one go by who holds the address.

What was said in the chat is not asked again, and of it only what is nobody's secret is shown. What a page gives is read
as words are; the case is opened as the chat would open it, and the chat says its number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot import blanks
from bot.blanks import IN_TALK, PATH, Blank
from bot.web.doors import Deps
from bot.web.h5 import posted
from bot.web.pages import Pages
from skills import registry
from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake
from workflows import cases, definitions, forms
from workflows.definition import Definition, FieldKind, FormField
from workflows.fields import mistakes
from workflows.fields.known import Known
from workflows.house import texts as house_texts

ROWS: Final = 6
"""Lines of a table on the page; who needs more says them in the chat."""


@dataclass(frozen=True, slots=True)
class Question:
    """One field as the page shows it."""

    name: str
    spec: FormField
    ask: str
    held: str
    """What is known already, in words; "?" for what is not shown again."""
    problem: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as the page shows it."""

    service: str
    consent: str
    questions: Sequence[Question]


@dataclass(frozen=True, slots=True)
class Done:
    """The form was taken: what is said now, here and in the chat."""

    said: str


def routes(deps: Deps, pages: Pages) -> APIRouter:
    """Mount the form."""
    router = APIRouter(prefix=PATH)

    def answer(found: Sheet | Done | None, code: str) -> Response:
        if found is None:
            return pages.show("form/lapsed.html", 404)
        if isinstance(found, Done):
            return pages.show("form/done.html", said=found.said)
        is_wrong = any(one.problem for one in found.questions)
        return pages.show("form/filling.html", 422 if is_wrong else 200, sheet=found, code=code, rows=range(ROWS))

    @router.get("/{code}")
    async def shown(code: str) -> Response:
        waits = blanks.conversation_of(deps.key, code, deps.clock.now())
        return answer(await deps.db.read(partial(look, conversation_id=waits)) if waits else None, code)

    @router.post("/{code}")
    async def filled(request: Request, code: str) -> Response:
        now = deps.clock.now()
        waits = blanks.conversation_of(deps.key, code, now)
        form = await deps.db.read(partial(form_of, conversation_id=waits)) if waits else None
        if waits is None or form is None:
            return answer(None, code)
        given, wrong = await posted.read(request, form, deps.files)
        fill_in = partial(submit, conversation_id=waits, given=given, wrong=wrong, now=now)
        return answer(await deps.db.write(fill_in), code)

    return router


def look(tx: Tx, *, conversation_id: str) -> Sheet | None:
    """Read the form that waits in a conversation; None if none does."""
    blank = blanks.get(tx, conversation_id)
    return _sheet(tx, blank, blank.fields, {}) if blank else None


def form_of(tx: Tx, *, conversation_id: str) -> Mapping[str, FormField] | None:
    """Read which fields a page may fill."""
    blank = blanks.get(tx, conversation_id)
    return _on_page(_definition(tx, blank)) if blank else None


def submit(
    tx: Tx, *, conversation_id: str, given: Mapping[str, Any], wrong: Mapping[str, str], now: datetime
) -> Sheet | Done | None:
    """Take what was filled in: a case, or the page again with what is wrong, or the next question in the chat."""
    blank = blanks.get(tx, conversation_id, lock=True)
    if blank is None:
        return None
    definition = _definition(tx, blank)
    fields, problems = _read(tx, blank, definition, given, now)
    problems |= wrong
    lacking = [name for name in forms.missing(definition.form, fields) if definition.form[name].ask]
    on_page = _on_page(definition)
    problems |= {name: mistakes.texts().say("empty") for name in lacking if name in on_page and name not in problems}
    if problems:
        blanks.keep(tx, blank, fields, now)
        return _sheet(tx, blank, fields, problems)
    if lacking:
        asked = definition.texts[definition.form[lacking[0]].ask]
        blanks.ask_in_talk(tx, blank, fields, lacking[0], asked, now)
        return Done(asked)
    outcome = cases.open(tx, blanks.opening(blank, fields, now), now=now)
    blanks.filed(tx, blank, outcome.case_id, outcome.reply, now)
    return Done(outcome.reply)


def _definition(tx: Tx, blank: Blank) -> Definition:
    return definitions.current(tx, blank.town_id, blank.skill)[1]


def _on_page(definition: Definition) -> dict[str, FormField]:
    form = definition.form
    return {name: form[name] for name in form if form[name].ask and form[name].value is None and _fits(form[name])}


def _fits(spec: FormField) -> bool:
    return spec.kind not in IN_TALK


def _read(
    tx: Tx, blank: Blank, definition: Definition, given: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    """Read each value as words are; what cannot be read says why."""
    villages = {one.name: one.id for one in directory.villages_of(tx, blank.town_id)}
    known = Known(now.astimezone(SHANGHAI).date(), villages, now=now)
    fields, problems = dict(blank.fields), {}
    for name, raw in given.items():
        try:
            fields[name] = forms.read(name, definition.form[name], raw, known)
        except Mistake as mistake:
            problems[name] = mistakes.in_words(definition.form[name], mistake)
    return fields, problems


def _sheet(tx: Tx, blank: Blank, fields: Mapping[str, Any], problems: Mapping[str, str]) -> Sheet:
    definition = _definition(tx, blank)
    on_page = _on_page(definition)
    questions = [
        Question(name, spec, definition.texts.get(spec.ask, ""), _held(spec, fields.get(name)), problems.get(name, ""))
        for name, spec in on_page.items()
    ]
    return Sheet(definition.name, _consent(tx, blank), questions)


def _consent(tx: Tx, blank: Blank) -> str:
    """Say what happens with what only its person may read, as the service says it."""
    offered = (one.manifest for one in registry.offered(tx, blank.town_id) if one.id == blank.skill)
    return next((one.texts[one.consent] for one in offered if one.consent), "")


def _held(spec: FormField, value: Any) -> str:
    """Say what is known; what is a person's own business is only said to be known."""
    if value in (None, "", []):
        return ""
    hidden = forms.is_personal(spec) and spec.kind is not FieldKind.TEXT
    return "?" if hidden or spec.sensitive else forms.say_back(spec, value, house_texts())
