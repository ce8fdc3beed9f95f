"""What a clerk files by quoting it in a group: no form, no double entry."""

from bot.dialogue.cases import behalf, matters
from bot.dialogue.cases.openings import opening
from bot.dialogue.meaning.commands import Record, StartSkill
from bot.dialogue.meaning.services import OTHER
from bot.dialogue.parts import Part, Turn, texts
from township.db import Tx
from township.effects import Effect, ShowCard, ToPerson
from workflows import casebook, cases
from workflows.cases import Outcome

URGENT = "urgent"
"""The pace of what cannot wait."""


def record(tx: Tx, turn: Turn, command: Record, position: int) -> Part:
    """File the words of who said them, written down by the clerk."""
    if known := _filed_before(tx, turn, urgent=command.urgent):
        return known
    report = next((skill.name for skill in turn.services.words if skill.catches_all), "")
    fields = matters.read(turn, StartSkill(report, command.text, urgent=command.urgent), home="")
    fields.setdefault("kind", OTHER)
    matter, person = behalf.as_said(tx, turn, opening(turn, report, position, fields))
    part, outcome = matters.filed(tx, turn, matter)
    said = f"{part.text}\n{texts().say('result_to', name=person.name)}" if person else part.text
    return Part(said, _own_card(turn, outcome, position), part.state, counts=part.counts)


def _filed_before(tx: Tx, turn: Turn, *, urgent: bool) -> Part | None:
    """Say that what is quoted stands on a case already, said to the bot itself; made urgent, it is filed anew."""
    quote, account_id = turn.heard.incoming.quote, turn.heard.conversation.account_id
    key = f"{account_id}:{quote.message_id}:1" if quote else ""
    case_id = cases.opened_by(tx, turn.situation.town_id, key)
    case = casebook.get(tx, turn.situation.own_scope, case_id) if case_id else None
    if case is None or not case.is_open or (urgent and case.pace != URGENT):
        return None
    return Part(texts().say("recorded_before", number=case.number, stage=case.stage_title), state={"last": case.id})


def _own_card(turn: Turn, outcome: Outcome, position: int) -> tuple[tuple[str, Effect], ...]:
    """Show the clerk the own card: the codes of tasks are not for the ears of a group."""
    person = turn.situation.person
    mine = [task for task in outcome.tasks if person is not None and task.person == person.id]
    if not turn.heard.conversation.is_group:
        return ()
    return tuple(
        (f"{turn.key(position)}:card", ShowCard(ToPerson(task.person), task.id, outcome.case_id)) for task in mine[:1]
    )
