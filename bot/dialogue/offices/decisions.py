"""Acting on a case in words: the closing question, a typed decision with its code, a value that an action still needs.

A decision that is spoken never counts; a card and a typed code end in the same `cases.act`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.dialogue import asked
from bot.dialogue.cases import closing, colleagues
from bot.dialogue.cases.progress import task_lines
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning import answering, closings
from bot.dialogue.meaning.commands import Close, Decide, FillField, Verdict
from bot.dialogue.offices import plain_words
from bot.dialogue.parts import Part, Turn, texts
from bot.dialogue.situation import Waiting
from bot.wording import sentence
from township import directory
from township.db import Tx
from township.directory import Person
from township.errors import Mistake, Refused
from township.statements import savepoint
from workflows import cases, offers, tasks
from workflows.cases import Act
from workflows.definition import Action, FieldKind
from workflows.fields import labelled
from workflows.house import house
from workflows.state import Via
from workflows.tasks import TaskView

NAMES = {Verdict.APPROVE: ("approve", "accept"), Verdict.REJECT: ("reject", "refuse")}
_EDGE = " ，,。；;：:、"
_NAMED = re.compile(r"\s*(?P<word>[一-龥]{2,8})\s*(?P<code>[2-9A-HJ-NP-Za-hj-np-z]{4})?[。.!！]?\s*")

LONGEST_WORD = 8
"""Characters of what was typed beside a code that are said back."""
SHORT = frozenset({FieldKind.PERSON, FieldKind.NUMBER, FieldKind.CHOICE, FieldKind.DATE})
"""Kinds that are said in one word, so that a reason may follow."""
PART = frozenset({"take_back", "drop", "comment"})
"""Actions of the house that need no task: they are for the matter on which somebody acted last."""
SPOKEN = "not_by_voice"
"""Said aloud where it must be typed: the same may be typed now."""
ASKED_AGAIN = frozenset({"value_missing", "not_a_choice"})
"""What is asked for once more: nothing was said, or none of what there is to choose from."""


def close(tx: Tx, turn: Turn, command: Close, position: int) -> Part:
    """Take the answer to a closing question: the action that this number stands for, on the matter that is meant."""
    asked_of = closing.waits(turn, command.answer)
    if not asked_of:
        return Part(texts().say("closed_none"))
    meant = closing.meant(tx, turn, asked_of, command.said)
    if not meant:
        return closing.of_another(tx, turn, command, asked_of, position)
    heard = plain(command.said)
    is_all = closings.means_all(heard) or len(closings.things(heard)) > 1
    return (
        _closed(tx, turn, command, meant, position)
        if len(meant) == 1 or is_all
        else closing.which(tx, turn, meant, command)
    )


def which_closed(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Take for which of several matters a closing answer was; None when nothing was asked or something else is said."""
    command, meant = closing.chosen(tx, turn, said)
    if not meant:
        return None
    part = _closed(tx, turn, command, meant, 1)
    return replace(part, state={**part.state, "closing": None})


def _closed(tx: Tx, turn: Turn, command: Close, meant: Sequence[Waiting], position: int) -> Part:
    """Answer the closing questions of one matter or more."""
    parts = []
    for nth, waiting in enumerate(meant):
        action = waiting.said_by(str(command.answer))
        more = _more(waiting.actions[action], command.more)
        parts.append(
            perform(tx, turn, waiting.task, action, more, position if len(meant) == 1 else position * 10 + nth)
        )
    return replace(parts[-1], text="\n".join(part.text for part in parts))


def _more(action: Action, said: str) -> dict[str, str]:
    """What was said behind the number, where the action has a place for it."""
    field = next((name for name, spec in action.needs.items() if spec.kind is FieldKind.TEXT), "")
    return {field: said} if field and said else {}


def said(tx: Tx, turn: Turn, word: str, position: int) -> Part | None:
    """Take a word that answers an open question; None when it answers none."""
    for waiting in turn.situation.waiting:
        if action := waiting.said_by(word.strip()):
            return perform(tx, turn, waiting.task, action, {}, position)
    return None


def fill(tx: Tx, turn: Turn, command: FillField, position: int) -> Part:
    """Take what was asked for: by an action of a cadre that needed a word, or by a case that asked its villager."""
    act = open_act(turn)
    if act:
        task = tasks.get(tx, act["task"])
        if task is not None and _wants_file(tx, turn, task, act):
            return Part(texts().say("act_needs_file", number=task.number))
        if task is not None:
            return perform(
                tx, turn, task, act["action"], {**act["values"], **_told(tx, turn, task, act, command.text)}, position
            )
        return Part(texts().say("closed_none"), state={"act": None})
    waiting = asking(turn.situation.waiting)
    if waiting is None:
        return Part(texts().say("closed_none"))
    action, field = waiting.wants_words
    return perform(tx, turn, waiting.task, action, {field: command.text}, position)


def named(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Take what is to be changed by the names of its fields, where that was asked for; None when none is named."""
    act = open_act(turn)
    task = tasks.get(tx, act["task"]) if act and act["field"] == labelled.ANY else None
    given = _told(tx, turn, task, act, text) if task else {}
    return perform(tx, turn, task, act["action"], {**act["values"], **given}, 0) if task and given else None


def _told(tx: Tx, turn: Turn, task: TaskView, act: Mapping[str, Any], text: str) -> dict[str, str]:
    """Read the word that an action waits for: of one field, or of those that are named in it."""
    if act["field"] != labelled.ANY:
        return {act["field"]: text}
    known = offers.of_task(tx, turn.situation.town_id, task).get(act["action"])
    return labelled.read(known.needs, text) if known else {}


def attached(tx: Tx, turn: Turn) -> Part | None:
    """Take a file or picture that an action of a cadre has asked for; None when none was asked for."""
    act = open_act(turn)
    task = tasks.get(tx, act["task"]) if act and turn.photos else None
    if task is None or not _wants_file(tx, turn, task, act):
        return None
    return perform(tx, turn, task, act["action"], {**act["values"], act["field"]: turn.photos}, 1)


def _wants_file(tx: Tx, turn: Turn, task: TaskView, act: Mapping[str, Any]) -> bool:
    known = offers.of_task(tx, turn.situation.town_id, task).get(act["action"])
    spec = known.needs.get(act["field"]) if known else None
    return spec is not None and spec.kind in (FieldKind.FILE, FieldKind.PHOTOS)


def open_act(turn: Turn) -> Mapping[str, Any]:
    """Find the action that waits for a word of this person: typed here, or tapped on a card."""
    return turn.heard.conversation.state.get("act") or turn.situation.asking


def asking(waiting: tuple[Waiting, ...]) -> Waiting | None:
    """Find the question that any words answer."""
    return next((one for one in waiting if one.wants_words[0]), None)


def decide(tx: Tx, turn: Turn, command: Decide, position: int) -> Part:
    """Take a typed verdict; without a code only if just one task waits."""
    person = turn.situation.person
    if person is None:
        return Part(texts().say("closed_none"))
    town_id = turn.situation.town_id
    if command.code:
        task = tasks.by_code(tx, town_id, command.code, person.id)
        if task is None:
            return Part(texts().say("code_unknown", code=command.code))
    else:
        open_tasks = tasks.of_person(tx, town_id, person.id)
        if len(open_tasks) != 1:
            lines = "\n".join(task_lines(tx, turn))
            return Part(
                texts().say("code_which", count=len(open_tasks), lines=lines) if lines else texts().say("tasks_none")
            )
        task = open_tasks[0]
    actions = offers.of_task(tx, town_id, task)
    action = next((name for name in NAMES[command.verdict] if name in actions), "")
    if not action:
        return Part(texts().say("code_unknown", code=command.code))
    if not command.code and (task.about or actions[action].typed_only):
        return code_needed(tx, turn)
    return perform(tx, turn, task, action, {}, position)


def code_needed(tx: Tx, turn: Turn) -> Part:
    """Ask for the code: what binds others is never given to a word alone, its code says what was seen."""
    return Part(texts().say("code_needed", lines="\n".join(task_lines(tx, turn))), in_private=True)


def codeless(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Answer what binds others where it is named without its code, with no open task's, or spoken: nothing is done."""
    found, person = _NAMED.fullmatch(text), turn.situation.person
    if found is None or person is None or not person.is_cadre or found["word"] not in turn.services.binding:
        return None
    word, code = found["word"], found["code"] or ""
    if answering.is_decision(word):
        return None
    is_held = any(_may(tx, turn, task, word) for task in tasks.of_person(tx, turn.situation.town_id, person.id))
    if is_held and turn.heard.incoming.by_voice:
        return _not_spoken(tx, turn, word)
    if code:
        return Part(texts().say("code_unknown", code=code.upper()), in_private=True)
    return code_needed(tx, turn) if is_held else None


def _may(tx: Tx, turn: Turn, task: TaskView, word: str) -> bool:
    return any(action.title == word for action in offers.of_task(tx, turn.situation.town_id, task).values())


def typed(tx: Tx, turn: Turn, text: str, position: int) -> Part | None:
    """Take an action by its title or in plain words with the code of its task, before it or behind it ("办好了 A7K2
    换了灯泡"); None when no code of an own task stands there."""
    task, said = (None, "") if turn.heard.incoming.by_voice else _task_in(tx, turn, text)
    if task is None:
        return None
    actions = offers.of_task(tx, turn.situation.town_id, task)
    if named := offers.understood(actions, said):
        return perform(tx, turn, task, named[0], spread(actions[named[0]], named[1]), position)
    meant = None if task.about else plain_words.meant(actions, said)
    if meant and meant.action:
        return perform(tx, turn, task, meant.action, spread(actions[meant.action], meant.rest), position)
    if meant:
        return Part(texts().say("act_no_pause", number=task.number, code=task.code), in_private=True)
    word = said.partition(" ")[0][:LONGEST_WORD]
    return None if answering.is_decision(word) else _not_open(task, word, actions)


def _task_in(tx: Tx, turn: Turn, text: str) -> tuple[TaskView | None, str]:
    """Find the speaker's own task whose code stands in a text, and what else is said."""
    return _of_person(tx, turn.situation.person, text)


def is_of_task(tx: Tx, account_id: str, staff_id: str, text: str) -> bool:
    """Tell whether the code of an own task of whoever has this account stands in a text."""
    person = directory.by_staff_id(tx, account_id, staff_id) if staff_id else None
    return _of_person(tx, person, text)[0] is not None


def _of_person(tx: Tx, person: Person | None, text: str) -> tuple[TaskView | None, str]:
    for code, said in plain_words.codes(text) if person else ():
        if person and (task := tasks.by_code(tx, person.town_id, code, person.id)):
            return task, said
    return None, ""


def spread(action: Action, rest: str) -> dict[str, Any]:
    """What was typed behind a code: by the names of fields, else its first word for what comes first and is short."""
    needs = list(action.needs)
    if not needs or not rest:
        return {}
    if action.is_loose and (named := labelled.read(action.needs, rest)):
        return dict(named)
    first, _, more = rest.partition(" ")
    more = _without_unit(action.needs[needs[0]].unit, more.strip(_EDGE))
    is_two = more and action.needs[needs[0]].kind in SHORT
    reason = next((name for name in needs[1:] if action.needs[name].kind is FieldKind.TEXT), "") if is_two else ""
    return {needs[0]: first, reason: more} if reason else {needs[0]: rest}


def _without_unit(units: Sequence[str], said: str) -> str:
    """Leave out the unit of the number before ("3 天 等配件")."""
    unit = max((one for one in units if said.startswith(one)), key=len, default="")
    return said[len(unit) :].strip(_EDGE)


def _not_open(task: TaskView, word: str, actions: Mapping[str, Action]) -> Part:
    """Say what may be done with a task whose code was typed beside something that may not."""
    titles = texts().say("between").join(action.title for action in actions.values())
    if not word:
        return Part(texts().say("act_which", number=task.number, titles=titles, code=task.code))
    return Part(texts().say("act_not_open", number=task.number, word=word, titles=titles, code=task.code))


def without_task(tx: Tx, turn: Turn, text: str, position: int) -> Part | None:
    """Take back the last step, let somebody off, add a word: what needs no task; None when it is no such thing."""
    person, town_id = turn.situation.person, turn.situation.town_id
    if person is None or not person.is_cadre or turn.heard.incoming.by_voice:
        return None
    name, rest = offers.understood(house().part, text) or ("", "")
    needs = list(house().part[name].needs) if name in PART else []
    if name not in PART or bool(rest) != bool(needs):
        return None
    near = tasks.near_cases(tx, town_id, person.id)
    offered = ((one, offers.of_case(tx, turn.situation.own_scope, one)) for one in near)
    case_id, known = next((found for found in offered if name in found[1]), ("", {}))
    if not case_id:
        return Part(texts().say("nothing_of_that_kind", title=house().part[name].title))
    values = _with_colleague(tx, turn, known[name], {needs[0]: rest} if needs else {})
    acting = Act(town_id, case_id, name, turn.key(position), person.id, values, via=Via.TYPED)
    try:
        with savepoint(tx):
            outcome = cases.act(tx, acting, now=turn.situation.at)
    except (Mistake, Refused) as refusal:
        return Part(sentence(refusal))
    return Part(outcome.reply or texts().say("acted", number=outcome.number, action=known[name].title))


def spoken(tx: Tx, turn: Turn) -> Part:
    """Refuse a spoken decision and say how it is done."""
    return _not_spoken(tx, turn, turn.heard.incoming.text[:2])


def _not_spoken(tx: Tx, turn: Turn, word: str) -> Part:
    return Part(texts().say("voice_decision", word=word, lines="\n".join(task_lines(tx, turn))).rstrip())


def _with_colleague(tx: Tx, turn: Turn, known: Action | None, values: dict[str, Any]) -> dict[str, Any]:
    """Put the person in place of the name by which a colleague was called; who is not one alone is asked about."""
    named = [name for name, spec in (known.needs if known else {}).items() if spec.kind is FieldKind.PERSON]
    for name in named:
        found = colleagues.named(tx, turn, str(values[name])) if values.get(name) else []
        if len(found) == 1:
            values = {**values, name: found[0].id}
    return values


def perform(tx: Tx, turn: Turn, task: TaskView, action: str, values: dict[str, Any], position: int) -> Part:
    """Do what somebody wrote or said, or ask for the one thing that it still needs."""
    person = turn.situation.person
    if person is None:
        return Part(texts().say("closed_none"))
    known = offers.of_task(tx, turn.situation.town_id, task).get(action)
    values = _with_colleague(tx, turn, known, values)
    via = Via.VOICE if turn.heard.incoming.by_voice else Via.TYPED
    acting = Act(turn.situation.town_id, task.case_id, action, turn.key(position), person.id, values, task.id, via)
    try:
        with savepoint(tx):
            outcome = cases.act(tx, acting, now=turn.situation.at)
    except Mistake as mistake:
        return _ask_for(task, action, known, values, mistake)
    except Refused as refusal:
        return Part(sentence(refusal), state={} if refusal.code == SPOKEN else {"act": None})
    asked.forget(tx, person.id)
    reply = outcome.reply or texts().say("acted", number=outcome.number, action=known.title if known else action)
    return Part(reply, state={"act": None})


def _ask_for(task: TaskView, action: str, known: Action | None, values: Mapping[str, Any], mistake: Mistake) -> Part:
    """Ask for the one value that an action still needs, or that was wrong."""
    field = str(mistake.values.get("field", ""))
    if known is None or (field not in known.needs and field != labelled.ANY):
        return Part(sentence(mistake), state={"act": None})
    others = {name: value for name, value in values.items() if name != field}
    state = {"act": {"task": task.id, "action": action, "field": field, "values": others}}
    if field == labelled.ANY:
        first, names = labelled.first(known.needs), labelled.in_one_line(known.needs)
        return Part(texts().say("act_needs_any", number=task.number, first=first, names=names), state=state)
    if mistake.code not in ASKED_AGAIN:
        return Part(sentence(mistake), state=state)
    ask, said = known.needs[field].name, str(values.get(field, ""))
    if mistake.code == "not_a_choice" and said:
        return Part(texts().say("act_needs_one_of", number=task.number, ask=ask, said=said), state=state)
    return Part(texts().say("act_needs", number=task.number, ask=ask), state=state)
