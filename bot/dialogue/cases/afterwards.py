"""What is said of a matter after it was filed: put right, more photos, never mind, not mended after all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from msgspec import structs

from bot.dialogue.cases import after_all, booking, matters, open_forms, owned
from bot.dialogue.cases.openings import kept_photos, opening
from bot.dialogue.hearing import words
from bot.dialogue.meaning import details
from bot.dialogue.meaning.commands import Cancel, Correct, NotMended, Repeat, StartSkill, Where
from bot.dialogue.parts import Part, Turn, open_form, texts
from township.db import Tx
from township.errors import TownshipError
from township.statements import savepoint
from workflows import casebook, cases, offers
from workflows.casebook import CaseView, Filter
from workflows.cases import Act, Outcome
from workflows.state import Via

LATELY = timedelta(days=30)
"""How long after its end a matter is the one that is not mended."""
JUST_NOW = timedelta(days=1)
"""How long after its beginning `never mind` means it."""
A_MOMENT = timedelta(hours=1)
"""The same, when the words only say that the talk is over."""
LOOKED_AT = 10


def correct(tx: Tx, turn: Turn, command: Correct, position: int) -> Part:
    """Put right what was understood of the last matter: where it is, else in words; who works on it sees it."""
    form = open_form(turn.heard)
    if form and command.new and (part := open_forms.corrected(tx, turn, form, command.old, command.new, position)):
        return part
    case = casebook.get(tx, turn.situation.own_scope, str(turn.state.get("last", "")))
    if case is None and position == 1 and turn.several:
        return Part()  # what was put right was no case; the rest of the message is answered
    if not command.new or case is None:
        wrong_at = turn.heard.received_at.isoformat() if case else None
        return Part(texts().say("correct_what"), state={"wrong_at": wrong_at})
    if part := _of_other_kind(tx, turn, case, command, position):
        return part
    if part := booking.put_right(tx, turn, case, command.new):
        return replace(part, state={**part.state, "wrong_at": None})
    place = _place(turn, case, command)
    said = f"{command.old}→{command.new}" if command.old else command.new
    given = {"place": place} if place and _keeps_place(turn, case) else {"more": said}
    outcome = act(tx, turn, case.id, "correct", given, position)
    if outcome is None and (added := add(tx, turn, case.id, said, position)):
        return Part(added.reply or texts().say("noted", number=case.number), state={"wrong_at": None})
    if outcome is None:
        return Part(texts().say("correct_what"))
    said = outcome.reply or texts().say("corrected", number=case.number, new=place or command.new)
    return Part(said, state={"wrong_at": None})


def where(tx: Tx, turn: Turn, command: Where, position: int) -> Part:
    """Put to the last report where it is more exactly; a place that was said stays, home gives way."""
    named = owned.named(turn, owned.open_cases(tx, turn), command.thing) if command.thing else []
    case = next(iter(named), None) or casebook.get(tx, turn.situation.own_scope, str(turn.state.get("last", "")))
    before = case.said.get("place", "") if case else ""
    stays = before if before not in ("", turn.situation.home) else turn.situation.village
    more = {"place": f"{stays} {command.place}".strip()}
    outcome = act(tx, turn, case.id, "correct", more, position) if case else None
    if case is None or outcome is None:
        return Part(texts().say("correct_what"))
    return Part(outcome.reply or texts().say("place_added", number=case.number, place=command.place))


def _of_other_kind(tx: Tx, turn: Turn, case: CaseView, command: Correct, position: int) -> Part | None:
    """File a matter anew that is of another kind, with the clock of that kind; None when somebody works on it."""
    kind_of, skill = turn.services.kind_called, case.skill
    kind = kind_of(skill, command.new) if case.kind and skill in turn.services.manifests else ""
    is_where = _is_place(command.new) and not words.load().find("trouble", command.new)
    is_meant = kind_of(skill, command.old) == case.kind if command.old else not is_where
    is_other = is_meant and kind not in ("", case.kind)
    timeline = casebook.timeline(tx, turn.situation.own_scope, case.id) if is_other and case.is_open else []
    is_untouched = bool(timeline) and all(one.by in (None, turn.situation.own_scope.person_id) for one in timeline)
    if not is_untouched or turn.situation.at - case.opened_at > JUST_NOW:
        return None
    what = texts().say("other_kind_what", new=command.new, what=case.said.get("what", ""))
    held = {"place": case.said.get("place"), "photos": case.fields.get("photos")}
    fields = {"what": what, "kind": kind, **{name: value for name, value in held.items() if value}}
    matter = opening(turn, skill, position, fields)
    matter = structs.replace(matter, key=f"{matter.key}:anew", village_id=case.village_id)
    if act(tx, turn, case.id, "withdraw", {}, position) is None:
        return None
    part = matters.file(tx, turn, matter)
    name = turn.services.manifests[skill].form["kind"].options[kind].name
    return replace(part, text=texts().say("other_kind", kind=name, before=case.number, said=part.text))


def _place(turn: Turn, case: CaseView, command: Correct) -> str:
    """Say the place anew: with the wrong words replaced, or as it is said now; empty when it was not the place."""
    before = case.said.get("place", "")
    if command.old and command.old in before:
        return before.replace(command.old, command.new)
    return str(details.place(command.new, turn.situation.home).get("place", "")) if _is_place(command.new) else ""


def _keeps_place(turn: Turn, case: CaseView) -> bool:
    """Say whether a matter has a place of its own: where it has none, the words are kept as they were said."""
    manifest = turn.services.manifests.get(case.skill)
    return manifest is None or "place" in manifest.form


def _is_place(said: str) -> bool:
    return bool(details.place(said, "").get("place"))


def repeat(tx: Tx, turn: Turn, command: Repeat, position: int) -> Part:
    """Report the trouble of last time again; one that is still open hears of it instead."""
    scope = turn.situation.own_scope
    found = casebook.listed(tx, scope, Filter(person_id=scope.person_id), limit=LOOKED_AT)
    report = next((skill.name for skill in turn.services.words if skill.catches_all), "")
    last = next((case for case in found if case.skill == report), None)
    if last is None:
        return matters.start(tx, turn, StartSkill(report, ""), position)
    where = details.place(command.text, turn.situation.home) if _is_place(command.text) else {}
    if last.is_open and not where:
        act(tx, turn, last.id, "add", {"more": turn.heard.incoming.text}, position)
        return Part(texts().say("repeat_open", number=last.number, stage=last.stage_title))
    fields = {"kind": last.kind, "place": last.said.get("place", ""), "what": _again(last, command), **where}
    again = StartSkill(report, fields["what"], {name: value for name, value in fields.items() if value})
    return matters.start(tx, turn, again, position)


def _again(last: CaseView, command: Repeat) -> str:
    said = texts().say("repeat_what", number=last.number, what=last.said.get("what", ""))
    return f"{said}，{command.text}" if command.text else said


def add(tx: Tx, turn: Turn, case_id: str, more: str, position: int, **given: Any) -> Outcome | None:
    """Put more words, and photos, to a matter of the speaker's; None when it is closed meanwhile."""
    return act(tx, turn, case_id, "add", {"more": more, **given}, position)


def photos(tx: Tx, turn: Turn, position: int) -> Part | None:
    """Put photos without words to the matter that was just reported; None when there is none."""
    case_id = turn.heard.conversation.state.get("last")
    if not case_id or not turn.photos:
        return None
    outcome = act(tx, turn, str(case_id), "add", {"photos": turn.photos}, position)
    return Part(texts().say("picture_added", number=outcome.number)) if outcome else None


def keep_photos(turn: Turn, words: str) -> Part:
    """Keep photos for the words that will follow."""
    if not turn.photos:
        return Part(words)
    kept = {"hashes": [*kept_photos(turn), *turn.photos], "at": turn.heard.received_at.isoformat()}
    return Part(words, state={"photos": kept})


def never_mind(tx: Tx, turn: Turn, command: Cancel, position: int) -> Part:
    """Drop what was asked; or take back the matter that was filed just now."""
    state = turn.state
    if open_form(turn.heard) or state.get("act") or state.get("deputy"):
        given_up = {"form": None, "act": None, "deputy": None, **after_all.dropped_form(turn)}
        return Part(texts().say("cancelled"), state=given_up)
    means_it = words.load().find("take_back", command.text) is not None
    nothing = Part("" if words.load().fits("misdialled", command.text) else texts().say("nothing_to_cancel"))
    named = owned.meant(turn, owned.open_cases(tx, turn), command.text)
    last = next(iter(named), None) or casebook.get(tx, turn.situation.own_scope, str(state.get("last", "")))
    age = turn.situation.at - last.opened_at if last else JUST_NOW
    if last is None or not last.is_open or (not named and age > (JUST_NOW if means_it else A_MOMENT)):
        return nothing
    outcome = act(tx, turn, last.id, "withdraw", {}, position)
    if outcome is None:
        return nothing
    said = outcome.reply or texts().say("withdrawn", number=outcome.number)
    return Part(said, state={"last": None, **after_all.dropped_case(turn, last.id)})


def hurry(tx: Tx, turn: Turn, text: str, position: int) -> str:
    """Write down that somebody asked for it to go faster; says which matter, or nothing."""
    mine = owned.open_cases(tx, turn)
    mine = owned.meant(turn, mine, text) or mine
    done = act(tx, turn, mine[0].id, "hurry", {}, position) if mine else None
    return texts().say("hurried", number=done.number) if done else ""


def not_mended(tx: Tx, turn: Turn, command: NotMended, position: int) -> Part | None:
    """Let a matter that was closed go on; one that is open hears of it. None when there is none that is meant.

    That it is so *again* speaks of what was closed, whatever else is open; a thing that is named, of no other thing.
    """
    scope = turn.situation.own_scope
    found = [one for one in casebook.listed(tx, scope, Filter(person_id=scope.person_id), limit=LOOKED_AT)
             if not _is_late(turn, one)]  # fmt: skip
    meant = owned.meant(turn, found, command.text)
    is_again = words.load().find("back_again.again", command.text) is not None
    if not meant and owned.names_something(command.text):
        return None
    by_change = sorted(meant or found, key=lambda one: one.changed_at, reverse=True)
    for case in sorted(by_change, key=lambda one: (not _is_report(turn, one), is_again and one.is_open)):
        action = "add" if case.is_open else "reopen"
        if action in offers.of_case(tx, scope, case.id):
            outcome = act(tx, turn, case.id, action, {"more": command.text}, position)
            if outcome is not None:
                said = outcome.reply or texts().say(f"not_mended_{action}", number=outcome.number)
                return Part(said, state={"last": case.id}, in_private=True)
    return None


def _is_report(turn: Turn, case: CaseView) -> bool:
    return any(one.name == case.skill and one.is_report for one in turn.services.words)


def _is_late(turn: Turn, case: CaseView) -> bool:
    return case.closed_at is not None and turn.situation.at - case.closed_at > LATELY


def act(tx: Tx, turn: Turn, case_id: str, action: str, given: Mapping[str, Any], position: int) -> Outcome | None:
    """Act as the villager of a case; None when it is closed meanwhile, or not this person's."""
    person = turn.situation.person
    if person is None:
        return None
    acting = Act(turn.situation.town_id, case_id, action, turn.key(position), person.id, given, via=Via.CHAT)
    try:
        with savepoint(tx):
            return cases.act(tx, acting, now=turn.situation.at)
    except TownshipError:
        return None
