"""What is said after an alarm: more of it goes to those who come, and that it is over calls it off."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.hearing.emergency import child_line
from bot.dialogue.meaning.commands import MoreOfAlarm
from bot.dialogue.parts import Part, Turn, texts
from bot.wording import texts as house_texts
from township import directory
from township.db import Tx
from township.directory import Person, Role
from township.effects import Effect, Say, ToPerson
from township.errors import Refused
from township.statements import savepoint
from workflows import cases
from workflows.cases import Act

UNDER_WAY = timedelta(minutes=30)
"""How long what is said is taken for more of an alarm, unless it plainly is something else."""


def raised(case_id: str, words: str, place: str, at: datetime) -> dict[str, Any]:
    """Give what a talk remembers of an alarm."""
    said = {"alarm_said": words, "alarm_place": place}
    return {"alarm": case_id, **said, "alarm_at": at.isoformat(), "alarm_child": False}


def of_child(at: datetime) -> dict[str, Any]:
    """The same where a child speaks of harm at home: that there is a case is remembered nowhere."""
    return {"alarm_child": True, "alarm_at": at.isoformat()}


def is_fresh(state: Mapping[str, Any], at: datetime) -> bool:
    """Tell whether an alarm was raised in this talk a moment ago."""
    began = state.get("alarm_at")
    return bool(began) and at - datetime.fromisoformat(str(began)) <= UNDER_WAY


def under_way(state: Mapping[str, Any], at: datetime) -> str:
    """Name the case of the alarm that was raised in this talk a moment ago; empty when there is none."""
    return str(state.get("alarm") or "") if is_fresh(state, at) else ""


def is_childs(state: Mapping[str, Any], at: datetime) -> bool:
    """Tell whether a child has spoken of harm at home a moment ago: nobody of the village may hear what is next."""
    return bool(state.get("alarm_child")) and is_fresh(state, at)


def place_of(state: Mapping[str, Any], own: str) -> str:
    """Say where the alarm of this talk is: not at the `own` door where somebody has called for another."""
    return str(state.get("alarm_place", own))


def said_of_more(place: str, words: str) -> tuple[str, str]:
    """Say what is answered to more of an alarm, and what those on duty hear."""
    return texts().say("alarm_more"), texts().say("alarm_more_duty", place=place, words=words)


def add(tx: Tx, turn: Turn, command: MoreOfAlarm, position: int) -> Part:
    """Pass words on at once to those on duty, and keep them with the case; a child's to the officer alone."""
    if is_childs(turn.state, turn.heard.received_at):
        said = house_texts().say("alarm_child_more", words=command.text)
        key, at = turn.key(position), turn.situation.at
        account = turn.situation.person.id if turn.situation.person else None
        return Part(child_line(), to_officers(tx, turn.situation.town_id, said, key, at, account))
    _act(tx, turn, "add", {"more": command.text}, position)
    answer, told = said_of_more(place_of(turn.state, turn.situation.home), command.text)
    return Part(answer, _to_duty(tx, turn, told, position))


def call_off(tx: Tx, turn: Turn, position: int) -> Part:
    """The alarm was nothing: its case is closed, and those on duty hear it at once."""
    if not turn.state.get("alarm"):
        return Part(texts().say("closed_none"))
    is_closed = _act(tx, turn, "withdraw", {}, position)
    told = _to_duty(tx, turn, texts().say("called_off_duty"), position) if is_closed else ()
    return Part(texts().say("called_off"), told, {"alarm": None, "alarm_said": None, "alarm_at": None}, aside=True)


def _act(tx: Tx, turn: Turn, action: str, given: Mapping[str, Any], position: int) -> bool:
    """Do something to the case of the alarm; False where it is over, or another one's."""
    person = turn.situation.person
    by, case_id = person.id if person else None, str(turn.state["alarm"])
    acting = Act(turn.situation.town_id, case_id, action, turn.key(position), by, dict(given))
    try:
        with savepoint(tx):
            cases.act(tx, acting, now=turn.situation.at)
    except Refused:
        return False
    return True


def to_officers(
    tx: Tx, town_id: str, said: str, key: str, at: datetime, account: str | None
) -> tuple[tuple[str, Effect], ...]:  # fmt: skip
    """Say what a child says to those who protect children and to nobody else; never to the account that it comes from.

    In a town without such an officer whoever has the duty of the town hears it, and its leaders: never the village.
    """
    told = officers(tx, town_id, at, account)
    if not told:
        on_duty = [one.person for one in directory.on_duty(tx, town_id, at)]
        every = [*on_duty, *directory.people_with_role(tx, town_id, Role.TOWN_LEADER, at)]
        told = list({one.id: one for one in every if one.id != account}.values())
        said = f"{said}\n{house_texts().say('alarm_child_no_officer')}"
    return tuple((f"{key}:{one.id}", Say(ToPerson(one.id), said, urgent=True)) for one in told)


def officers(tx: Tx, town_id: str, at: datetime, account: str | None) -> list[Person]:
    """List those who protect children, but for whoever has the account from which a child speaks."""
    found = directory.people_with_role(tx, town_id, Role.CHILD_PROTECTION, at)
    return [one for one in found if one.id != account]


def _to_duty(tx: Tx, turn: Turn, said: str, position: int) -> tuple[tuple[str, Effect], ...]:
    duty = directory.on_duty(tx, turn.situation.town_id, turn.situation.at, turn.situation.village_id)
    return tuple(
        (f"{turn.key(position)}:{one.person.id}", Say(ToPerson(one.person.id), said, urgent=True)) for one in duty
    )
