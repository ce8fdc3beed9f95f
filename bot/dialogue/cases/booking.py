"""What is said of what people have borrowed, booked or queued for: how many are before one, what is free, another day.

How much there is, and who has it, is `workflows/bookings`' matter.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from bot.dialogue.cases import filling, meant, offering
from bot.dialogue.cases.offering import texts
from bot.dialogue.hearing import words
from bot.dialogue.meaning.services import called
from bot.dialogue.parts import Part, Turn, open_form
from bot.wording import sentence
from skills.manifest import Manifest
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake, TownshipError
from township.statements import savepoint
from workflows import casebook, cases, forms, offers
from workflows.bookings import figures, keeping, line, times
from workflows.bookings.room import Span
from workflows.casebook import CaseView, Filter
from workflows.definition import Action, FieldKind, FormField
from workflows.fields.spotting import Spotted, spot
from workflows.fields.wording import say_day
from workflows.house import texts as house_texts
from workflows.moments.reading import Lean, find
from workflows.state import Via

LOOKED_AT = 5
EVERY = 1000
"""Free times among which a day is looked for."""
ASKED_FOR = timedelta(minutes=10)
"""How long what an action still needs is waited for."""
NAMED, SHORT = 3, 30
"""Signs of a name that is found inside a sentence, and of such a sentence."""


@cache
def _asks(name: str) -> re.Pattern[str]:
    return re.compile(texts().say(f"asks_{name}"))


def heard(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Answer what is asked of a line or of what is free, or do what somebody says of an own booking."""
    if turn.heard.conversation.is_group or not _booking(turn):
        return None
    mine = _mine(tx, turn)
    if not open_form(turn.heard) and (done := _acted(tx, turn, mine, text) or _gone_on(tx, turn, mine, text)):
        return done
    if _asks("ahead").search(text) and (said := "\n".join(filter(None, (in_line(tx, one) for one in mine)))):
        return Part(said, in_private=True)
    if turn.situation.is_cadre and (said := _for_keeper(tx, turn, text)):
        return Part(said, in_private=True)
    if _asks("free").search(text) and (said := "\n".join(_free(tx, turn, text))):
        return Part(said)
    return None


def _booking(turn: Turn) -> Mapping[str, Manifest]:
    """The services of a town of which there is only so much."""
    return {skill: one for skill, one in turn.services.manifests.items() if one.workflow.books}


def _mine(tx: Tx, turn: Turn) -> Sequence[CaseView]:
    scope = turn.situation.own_scope
    if scope.person_id is None:
        return ()
    found = casebook.listed(tx, scope, Filter(person_id=scope.person_id, is_open=True), limit=LOOKED_AT)
    return [one for one in found if one.skill in _booking(turn)]


def in_line(tx: Tx, case: CaseView) -> str:
    """Say where a case stands in its line; empty where it stands in none."""
    standing = line.standing(tx, case.id)
    if standing is None:
        return ""
    how = "line_called" if standing.is_called else "line"
    said = texts().say(how, skill=case.skill_name, turn=standing.number, ahead=standing.ahead)
    return f"{said}{texts().say('line_paused')}" if standing.paused else said


def _free(tx: Tx, turn: Turn, text: str) -> list[str]:
    """Say what is free of the things and times that a question names, on the day that it names."""
    span = _span(turn, text)
    said = []
    for skill, manifest in _booking(turn).items():
        said += [one for one in _things(tx, turn, skill, manifest, span) if one[0] in text]
        if manifest.workflow.slots and any(word in text for word in (*called(manifest.name), *_rooms(manifest))):
            said += [
                ("", _times(tx, turn, skill, manifest, name, _named(turn, text))) for name in manifest.workflow.slots
            ]
    return [sentence_ for _, sentence_ in said]


def _rooms(manifest: Manifest) -> set[str]:
    """What people call that which is booked: the words that its author uses in the question and in the summary too."""
    found: set[str] = set()
    for name in manifest.workflow.slots:
        asked = manifest.texts[manifest.form[name].ask]
        parts = {asked[at:end] for at in range(len(asked)) for end in range(at + NAMED - 1, len(asked) + 1)}
        found |= {part for part in parts if part in manifest.summary and re.fullmatch(texts().say("room"), part)}
    return {one for one in found if not words.load().find("question", one)}


def _named(turn: Turn, text: str) -> Span | None:
    """The time that a question names."""
    moments = find(text, turn.situation.at, Lean.NEXT)
    return next((Span(one.start, one.end) for one in moments if one.start and one.end), None)


def _span(turn: Turn, text: str) -> Span:
    """The time that a question names; today where it names none."""
    found = _named(turn, text) or times.span_of(turn.situation.at.astimezone(SHANGHAI).date().isoformat())
    assert found is not None
    return found


def _things(tx: Tx, turn: Turn, skill: str, manifest: Manifest, span: Span) -> list[tuple[str, str]]:
    """Each thing of a service, and what of it is free."""
    situation = turn.situation
    definition = manifest.definition(skill)
    found = keeping.free_during(tx, situation.town_id, situation.village_id, definition, span, situation.at)
    day = say_day(span.begins.astimezone(SHANGHAI).date().isoformat(), house_texts())
    called_so = re.compile(texts().say("before_thing"))
    known = [
        {"name": called_so.sub("", one.name) or one.name, "free": one.free, "unit": one.unit, "amount": one.amount}
        for one in found
    ]
    return [(str(one["name"]), texts().say("free_one", when=day, **one)) for one in known]


def _times(tx: Tx, turn: Turn, skill: str, manifest: Manifest, name: str, wanted: Span | None) -> str:
    """Say which times are free: those of the day that was named, and if none of it is, the nearest ones."""
    definition = manifest.definition(skill)
    every = offering.free_times(tx, turn, definition, name, {}, turn.situation.village_id, most=EVERY)
    if not every:
        return texts().say("no_times", name=manifest.name)
    then = [one for one in every if wanted and wanted.begins <= one.begins < wanted.ends]
    day = say_day((wanted or every[0]).begins.astimezone(SHANGHAI).date().isoformat(), house_texts())
    if len(then) == 1 and not manifest.workflow.slots[name].hours:
        return texts().say("free_day", name=manifest.name, when=day)
    said = texts().say("full_day", when=day) if wanted and not then else ""
    listed = offering.listed((then or every)[:LOOKED_AT], manifest, name)
    return said + texts().say("free_times", name=manifest.name, times=listed)


def _for_keeper(tx: Tx, turn: Turn, text: str) -> str:
    """Answer what a cadre asks of all bookings: who has something, who stands in line, what a month came to."""
    if _asks("out").search(text):
        return _out(tx, turn)
    if _asks("waiting").search(text) and any(one.workflow.queue for one in _booking(turn).values()):
        return _waiting(tx, turn)
    if _asks("figures").search(text):
        return "\n".join(_figures(tx, turn, text))
    return ""


def _waiting(tx: Tx, turn: Turn) -> str:
    """List who stands in which line, as far as this cadre sees the cases."""
    said: list[str] = []
    for skill, manifest in _booking(turn).items():
        queue, before = manifest.workflow.queue, ""
        for row in figures.in_lines(tx, turn.situation.town_id, skill) if queue else ():
            case = casebook.get(tx, turn.situation.own_scope, row["case_id"])
            if case is None:
                continue
            options = manifest.form[queue.of].options if queue and queue.of else {}
            name = options[row["part"]].name if row["part"] in options else manifest.name
            name = f"{turn.situation.villages.get(row['village_id'], '')}{name}"
            said += [texts().say("line_head", line=name)] if name != before else []
            how, before = "line_now" if row["state"] == "called" else "line_next", name
            who = meant.name_of(tx, case.cast.affected)
            said.append(texts().say(how, turn=row["number"], who=who, number=case.number))
    return "\n".join(said) or texts().say("line_none")


def _figures(tx: Tx, turn: Turn, text: str) -> Iterator[str]:
    """Say what this month, or the last, came to, of the services that are named."""
    at = turn.situation.at.astimezone(SHANGHAI)
    this = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last = (this - timedelta(days=1)).replace(day=1)
    since, until = (last, this) if texts().say("last_month") in text else (this, at)
    for skill, manifest in _booking(turn).items():
        if not any(word in text for word in called(manifest.name)):
            continue
        found = figures.of_month(tx, turn.situation.town_id, skill, since, until)
        known = {"month": since.month, "skill": manifest.name, "hours": round(found.waited.total_seconds() / 3600, 1)}
        known |= {name: getattr(found, name) for name in ("lent", "late", "lost", "served", "left", "missed")}
        yield texts().say("figures_line" if manifest.workflow.queue else "figures_lent", **known)


def _out(tx: Tx, turn: Turn) -> str:
    """List who has borrowed what, as far as this cadre sees the cases."""
    scope, said = turn.situation.own_scope, []
    for skill, manifest in _booking(turn).items():
        for case in casebook.listed(tx, scope, Filter(skill=skill, is_open=True)) if manifest.workflow.stock else ():
            for one in keeping.held_by(tx, case.id):
                spec = manifest.form.get(one.thing)
                how = "out_late" if one.ends <= turn.situation.at else "out_line"
                day = say_day(one.last.isoformat(), house_texts())
                unit = spec.unit[0] if spec and spec.unit else ""
                who = meant.name_of(tx, case.cast.affected)
                known = {"number": case.number, "who": who, "amount": one.amount, "unit": unit, "day": day}
                said.append(texts().say(how, name=spec.name if spec else one.thing, **known))
    return "\n".join(said) or texts().say("out_none")


def _acted(tx: Tx, turn: Turn, mine: Sequence[CaseView], text: str) -> Part | None:
    """Do what somebody says by the name of an action: another day, let the next one go first."""
    person = turn.situation.person
    for case in mine:
        own = turn.services.manifests[case.skill].workflow.villager
        allowed = offers.of_case(tx, turn.situation.own_scope, case.id)
        actions = {name: action for name, action in allowed.items() if name in own}
        if person is not None and (found := offers.understood(actions, text) or _within(actions, text)):
            name, rest = found
            return _done(tx, turn, case, name, actions[name], rest)
    return None


def put_right(tx: Tx, turn: Turn, case: CaseView, new: str) -> Part | None:
    """Do what is put right of a booking by the one action that takes it: "it was the eighteenth", "make it thirty"."""
    if case.skill not in _booking(turn):
        return None
    manifest, found = turn.services.manifests[case.skill], []
    for name, action in offers.of_case(tx, turn.situation.own_scope, case.id).items():
        if name in manifest.workflow.villager and len(action.needs) == 1:
            needs = {field: manifest.form.get(field, spec) for field, spec in action.needs.items()}
            spotted = spot(needs, new, filling.known_of(turn))
            found += [(name, action, one.said) for one in spotted.values()]
    return _done(tx, turn, case, *found[0]) if len(found) == 1 else None


def _within(actions: Mapping[str, Action], text: str) -> tuple[str, str] | None:
    """Find the action whose name stands inside a short sentence: "my hall, another day, make it the tenth"."""
    named = [(word, name) for name, one in actions.items() for word in (*one.says, one.title) if len(word) >= NAMED]
    found = max(((len(word), name, text.partition(word)[2]) for word, name in named if word in text), default=None)
    return found[1:] if found and len(text) <= SHORT else None


def _gone_on(tx: Tx, turn: Turn, mine: Sequence[CaseView], text: str) -> Part | None:
    """Take what was asked for a moment ago; words that do not hold it are something else."""
    asked = turn.state.get("booking") or {}
    case = next((one for one in mine if one.id == asked.get("case")), None)
    if case is None or turn.heard.received_at - datetime.fromisoformat(asked["at"]) > ASKED_FOR:
        return None
    action = offers.of_case(tx, turn.situation.own_scope, case.id).get(asked["action"])
    if action is None:
        return None
    if _given(tx, turn, case, action, text) or text.strip().isdecimal():
        return _done(tx, turn, case, asked["action"], action, text)
    if not _names_somebody(action, text):
        return None
    again = _done(tx, turn, case, asked["action"], action, text)
    return replace(again, text=texts().say("not_known", asked=again.text))


def _names_somebody(action: Action, text: str) -> bool:
    """Tell whether words answer with whom: nobody we know by that name is asked for again, and is no other matter."""
    asks_person = any(spec.kind is FieldKind.PERSON for spec in action.needs.values())
    return asks_person and _name_in(text) != text


def _name_in(text: str) -> str:
    """Leave out what people say around a name: "with old Li, let us swap"."""
    said = texts()
    bare = re.sub(said.say("before_name"), "", text)
    return re.sub(said.say("after_name"), "", bare) if bare != text else text


def _done(tx: Tx, turn: Turn, case: CaseView, name: str, action: Action, rest: str) -> Part:
    """Do it; what it still needs is asked for, and the next words are that."""
    given = _given(tx, turn, case, action, rest)
    asked = {"case": case.id, "action": name, "at": turn.heard.received_at.isoformat()}
    if given is None:
        wanted = next(iter(action.needs.values())).name
        said = texts().say("needs_more", title=action.title, name=wanted)
        return Part(said, state={"booking": asked}, in_private=True)
    by = turn.situation.own_scope.person_id
    acting = cases.Act(turn.situation.town_id, case.id, name, turn.key(0), by, given, via=Via.CHAT)
    try:
        with savepoint(tx):
            outcome = cases.act(tx, acting, now=turn.situation.at)
    except TownshipError as refusal:
        return Part(sentence(refusal), state={"booking": asked} if action.needs else {}, in_private=True)
    said = outcome.reply or texts().say("done", title=action.title)
    return Part(said, state={"booking": None}, in_private=True)


def _given(tx: Tx, turn: Turn, case: CaseView, action: Action, rest: str) -> dict[str, Any] | None:
    """Read what an action needs out of what was said behind its name; None where that says it not.

    A field of the service's own form is read as there, by its unit. Where several are asked for, a bare number says of
    none of them which it is.
    """
    form = turn.services.manifests[case.skill].form
    needs = {name: form.get(name, spec) for name, spec in action.needs.items()}
    spotted = spot(needs, rest, filling.known_of(turn)) if len(needs) > 1 else {}
    given: dict[str, Any] = {}
    for name, spec in needs.items():
        is_chosen = spec.kind in filling.CHOSEN
        value = _value(tx, turn, name, spec, rest) if len(needs) == 1 or is_chosen else _spotted(spotted, name)
        if value is None and not action.needs[name].optional:
            return None
        given |= {} if value is None else {name: value}
    return given


def _spotted(found: Mapping[str, Spotted], name: str) -> Any:
    return found[name].value if name in found else None


def _value(tx: Tx, turn: Turn, name: str, spec: FormField, rest: str) -> Any:
    if spec.kind in filling.CHOSEN:
        found = meant.candidates(tx, turn, spec, _name_in(rest))
        return found[0].id if len(found) == 1 else None
    try:
        return forms.read(name, spec, rest, filling.known_of(turn)) if rest else None
    except Mistake:
        return None
