"""A cadre is away: who stands in is written down, both are told, and what waits goes over.

One cadre says it for himself; for a colleague, who leads or keeps the books of that village, or of the town.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from bot.dialogue.cases import colleagues
from bot.dialogue.cases.progress import task_lines
from bot.dialogue.hearing import words
from bot.dialogue.meaning.commands import Absent, Consult
from bot.dialogue.parts import Part, Turn, texts
from township import deputies, directory
from township.clock import SHANGHAI
from township.db import Tx
from township.directory import Person, Role
from township.effects import Effect, Say, ToPerson
from township.errors import TownshipError
from township.statements import savepoint
from workflows import cases, offers, tasks
from workflows.cases import Act
from workflows.clocks.deadlines import say_moment
from workflows.house import texts as house_texts
from workflows.state import Via
from workflows.tasks import TaskView

GOES_HOME = time(18)
"""A deputy stands in to the end of the last working day."""
MAY_SAY = frozenset({Role.VILLAGE_HEAD, Role.VILLAGE_CLERK, Role.TOWN_CLERK, Role.TOWN_LEADER, Role.TOWN_DUTY})
HAND_ON = ("reassign", "hand_on")
LOOK_FIRST = ("ask_before", *HAND_ON)


def away(tx: Tx, turn: Turn, command: Absent, position: int) -> Part:
    """Arrange who stands in; without a name, ask for it."""
    speaker = turn.situation.person
    if speaker is None:
        return Part()
    found = [speaker] if not command.who else colleagues.named(tx, turn, command.who)
    if len(found) != 1:
        return _whom(command.who, found)
    absent = found[0]
    if not _may_say(turn, speaker, absent):
        return Part(texts().say("deputy_not_yours", name=absent.name))
    known = {"absent": absent.id, "since": command.since.isoformat(), "until": command.until.isoformat()}
    if not command.deputy:
        asked = "deputy_who" if absent.id != speaker.id else "deputy_who_for_you"
        return Part(texts().say(asked, name=absent.name), state={"deputy": known})
    return _appoint(tx, turn, known, command.deputy, position)


def answered(tx: Tx, turn: Turn, known: Mapping[str, Any], said: str, position: int) -> Part:
    """Take the name that was asked for."""
    if words.load().fits("absence.nobody", said.strip()):
        return Part(texts().say("deputy_nobody"), state={"deputy": None})
    return _appoint(tx, turn, known, said.strip(), position)


def back_again(tx: Tx, turn: Turn) -> Part:
    """Give the offices back."""
    person = turn.situation.person
    if person is None:
        return Part()
    stood_in = deputies.back_again(tx, person, by=person.id, at=turn.situation.at)
    if not stood_in:
        return Part(texts().say("back_nobody"))
    told = tuple(_say(turn, one, texts().say("deputy_over", name=person.name)) for one in stood_in)
    return Part(texts().say("back", names=_names(stood_in)), told)


def consult(tx: Tx, turn: Turn, command: Consult, position: int) -> Part:
    """Ask a colleague to look first at the one task that waits, which then comes back; of several, ask which."""
    person = turn.situation.person
    if person is None:
        return Part()
    found = [one for one in colleagues.named(tx, turn, command.who) if one.id != person.id]
    if len(found) != 1:
        return _whom(command.who, found)
    waiting = tasks.of_person(tx, turn.situation.town_id, person.id)
    if not waiting:
        return Part(texts().say("tasks_none"))
    if len(waiting) > 1:
        lines = "\n".join(task_lines(tx, turn))
        return Part(texts().say("consult_which", name=found[0].name, lines=lines))
    if not _hand_over(tx, turn, waiting[0], person, found[0], command.text, turn.key(position), LOOK_FIRST):
        return Part(texts().say("consult_not", number=waiting[0].number))
    return Part(texts().say("consulted", number=waiting[0].number, name=found[0].name))


def _appoint(tx: Tx, turn: Turn, known: Mapping[str, Any], said: str, position: int) -> Part:
    speaker, absent = turn.situation.person, directory.person(tx, known["absent"])
    if speaker is None or absent is None:
        return Part(state={"deputy": None})
    found = [one for one in colleagues.named(tx, turn, said) if one.id != absent.id]
    if len(found) != 1:
        asked = _whom(said, found)
        return Part(asked.text, state={"deputy": dict(known)})
    deputy, at = found[0], turn.situation.at
    since = max(at, datetime.combine(date.fromisoformat(known["since"]), time(), SHANGHAI))
    until = datetime.combine(date.fromisoformat(known["until"]), GOES_HOME, SHANGHAI)
    standin = deputies.appoint(tx, absent, deputy, since=since, until=until, by=speaker.id, at=at)
    moved = _give_tasks(tx, turn, absent, deputy, position) if since <= at else 0
    named = {"name": deputy.name, "absent": absent.name, "until": say_moment(until, house_texts())}
    starts = texts().say("deputy_from", since=say_moment(since, house_texts())) if since > at else ""
    note = _notes(tx, turn, absent, deputy, left=bool(standin.left), moved=moved)
    told = texts().say("deputy_told", **named, starts=starts)
    others = [_say(turn, one, told) for one in (deputy, absent) if one.id != speaker.id]
    said_back = texts().say("deputy_set", **named, starts=starts, notes=note)
    return Part(said_back, tuple(others), {"deputy": None})


def _notes(tx: Tx, turn: Turn, absent: Person, deputy: Person, *, left: bool, moved: int) -> str:
    """Say what else follows: how much went over, what nobody may take over, and that the duty phone stays."""
    said = [texts().say("deputy_moved", count=moved, name=deputy.name)] if moved else []
    if left:
        said.append(texts().say("deputy_left", absent=absent.name))
    on_duty = directory.on_duty(tx, absent.town_id, turn.situation.at, absent.village_id)
    mine = [one for one in on_duty if one.person.id == absent.id]
    if mine:
        said.append(texts().say("deputy_duty", phone=mine[0].phone, absent=absent.name))
    return "".join(f"\n{line}" for line in said)


def _give_tasks(tx: Tx, turn: Turn, absent: Person, deputy: Person, position: int) -> int:
    """Give what waits for who is away to the deputy; what may not be given stays."""
    waiting = tasks.of_person(tx, turn.situation.town_id, absent.id)
    why = texts().say("deputy_why", absent=absent.name)
    keys = ((task, f"{turn.key(position)}:{task.id}") for task in waiting)
    return sum(_hand_over(tx, turn, task, absent, deputy, why, key) for task, key in keys)


def _hand_over(
    tx: Tx, turn: Turn, task: TaskView, holder: Person, to: Person, why: str, key: str, ways: Sequence[str] = HAND_ON
) -> bool:
    actions = offers.of_task(tx, turn.situation.town_id, task)
    action = next((name for name in ways if name in actions), "")
    if not action:
        return False
    given = {"to": to.id, **({"reason": why} if "reason" in actions[action].needs else {})}
    acting = Act(turn.situation.town_id, task.case_id, action, key, holder.id, given, task.id, Via.CHAT)
    try:
        with savepoint(tx):
            cases.act(tx, acting, now=turn.situation.at)
    except TownshipError:
        return False
    return True


def _may_say(turn: Turn, speaker: Person, absent: Person) -> bool:
    """Say whether somebody may arrange for a colleague: who leads that village, or the town."""
    offices = turn.situation.own_scope.offices
    return absent.id == speaker.id or any(
        role in MAY_SAY and (village is None or village == absent.village_id) for role, village in offices
    )


def _whom(said: str, found: list[Person]) -> Part:
    if found:
        return Part(texts().say("colleague_which", names=_names(found)))
    return Part(texts().say("colleague_unknown", said=said))


def _names(people: list[Person]) -> str:
    return house_texts().say("between_names").join(one.name for one in people)


def _say(turn: Turn, person: Person, said: str) -> tuple[str, Effect]:
    return f"{turn.heard.id}:deputy:{person.id}", Say(ToPerson(person.id), said)
