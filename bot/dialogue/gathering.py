"""Gathers what understanding is told of a talk before it reads a message: of the town, the speaker, the last reply."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.answers import questions, topic
from bot.dialogue.cases import which
from bot.dialogue.meaning.context import Context, Pending
from bot.dialogue.meaning.services import Services
from bot.dialogue.offices import decisions, screenshots
from bot.dialogue.parts import Heard, open_form
from bot.dialogue.seals import certificates
from bot.dialogue.situation import Situation
from bot.dialogue.village import posting
from workflows.definition import FormField

MORE_WITHIN = timedelta(minutes=15)
"""How long after a report a place that is said alone belongs to it."""


def context_of(heard: Heard, situation: Situation, services: Services) -> Context:
    """Gather what understanding is told."""
    state, incoming = heard.conversation.state, heard.incoming
    form, act = open_form(heard), state.get("act") or situation.asking
    which_waits = which.waits(state, heard.received_at)
    return Context(
        today=situation.at.date(),
        skills=services.words,
        terms=frozenset(situation.villages.values()) | services.terms,
        by_voice=incoming.by_voice,
        household=situation.home,
        pending=_pending(heard, situation),
        is_closing=_is_closing(situation),
        asked_field=_asked_field(form, act, situation),
        asked_spec=None if act else _asked_spec(form, services),
        takes_all=bool(act),
        asks_post=posting.asks(heard, situation.waiting),
        open_skill=form.get("skill", ""),
        just_filed=_is_just("filed_at", state, heard.received_at),
        just_opened=_is_just("last_at", state, heard.received_at),
        asks_right=_is_just("wrong_at", state, heard.received_at),
        just_told=bool(state.get("told")),
        just_asked=topic.was_just_told(state, heard.received_at),
        last_question=str(state.get("question", "")),
        expects=str(state.get("expects", "")),
        wish=certificates.waiting_wish(certificates.memory(state, situation), heard.received_at),
        which=tuple(which_waits.get("skills", ())),
        which_text=str(which_waits.get("text", "")),
        quote=incoming.quote.text if incoming.quote else "",
        has_picture=bool(incoming.attachments or screenshots.wanted(state, heard.received_at)),
        is_cadre=situation.is_cadre,
        cadres=situation.cadres - ({situation.person.name} if situation.person else set()),
    )


def _is_just(name: str, state: Mapping[str, Any], at: datetime) -> bool:
    """Tell whether something was a moment ago: `last_at` a matter was filed, `filed_at` one with a place; `wrong_at` we
    asked what is wrong."""
    moment = state.get(name) or ""
    return bool(moment) and at - datetime.fromisoformat(moment) <= MORE_WITHIN


def _pending(heard: Heard, situation: Situation) -> Pending:
    """Say what the last reply waits for; where several questions are open, the first of these is meant."""
    state, at = heard.conversation.state, heard.received_at
    if state.get("naming"):
        return Pending.NAMING
    if certificates.is_refusal_latest(certificates.memory(state, situation), at, situation.waiting):
        return Pending.LETTER
    if _is_closing(situation):
        return Pending.CLOSING
    if state.get("alarm"):
        return Pending.ALARM
    if which.waits(state, at):
        return Pending.WHICH
    return Pending.CHOICE if questions.asked_back(state, at) else Pending.NOTHING


def _is_closing(situation: Situation) -> bool:
    return any(waiting.said_by("1") for waiting in situation.waiting)


def _asked_spec(form: Mapping[str, Any], services: Services) -> FormField | None:
    manifest = services.manifests.get(form.get("skill", ""))
    return manifest.form.get(form["asked"]) if manifest else None


def _asked_field(form: Mapping[str, Any], act: Mapping[str, Any] | None, situation: Situation) -> str:
    """Name the field that the next words are for: of an action of a cadre, of the open form, or of a case."""
    waiting = decisions.asking(situation.waiting)
    asked: str = act["field"] if act else form["asked"] if form else waiting.wants_words[1] if waiting else ""
    return asked
