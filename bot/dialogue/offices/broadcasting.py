"""A cadre orders a broadcast in words: the draft is read back as it will be heard, changed, handed over, called off.

Speaking may make and change a draft; it is handed over in writing, and approved on a card or by a typed code only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import structs

from bot.dialogue.cases import matters
from bot.dialogue.hearing.emergency import numbers, recognise
from bot.dialogue.meaning.commands import StartSkill
from bot.dialogue.offices import decisions
from bot.dialogue.parts import FORM_LIVES, Part, Turn, open_form
from bot.wording import sentence
from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import TownshipError
from township.lexicon import repair
from township.statements import savepoint
from township.texts import Texts
from workflows import cases, tasks
from workflows.broadcasts import listing, ordering, register, submission
from workflows.broadcasts.drafts import Draft, Order
from workflows.broadcasts.ordering import Known
from workflows.broadcasts.register import Broadcast
from workflows.broadcasts.submission import SKILL, Editor
from workflows.cases import Act
from workflows.state import Via

SHORT = 5
"""Characters up to which a text is hardly worth a broadcast."""
LATELY = timedelta(hours=24)
"""How long after it was ordered a broadcast is meant by "make it eight"."""

LONG_AGO = datetime(2000, 1, 1, tzinfo=SHANGHAI)


@cache
def texts() -> Texts:
    """The sentences of this talk."""
    return Texts.load(Path(__file__).with_name("broadcasting.yaml"))


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Take a message that orders, changes, hands over or calls off a broadcast; None when it is something else."""
    person = turn.situation.person
    if person is None or SKILL not in turn.services.manifests or not said.strip() or decisions.open_act(turn):
        return None
    if turn.heard.incoming.by_voice:
        said = repair(said, frozenset(turn.situation.villages.values())).text
    editor = submission.editor_of(tx, turn.situation.own_scope) if turn.situation.is_cadre else None
    known = Known(turn.situation.at, turn.situation.villages, editor.zones if editor else (), hears_all=bool(editor))
    if editor is None:
        return _of_villager(tx, turn, said, known)
    said = ordering.without_submit(said)
    if (kept := _open(turn)) and (part := _goes_on(tx, turn, editor, kept, said, known)):
        return part
    if draft := ordering.order(said, known):
        return _begun(tx, turn, editor, draft)
    return None if turn.heard.conversation.is_group else _afterwards(tx, turn, editor, said, known)


def may_be_order(said: str) -> bool:
    """Say by the words alone whether it is worth finding out who speaks."""
    return ordering.has_verb(said)


def is_order(tx: Tx, account_id: str, staff_id: str, said: str, now: datetime) -> bool:
    """Say whether somebody who may order a broadcast orders one; anybody else only cries for help."""
    person = directory.by_staff_id(tx, account_id, staff_id) if staff_id else None
    editor = submission.editor_of(tx, directory.scope_of(tx, person, now)) if person and person.is_cadre else None
    return editor is not None and ordering.is_order(said, Known(now, editor.villages, editor.zones, hears_all=True))


def _of_villager(tx: Tx, turn: Turn, said: str, known: Known) -> Part | None:
    """Say kindly who broadcasts, and offer what a villager may do instead."""
    offered = turn.state.get("unheard_order")
    if offered and ordering.is_word("report_it", said):
        report = next((skill.name for skill in turn.services.words if skill.catches_all), "")
        part = matters.start(tx, turn, StartSkill(report, offered), 1) if report else Part()
        return replace(part, state={**part.state, "unheard_order": None})
    everybody = structs.replace(known, own=tuple(known.villages))
    draft = ordering.order(said, everybody)
    if draft is None or not draft.text or open_form(turn.heard):
        return None
    if turn.situation.is_cadre:
        return Part(texts().say("not_yours"), in_private=True)
    return Part(texts().say("not_cadre"), state={"unheard_order": draft.text}, in_private=True)


def _open(turn: Turn) -> Draft | None:
    kept: Mapping[str, Any] = turn.state.get("broadcast") or {}
    if not kept or turn.heard.received_at - datetime.fromisoformat(kept["at"]) > FORM_LIVES:
        return None
    return Draft.from_json(kept["draft"])


def _begun(tx: Tx, turn: Turn, editor: Editor, draft: Draft) -> Part:
    if turn.heard.conversation.is_group:
        return Part(texts().say("in_group"))
    if not draft.zones and not editor.of_town:
        draft = structs.replace(draft, zones=editor.zones)
    return _read_back(tx, turn, editor, structs.replace(draft, issuer=editor.issuer))


def _goes_on(tx: Tx, turn: Turn, editor: Editor, draft: Draft, said: str, known: Known) -> Part | None:
    """Take what is said about the open draft."""
    if ordering.is_word("submit", said):
        return _submit(tx, turn, editor, draft)
    if ordering.is_word("drop", said):
        return Part(texts().say("dropped"), state={"broadcast": None})
    if draft.missing and (answered := ordering.answered(draft, said, known)):
        return _read_back(tx, turn, editor, answered)
    if ordering.order(said, known) is None and (changed := ordering.changed(draft, said, known)):
        return _read_back(tx, turn, editor, changed)
    return None


def _read_back(tx: Tx, turn: Turn, editor: Editor, draft: Draft) -> Part:
    """Say the draft as it will be heard, or ask for the one thing that is missing."""
    state = {"broadcast": {"draft": draft.to_json(), "at": turn.heard.received_at.isoformat()}}
    if draft.missing:
        return Part(texts().say(f"ask_{draft.missing}"), state=state)
    try:
        order = submission.checked(tx, editor, draft, turn.situation.at)
        people = submission.approvers(tx, editor, order, turn.situation.at)
    except TownshipError as error:
        return Part(texts().say("why_not", why=sentence(error), text=draft.text), state=state)
    who = _who(people)
    notes = _notes(tx, editor, draft, order)
    said = texts().say("draft", heard=order.heard, order=order.in_words(editor.villages), who=who, notes=notes)
    return Part(said, state=state)


def _who(people: Sequence[str]) -> str:
    if len(people) > 1:
        return texts().say("who_both", first=people[0], second=people[1])
    return texts().say("who", first=people[0]) if people else ""


def _notes(tx: Tx, editor: Editor, draft: Draft, order: Order) -> str:
    said = [texts().say("note_short")] if len(draft.text) <= SHORT else []
    groups = register.groups_of(tx, editor.town_id, order.zones)
    if without := tuple(one for one in order.zones if one not in groups):
        said.append(texts().say("note_no_group", villages=listing.names(without, editor.villages)))
    if danger := recognise(draft.text):
        said.append(texts().say("note_danger", numbers=texts().say("between").join(numbers(danger))))
    if draft.replaces:
        said.append(texts().say("note_replaces", number=listing.number(tx, draft.replaces)))
    return "".join(f"\n{line.strip()}" for line in said)


def _submit(tx: Tx, turn: Turn, editor: Editor, draft: Draft) -> Part:
    """Hand the draft over, in writing only."""
    if turn.heard.incoming.by_voice:
        return Part(texts().say("typed_only"))
    if draft.missing:
        return _read_back(tx, turn, editor, draft)
    conversation = turn.heard.conversation.id
    try:
        with savepoint(tx):
            outcome = submission.submit(
                tx, editor, draft, key=turn.key(1), conversation_id=conversation, now=turn.situation.at
            )
    except TownshipError as error:
        return Part(texts().say("why_not", why=sentence(error), text=draft.text))
    return Part(outcome.reply, state={"broadcast": None})


def _afterwards(tx: Tx, turn: Turn, editor: Editor, said: str, known: Known) -> Part | None:
    """Take what is said about a broadcast that was handed over already."""
    if ordering.is_word("resend", said):
        return _resend(tx, turn, editor)
    if ordering.is_word("list", said):
        return Part(_listed(tx, listing.of_editor(tx, editor.town_id, editor.person_id, LONG_AGO)))
    if (number := ordering.called_off(said)) is not None:
        return _call_off(tx, turn, editor, number, sure=bool(number) or ordering.is_word("stop_it", said))
    last = register.latest_of(tx, editor.town_id, editor.person_id, turn.situation.at - LATELY)
    if last is None:
        return None
    if ordering.is_word("reads", said):
        return Part(_reads(tx, editor, turn.situation.at))
    if not ordering.is_word("changes_one", said):
        return None
    changed = ordering.changed(listing.as_draft(tx, last), said, known)
    return _read_back(tx, turn, editor, changed) if changed and listing.may_change(tx, last) else None


def _resend(tx: Tx, turn: Turn, editor: Editor) -> Part | None:
    """Send again where it did not arrive: the task of the case says whose decision that is."""
    if turn.heard.incoming.by_voice:
        return Part(texts().say("typed_only_again"))
    for task in tasks.of_person(tx, editor.town_id, editor.person_id):
        if task.stage in ("missed", "second") and listing.is_broadcast(tx, task.case_id):
            acting = Act(editor.town_id, task.case_id, "resend", turn.key(1), editor.person_id, {}, task.id, Via.TYPED)
            return _acted(tx, turn, acting)
    return None


def _call_off(tx: Tx, turn: Turn, editor: Editor, number: str, *, sure: bool) -> Part | None:
    """Call a broadcast off before its minute; a bare "cancel" means one that was handed over lately."""
    since = LONG_AGO if sure else turn.situation.at - FORM_LIVES
    waiting = listing.of_editor(tx, editor.town_id, editor.person_id, since)
    if number:
        waiting = [one for one in waiting if listing.number(tx, one.case_id).endswith(number)]
    if not waiting:
        return Part(texts().say("called_off_none")) if number else None
    if len(waiting) > 1:
        return Part(texts().say("called_off_which", count=len(waiting), lines=_lines(tx, waiting)))
    acting = Act(editor.town_id, waiting[0].case_id, "withdraw", turn.key(1), editor.person_id, {}, via=_via(turn))
    return _acted(tx, turn, acting)


def _lines(tx: Tx, several: Sequence[Broadcast]) -> str:
    numbers = ((one, listing.number(tx, one.case_id)) for one in several)
    return "\n".join(
        texts().say("called_off_line", number=number, when=one.order.when_in_words(), text=one.order.text)
        for one, number in numbers
    )


def _listed(tx: Tx, waiting: Sequence[Broadcast]) -> str:
    if not waiting:
        return texts().say("listed_none")
    return texts().say("listed", count=len(waiting), lines=_lines(tx, waiting))


def _via(turn: Turn) -> Via:
    return Via.VOICE if turn.heard.incoming.by_voice else Via.TYPED


def _acted(tx: Tx, turn: Turn, acting: Act) -> Part:
    try:
        with savepoint(tx):
            outcome = cases.act(tx, acting, now=turn.situation.at)
    except TownshipError as error:
        return Part(sentence(error))
    return Part(outcome.reply)


def _reads(tx: Tx, editor: Editor, now: datetime) -> str:
    """Say how many have read the last broadcast that left, village by village."""
    found = listing.last_sent(tx, editor.town_id, editor.person_id, now - LATELY)
    if found is None:
        return texts().say("reads_none")
    lines = [
        texts().say("reads_line", village=editor.villages[one.village_id], reads=one.reads, members=one.members)
        if one.reads is not None
        else texts().say("reads_unknown", village=editor.villages[one.village_id])
        for one in found.sendings
        if one.state == "delivered"
    ]
    between = texts().say("between")
    return texts().say("reads", number=found.number, lines=between.join(lines))
