"""A fact past its last day is not said: its keeper is asked, once for all who ask, and the answer renews the row."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.dialogue.meaning.services import FACT_CHECK
from bot.dialogue.parts import Counts, Part, Turn, texts
from knowledge import facts
from knowledge.answers import Answer
from knowledge.facts import Fact
from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.directory import Role
from township.errors import Mistake, Refused
from township.scope import Scope
from workflows import casebook, cases, catalogue
from workflows.cases import Opening
from workflows.catalogue import Occasion

CONFIRM = "confirm"
"""The stage in which the answer is known, and only the sheet is still to be mended."""


def ask(tx: Tx, turn: Turn, found: Answer, position: int) -> Part:
    """Ask the owner of the fact, or join those who wait for the same answer; nobody is told what has run out."""
    person, town_id = turn.situation.person, turn.situation.town_id
    fact = facts.get(tx, town_id, found.fact_id)
    if fact is None or person is None:
        return Part(texts().say("expired_outsider", phone=turn.situation.phone), counts=Counts.answered)
    key, case_id = cases.current(tx, town_id, f"expired:{fact.id}")
    if case_id is None:
        outcome = cases.open(tx, _opening(tx, turn, fact, key), now=turn.situation.at)
        if not outcome.repeated:
            return Part(f"{found.text}\n{outcome.reply}", counts=Counts.answered)
        case_id = outcome.case_id  # somebody else was faster
    cases.join(tx, town_id, case_id, person=person.id, key=turn.key(position), now=turn.situation.at)
    scope = Scope(town_id, person.id)
    case = casebook.get(tx, scope, case_id)
    if case is not None and case.stage == CONFIRM:
        answer = case.said.get("answer") or fact.answer
        return Part(texts().say("expired_answered", answer=answer, number=case.number), counts=Counts.answered)
    number = case.number if case else ""
    return Part(texts().say("handed_over", answer=found.text, number=number), counts=Counts.answered)


def declare() -> None:
    """Make known how an answer becomes the fact that is told from now on."""
    catalogue.declare("fact.renew", _renew)


def owner_of(tx: Tx, town_id: str, owner: str, at: datetime) -> str:
    """Find the person whom a sheet names as its owner: a cadre by name, or whoever holds the office; empty: nobody."""
    named = [one for one in directory.named(tx, town_id, owner) if one.is_cadre]
    if len(named) == 1:
        return named[0].id
    villages = {village.name: village.id for village in directory.villages_of(tx, town_id)}
    village = next((name for name in villages if owner.startswith(name)), "")
    role = next((role for word, role in offices() if word in owner.removeprefix(village)), None)
    if role is None:
        return ""
    holders = directory.people_with_role(tx, town_id, role, at, villages.get(village))
    return holders[0].id if holders else ""


@cache
def offices() -> tuple[tuple[str, Role], ...]:
    """The words by which a sheet names offices, the longest first (offices.yaml)."""
    source = Path(__file__).with_name("offices.yaml")
    loaded: dict[str, list[str]] = YAML(typ="safe", pure=True).load(source.read_text("utf-8"))
    pairs = [(word, Role(role)) for role, words in loaded.items() for word in words]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _opening(tx: Tx, turn: Turn, fact: Fact, key: str) -> Opening:
    situation, heard = turn.situation, turn.heard
    until = fact.valid_until.isoformat() if fact.valid_until else ""
    source = fact.source or texts().say("expired_no_source")
    fields = {
        "what": fact.questions[0],
        "preview": texts().say("expired_was", answer=fact.answer, until=until, source=source, owner=fact.owner),
        "fact": fact.id,
        "was": fact.answer,
    }
    if owner := owner_of(tx, situation.town_id, fact.owner, situation.at):
        fields["owner"] = owner
    return Opening(
        situation.town_id,
        FACT_CHECK,
        key,
        fields,
        heard.received_at,
        spoke=situation.person.id if situation.person else None,
        conversation_id=heard.conversation.id,
    )


def _renew(tx: Tx, occasion: Occasion) -> None:
    """Put the answer into the sheet; who gave it and who puts it there are two."""
    held, today = occasion.fields, occasion.at.astimezone(SHANGHAI).date()
    until = date.fromisoformat(str(held["until"]))
    if until < today:
        raise Mistake("fact_until_past", until=until.isoformat())
    answer = str(held.get("answer") or held["was"])
    renewed = facts.renew(
        tx, occasion.town_id, str(held["fact"]), answer=answer, valid_until=until, checked=today, at=occasion.at
    )
    if renewed is None:
        raise Refused("fact_replaced")
