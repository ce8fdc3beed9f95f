"""New matters: a report, or a wish for a person: each opens a case through the one door, or asks for one thing.

For whom somebody speaks is behalf.py's matter, complaints about cadres are in complaints.py; how an open question is
answered is in open_forms.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import structs

from bot.dialogue.cases import asking, behalf, filling, offering
from bot.dialogue.cases.handoff import hand_over
from bot.dialogue.cases.openings import kept_photos, opening
from bot.dialogue.meaning import details
from bot.dialogue.meaning.commands import StartSkill
from bot.dialogue.parts import Counts, Part, Turn, kept_form, texts
from bot.wording import sentence
from township.db import Tx
from township.errors import Mistake, Refused
from township.statements import savepoint
from workflows import calllist, cases, forms, tasks
from workflows.cases import Opening, Outcome

Said = Mapping[str, Mapping[str, Any]]
"""The words of what was taken, by field."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told for a form so far."""

    said: Said = field(default_factory=dict)
    fresh: Said = field(default_factory=dict)
    """What was said in this turn, which is said back."""
    skipped: Sequence[str] = ()
    """Fields that were passed over."""


NOTHING_TOLD = Told()


def start(tx: Tx, turn: Turn, command: StartSkill, position: int) -> Part:
    """File a matter on its first message; of what is missing, one thing is asked."""
    form = turn.services.manifests[command.skill].form
    if turn.services.is_for_offices(command.skill) and not turn.situation.is_cadre:
        return _given_over(tx, turn, position)
    given, kept = read(turn, command), _kept(turn, command.skill)
    held = {**kept.get("fields", {}), **given}
    found = filling.taken(turn, form, command.text, given)
    matter = opening(turn, command.skill, position, {**held, **found.values})
    if command.affected:
        matter = behalf.for_another(tx, turn, matter, command)
        if matter.affected is None and "for_whom" not in form:
            return _given_over(tx, turn, position)
        matter = structs.replace(matter, fields={name: value for name, value in matter.fields.items() if name in form})
    said = {**kept.get("said", {}), **found.said}
    try:
        part = file(tx, turn, matter, Told(said, fresh=said))
    except Mistake as mistake:
        if mistake.code != "value_missing":
            raise
        return _given_over(tx, turn, position)  # begun from a list or by a clock: nothing asks for what is missing
    is_asked = bool(part.state.get("form")) and command.affected and filling.OF_REPORTS.isdisjoint(form)
    if not is_asked:
        return part
    return replace(part, text=filling.texts().say("for_another", name=command.affected, said=part.text))


def _given_over(tx: Tx, turn: Turn, position: int) -> Part:
    """Give the words to a person: the service is not for who speaks, or nobody knows for whom it is."""
    return Part(hand_over(tx, turn, turn.heard.incoming.text, position).reply, counts=Counts.filed)


def _kept(turn: Turn, skill: str) -> Mapping[str, Any]:
    """What was said of late for the same service and never finished; a report is a new one each time."""
    form = turn.services.manifests[skill].form
    return {} if "kind" in form or "what" in form else kept_form(turn.heard, skill)


def read(turn: Turn, command: StartSkill, home: str | None = None) -> dict[str, Any]:
    """Gather what a first message already holds for the form of a service."""
    manifest = turn.services.manifests[command.skill]
    said = command.fields if home is None else details.place(command.text, home)
    fields: dict[str, Any] = {name: value for name, value in said.items() if name in manifest.form}
    if command.text and "what" in manifest.form:
        fields.setdefault("what", command.text)
    if (
        "kind" in manifest.form
        and "kind" not in fields
        and (kind := turn.services.kind_of(command.skill, command.text))
    ):
        fields["kind"] = kind
    if "photos" in manifest.form and (photos := [*kept_photos(turn), *turn.photos]):
        fields["photos"] = photos
    if "urgent" in manifest.form and command.urgent:
        fields["urgent"] = True
    return fields


def file(tx: Tx, turn: Turn, matter: Opening, told: Told = NOTHING_TOLD) -> Part:
    """Open the case, or ask for the one thing that is missing and keep what is known."""
    manifest = turn.services.manifests[matter.skill]
    try:
        with savepoint(tx):
            outcome = cases.open(tx, matter, now=turn.situation.at)
    except Refused as refusal:
        if not manifest.workflow.books:
            raise
        return Part(sentence(refusal), state={"form": None}, in_private=True)
    except Mistake as mistake:
        name = str(mistake.values.get("field", ""))
        if name not in manifest.form or not manifest.form[name].ask:
            raise
        if mistake.code in offering.REFUSALS:
            return offering.refused(tx, turn, matter, mistake, asking.question(turn, matter, name))
        if mistake.code != "value_missing":
            raise
        return _asked_on(tx, turn, matter, told, name)
    return _said(tx, turn, matter, outcome)


def _asked_on(tx: Tx, turn: Turn, matter: Opening, told: Told, name: str) -> Part:
    """Ask for the next thing that is missing; where all that is missing was passed over, a person asks for it."""
    manifest = turn.services.manifests[matter.skill]
    name = next((one for one in forms.missing(manifest.form, matter.fields) if one not in told.skipped), name)
    if name in told.skipped or not manifest.form[name].ask:
        return left_open(tx, turn, matter, name)
    part = asking.question(turn, matter, name)
    form = {**part.state["form"], "said": dict(told.said), "skipped": list(told.skipped)}
    asked = part.text
    if offering.is_slot(manifest, name):
        asked, form["choices"] = offering.offered(tx, turn, matter, name, asked)
    taken = filling.echo(manifest.form, matter.fields, told.fresh, turn)
    wrong = filling.asked_back(turn, name, manifest.form[name])
    text = f"{taken}{wrong or asked}{asking.page_offered(turn, manifest)}"
    return replace(part, text=text, state={**part.state, "form": form})


def filed(tx: Tx, turn: Turn, matter: Opening) -> tuple[Part, Outcome]:
    """Open a case of which nothing is missing."""
    outcome = cases.open(tx, matter, now=turn.situation.at)
    return _said(tx, turn, matter, outcome), outcome


def _said(tx: Tx, turn: Turn, matter: Opening, outcome: Outcome) -> Part:
    has_place = "place" in turn.services.manifests[matter.skill].form
    at = turn.heard.received_at.isoformat()
    said = "\n".join((outcome.reply, *_yours(tx, turn, outcome), *_to_ring(tx, turn, outcome)))
    state = {"photos": None, "post": None, "last": outcome.case_id, "last_at": at, "wrong_at": None}
    state["filed_at"] = at if has_place else None
    if not _is_beside(turn, matter.skill):
        state["form"] = None
    return Part(said, state=state, counts=Counts.filed)


def _is_beside(turn: Turn, skill: str) -> bool:
    """Tell whether a matter was filed while a form of another service waits, for which something was said already."""
    form: Mapping[str, Any] = turn.state.get("form") or {}
    return bool(form.get("said")) and form["skill"] != skill


def left_open(tx: Tx, turn: Turn, matter: Opening, name: str) -> Part:
    """Give what is known to a person, who asks for what was left open."""
    manifest = turn.services.manifests[matter.skill]
    known = filling.summary(manifest.form, matter.fields, turn)
    missing = dict.fromkeys([name, *forms.missing(manifest.form, matter.fields)])
    names = [manifest.form[one].name for one in missing]
    between = filling.texts().say("missing_between")
    what = filling.texts().say("left_open", service=manifest.name, known=known, names=between.join(names))
    hand_over(tx, turn, what, 0)
    said = filling.texts().say("skipped_all", names=filling.texts().say("between").join(names))
    return Part(said, state={"form": None}, counts=Counts.filed)


def _yours(tx: Tx, turn: Turn, outcome: Outcome) -> Sequence[str]:
    """Give the code of the task to a clerk whose own work the case has become; never in a group."""
    person = turn.situation.person
    mine = [task for task in outcome.tasks if person is not None and task.person == person.id]
    if not mine or not turn.situation.is_cadre or turn.heard.conversation.is_group:
        return ()
    held = tasks.get(tx, mine[0].id)
    return (texts().say("yours", code=held.code),) if held else ()


def _to_ring(tx: Tx, turn: Turn, outcome: Outcome) -> Sequence[str]:
    """Show a clerk whom to telephone about a case that was just filed."""
    if not turn.situation.is_cadre or turn.heard.conversation.is_group:
        return ()
    lines = calllist.of_case(tx, turn.situation.own_scope, outcome.case_id)
    return [texts().say("to_ring", line=line.in_words(), person=line.person) for line in lines]
