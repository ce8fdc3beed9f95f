"""Complaints about cadres, village bodies, money or favours: past the village, named or unnamed (law of talk 7).

One is filed unnamed on its first message, so that it is not lost; whoever then says so puts the own name to it. Who
stays unnamed gets a code, and our copy of the words is taken away. What is about the discipline office is not kept.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bot.dialogue.cases import afterwards, owned
from bot.dialogue.cases.openings import kept_photos, opening
from bot.dialogue.hearing import words
from bot.dialogue.meaning.commands import Grievance, MoreOfComplaint, Naming, Query
from bot.dialogue.parts import Counts, Part, Turn, texts
from township import directory
from township.db import Tx
from township.errors import Refused
from township.statements import savepoint
from workflows import casebook, cases
from workflows.cases import Act
from workflows.clocks.deadlines import say_moment
from workflows.house import texts as house_texts
from workflows.state import Via

UNDER_WAY = timedelta(minutes=30)
"""How long words that say nothing of their own go on with a complaint."""
DECIDE_WITHIN = timedelta(days=1)
"""How long one may put the own name to a complaint; afterwards it stays unnamed."""


def file(tx: Tx, turn: Turn, command: Grievance, position: int) -> Part:
    """Take a complaint, and ask whether it is to be named."""
    skill = turn.services.grievance
    manifest = turn.services.manifests[skill]
    nobody = Part(manifest.texts["nobody_may_see"], in_private=True, forget=(turn.heard.id,))
    if words.load().find("grievance.discipline", command.text):
        return nobody
    is_more = is_fresh(turn.state, turn.heard.received_at) and not _objects(turn, command.text)
    if is_more and not words.load().find("grievance.another", command.text):
        return more(tx, turn, MoreOfComplaint(command.text), position)
    photos = [*kept_photos(turn), *turn.photos]
    if added := _added(tx, turn, skill, command.text, photos, position):
        return added
    fields: dict[str, Any] = {"what": command.text}
    if photos:
        fields["photos"] = photos
    if about := _about(tx, turn, command.text):
        fields["about"] = about
    matter = opening(turn, skill, position, fields)
    try:
        with savepoint(tx):
            outcome = cases.open(tx, replace(matter, anonymous=True), now=turn.situation.at)
    except Refused:
        return nobody
    if turn.situation.person is None or turn.heard.conversation.is_group:
        forget = (turn.heard.id,)
        return Part(outcome.reply, in_private=True, counts=Counts.filed, forget=forget, state={"photos": None})
    naming = {"case": outcome.case_id, "said": outcome.reply, "messages": [turn.heard.id], "keys": [matter.key]}
    naming |= {"objects": sorted(_objects(turn, command.text)), "at": turn.heard.received_at.isoformat()}
    return Part(texts().say("name_yourself"), state={"naming": naming, "photos": None}, in_private=True)


def name(tx: Tx, turn: Turn, command: Naming, position: int) -> Part:
    """Put the own name to it; or hand out the code, and forget who it was."""
    waiting, person = waits(turn), turn.situation.person
    if not waiting or person is None:
        return Part(texts().say("name_nothing"), in_private=True)
    if not command.named:
        for key in waiting["keys"]:
            cases.unlink(tx, turn.situation.town_id, str(key))
        forget = (*map(str, waiting["messages"]), turn.heard.id)
        return Part(str(waiting["said"]), state={"naming": None}, in_private=True, forget=forget)
    case_id, key = str(waiting["case"]), turn.key(position)
    acting = Act(turn.situation.town_id, case_id, "name", key, person.id, {}, via=Via.CODE)
    try:
        with savepoint(tx):
            outcome = cases.act(tx, acting, now=turn.situation.at)
    except Refused:
        return Part(str(waiting["said"]), state={"naming": None}, in_private=True)
    complained = {"case": case_id, "at": turn.heard.received_at.isoformat()}
    return Part(outcome.reply, state={"naming": None, "last": case_id, "complained": complained}, in_private=True)


def withdrawn(tx: Tx, turn: Turn, position: int) -> Part | None:
    """Take back a complaint whose speaker has still to say whether to be named; None where none waits for that."""
    waiting = waits(turn)
    if not waiting:
        return None
    _act_unnamed(tx, turn, str(waiting["case"]), "withdraw", {}, position)
    for one in (*waiting["keys"], turn.key(position)):
        cases.unlink(tx, turn.situation.town_id, str(one))
    forget = (*map(str, waiting["messages"]), turn.heard.id)
    return Part(texts().say("complaint_withdrawn"), state={"naming": None}, in_private=True, forget=forget)


def is_fresh(state: Mapping[str, Any], at: datetime) -> bool:
    """Tell whether a complaint was made in this talk a moment ago; of an unnamed one nothing is remembered."""
    began = state.get("naming") or state.get("complained") or {}
    return "at" in began and at - datetime.fromisoformat(str(began["at"])) <= UNDER_WAY


def more(tx: Tx, turn: Turn, command: MoreOfComplaint, position: int) -> Part:
    """Put to a complaint what is said next."""
    given = {"more": command.text}
    if waiting := waits(turn):
        return _added_unnamed(tx, turn, waiting, given, position)
    case_id = str((turn.state.get("complained") or {}).get("case", ""))
    case = casebook.get(tx, turn.situation.own_scope, case_id)
    if case is None or afterwards.act(tx, turn, case_id, "add", given, position) is None:
        return Part(texts().say("closed_none"), in_private=True)
    return Part(texts().say("complaint_again", number=case.number), in_private=True)


def waits(turn: Turn) -> dict[str, Any]:
    """Find the complaint of which its speaker has still to say whether to be named."""
    naming = dict(turn.state.get("naming") or {})
    is_fresh = bool(naming) and turn.heard.received_at - datetime.fromisoformat(naming["at"]) <= DECIDE_WITHIN
    return naming if is_fresh else {}


def progress(tx: Tx, turn: Turn, command: Query, position: int) -> Part:
    """Say how far the matter of a code is; what is said with the code is added to it."""
    town_id = turn.situation.town_id
    case = casebook.by_query_code(tx, town_id, command.code)
    if case is None:
        return Part(texts().say("query_unknown"), in_private=True)
    if command.more and case.is_open:
        is_over = words.load().fits("naming.withdrawn", command.more) is not None
        _act_unnamed(
            tx, turn, case.id, "withdraw" if is_over else "add", {} if is_over else {"more": command.more}, position
        )
        cases.unlink(tx, town_id, turn.key(position))
        said = texts().say("complaint_withdrawn" if is_over else "query_added")
        return Part(said, in_private=True, forget=(turn.heard.id,))
    if not case.is_open:
        said = case.said.get("answer") or case.said.get("body") or ""
        return Part(texts().say("query_closed", answer=said), in_private=True, forget=(turn.heard.id,))
    by = texts().say("query_by", by=say_moment(case.due_at, house_texts())) if case.due_at else ""
    said = texts().say("query_open", stage=case.stage_title, by=by)
    return Part(said, in_private=True, forget=(turn.heard.id,))


def _added(tx: Tx, turn: Turn, skill: str, text: str, photos: Sequence[str], position: int) -> Part | None:
    """Put what is said once more of the same office to the complaint that is open; None when none is.

    Nothing is put to a complaint that speaks of fewer people: who is named in it must not come to read the rest.
    """
    objects, waiting = _objects(turn, text), waits(turn)
    if not objects or words.load().find("grievance.another", text):
        return None
    given = {"more": text, **({"photos": list(photos)} if photos else {})}
    if waiting and _is_of_same(turn, objects, set(waiting["objects"])):
        return _added_unnamed(tx, turn, waiting, given, position)
    mine = (case for case in owned.open_cases(tx, turn) if case.skill == skill)
    same = (case for case in mine if _is_of_same(turn, objects, _objects(turn, case.said.get("what", ""))))
    known = next(same, None)
    if known is None or afterwards.act(tx, turn, known.id, "add", given, position) is None:
        return None
    said = texts().say("complaint_again", number=known.number)
    return Part(said, state={"last": known.id, "photos": None}, in_private=True, counts=Counts.filed)


def _added_unnamed(tx: Tx, turn: Turn, waiting: Mapping[str, Any], given: Mapping[str, Any], position: int) -> Part:
    """Put words to a complaint whose speaker has still to say whether to be named, and ask once more."""
    _act_unnamed(tx, turn, str(waiting["case"]), "add", given, position)
    more = {"messages": [*waiting["messages"], turn.heard.id], "keys": [*waiting["keys"], turn.key(position)]}
    state = {"naming": {**waiting, **more}, "photos": None}
    return Part(texts().say("complaint_again_unnamed"), state=state, in_private=True)


def _act_unnamed(tx: Tx, turn: Turn, case_id: str, action: str, given: Mapping[str, Any], position: int) -> None:
    """Do something to a complaint as nobody in particular; the key still leads to the message until it is unlinked."""
    acting = Act(turn.situation.town_id, case_id, action, turn.key(position), None, given, via=Via.CODE)
    cases.act(tx, acting, now=turn.situation.at)


def _objects(turn: Turn, text: str) -> set[str]:
    """Name whom a complaint speaks of: offices, cadres by name, and whose they are where it is not the own village."""
    found = {found.group() for found in words.load().patterns["grievance.object"].finditer(text)}
    found |= {name for name in turn.situation.cadres if name in text}
    return found | {name for name in _other_villages(turn) if name in text} if found else set()


def _is_of_same(turn: Turn, objects: set[str], before: set[str]) -> bool:
    """Tell whether words speak of nobody but those of whom a complaint speaks, in the same village."""
    return objects <= before and not (before - objects) & _other_villages(turn)


def _other_villages(turn: Turn) -> set[str]:
    return set(turn.situation.villages.values()) - {turn.situation.village}


def _about(tx: Tx, turn: Turn, text: str) -> str:
    """Find the one cadre whom a complaint names: that person never sees it."""
    named = [cadre for cadre in turn.situation.cadres if cadre in text]
    found = directory.named(tx, turn.situation.town_id, named[0]) if len(named) == 1 else []
    return found[0].id if len(found) == 1 else ""
