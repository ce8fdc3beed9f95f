"""New matters: a report, or a wish for a person: each opens a case through the one door, or asks for one thing.

For whom somebody speaks is behalf.py's matter, complaints about cadres are in complaints.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot import blanks
from bot.dialogue.cases import behalf, filling, offering, opinions
from bot.dialogue.hearing import words
from bot.dialogue.meaning import details, wishing
from bot.dialogue.meaning.commands import Ask, Command, Feedback, Handoff, StartSkill
from bot.dialogue.meaning.services import HANDOFF
from bot.dialogue.parts import Counts, Part, Turn, kept_form, open_form, texts
from bot.messages import MessageKind
from bot.wording import sentence
from skills.manifest import Manifest
from township.db import Tx
from township.errors import Mistake, Refused
from township.statements import savepoint
from workflows import calllist, cases, forms, tasks
from workflows.cases import Opening, Outcome
from workflows.definition import FieldKind
from workflows.seals import papers, phrases, preview
from workflows.seals.wording import texts as seal_texts
from workflows.state import Via

MORE_WITHIN = timedelta(minutes=15)
"""How long after a report a place that is said alone belongs to it."""
FRESH = timedelta(hours=1)
"""How long photos wait for the words that belong to them."""
KINDS_SHOWN = 5
"""Kinds named in a question, besides the last one that takes all others: more is not read on a phone."""
OTHER = "other"
Said = Mapping[str, Mapping[str, Any]]
"""The words of what was taken, by field."""
NOTHING_SAID: Said = {}
TAKEN_ALONG = ("affected", "wrote", "told", "village_id")
"""What an opening knows besides its fields while something is still asked."""
A_WORD = 4
"""Characters up to which an answer only names a kind; longer ones tell more of the matter."""


def start(tx: Tx, turn: Turn, command: StartSkill, position: int) -> Part:
    """File a matter on its first message; of what is missing, one thing is asked."""
    form = turn.services.manifests[command.skill].form
    if turn.services.is_for_offices(command.skill) and not turn.situation.is_cadre:
        return Part(hand_over(tx, turn, turn.heard.incoming.text, position).reply, counts=Counts.filed)
    given, kept = read(turn, command), _kept(turn, command.skill)
    held = {**kept.get("fields", {}), **given}
    found = filling.taken(turn, form, command.text, given)
    matter = opening(turn, command.skill, position, {**held, **found.values})
    if command.affected:
        matter = behalf.for_another(tx, turn, matter, command)
        if matter.affected is None and "for_whom" not in form:
            return Part(hand_over(tx, turn, turn.heard.incoming.text, position).reply, counts=Counts.filed)
        matter = replace(matter, fields={name: value for name, value in matter.fields.items() if name in form})
    part = file(tx, turn, matter, {**kept.get("said", {}), **found.said})
    is_asked = bool(part.state.get("form")) and command.affected and filling.OF_REPORTS.isdisjoint(form)
    return (
        replace(part, text=filling.texts().say("for_another", name=command.affected, said=part.text))
        if is_asked
        else part
    )


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


def file(
    tx: Tx,
    turn: Turn,
    matter: Opening,
    said: Said = NOTHING_SAID,
    skipped: Sequence[str] = (),
    fresh: Said | None = None,
) -> Part:
    """Open the case, or ask for the one thing that is missing and keep what is known.

    `said` are the words of what was taken, `fresh` those of this turn, which are said back.
    """
    try:
        with savepoint(tx):
            outcome = cases.open(tx, matter, now=turn.situation.at)
    except Refused as refusal:
        if not turn.services.manifests[matter.skill].workflow.books:
            raise
        return Part(sentence(refusal), state={"form": None}, in_private=True)
    except Mistake as mistake:
        name = str(mistake.values.get("field", ""))
        manifest = turn.services.manifests[matter.skill]
        if mistake.code in offering.REFUSALS and manifest.form[name].ask:
            return offering.refused(tx, turn, matter, mistake, _question(turn, matter, manifest, name))
        if mistake.code != "value_missing" or not manifest.form[name].ask:
            raise
        name = next((one for one in forms.missing(manifest.form, matter.fields) if one not in skipped), name)
        if name in skipped or not manifest.form[name].ask:
            return _left_open(tx, turn, matter, name)
        part = _question(turn, matter, manifest, name)
        form = {**part.state["form"], "said": dict(said), "skipped": list(skipped)}
        if offering.is_slot(manifest, name):
            asked, form["choices"] = offering.offered(tx, turn, matter, name, part.text)
            part = replace(part, text=asked)
        told = filling.echo(manifest.form, matter.fields, said if fresh is None else fresh, turn)
        wrong = filling.asked_back(turn, name, manifest.form[name])
        page = "" if open_form(turn.heard) else _on_page(turn, manifest)
        return replace(part, text=f"{told}{wrong or part.text}{page}", state={**part.state, "form": form})
    return _said(tx, turn, matter, outcome)


def filed(tx: Tx, turn: Turn, matter: Opening) -> tuple[Part, Outcome]:
    """Open a case of which nothing is missing."""
    outcome = cases.open(tx, matter, now=turn.situation.at)
    return _said(tx, turn, matter, outcome), outcome


def _said(tx: Tx, turn: Turn, matter: Opening, outcome: Outcome) -> Part:
    has_place = "place" in turn.services.manifests[matter.skill].form
    at = turn.heard.received_at.isoformat()
    said = "\n".join((outcome.reply, *_yours(tx, turn, outcome), *_to_ring(tx, turn, outcome)))
    state = {"form": None, "photos": None, "post": None, "last": outcome.case_id, "last_at": at, "wrong_at": None}
    state["filed_at"] = at if has_place else None
    return Part(said, state=state, counts=Counts.filed)


def _question(turn: Turn, matter: Opening, manifest: Manifest, name: str) -> Part:
    """Ask for one field; of a choice, some are named, and a number means what was named."""
    choices = _shown(manifest, name)
    asked = manifest.texts[manifest.form[name].ask]
    known = {part: getattr(matter, part) for part in TAKEN_ALONG}
    form: dict[str, Any] = {
        "skill": matter.skill, "fields": dict(matter.fields), "asked": name, "choices": choices,
    }  # fmt: skip
    if manifest.form[name].kind in filling.SENT:
        form["sends"] = True
    form |= {"known": {**known, "told": list(matter.told)}, "at": turn.heard.received_at.isoformat()}
    asked = _with_choices(manifest, name, asked) if choices else asked
    before = open_form(turn.heard)
    if manifest.form[name].sensitive and manifest.consent and not before.get("told_why"):
        asked, form["told_why"] = f"{manifest.texts[manifest.consent]}\n{asked}", True
    elif before.get("told_why"):
        form["told_why"] = True
    return Part(asked, state={"form": form})


def _on_page(turn: Turn, manifest: Manifest) -> str:
    """Offer a form with many questions as a page, where there are pages; never in a group."""
    is_long = len(blanks.asked_of(manifest.form)) > blanks.LONG
    if not is_long or turn.originals is None or turn.heard.conversation.is_group or turn.situation.person is None:
        return ""
    link = turn.originals.form_link(turn.heard.conversation.id, turn.heard.received_at)
    return "\n" + filling.texts().say("on_page", link=link) if link else ""


def _with_choices(manifest: Manifest, name: str, asked: str) -> str:
    options = manifest.form[name].options
    listed = " ".join(f"{n} {options[key].name}" for n, key in enumerate(_shown(manifest, name), 1))
    return texts().say("ask_choice", ask=asked, choices=listed)


def _shown(manifest: Manifest, name: str) -> list[str]:
    spec = manifest.form[name]
    if spec.kind is not FieldKind.CHOICE:
        return []
    keys = [key for key in spec.options if key != OTHER]
    return [*keys[:KINDS_SHOWN], *([OTHER] if OTHER in spec.options else keys[KINDS_SHOWN:])]


def _left_open(tx: Tx, turn: Turn, matter: Opening, name: str) -> Part:
    """Give what is known to a person, who asks for what was left open."""
    manifest = turn.services.manifests[matter.skill]
    known = filling.summary(manifest.form, matter.fields, turn)
    what = filling.texts().say("left_open", service=manifest.name, known=known, name=manifest.form[name].name)
    hand_over(tx, turn, what, 0)
    said = filling.texts().say("skipped_all", name=manifest.form[name].name)
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


def is_just(name: str, state: Mapping[str, Any], at: datetime) -> bool:
    """Tell whether something was a moment ago: `last_at` a matter was filed, `filed_at` one with a place; `wrong_at` we
    asked what is wrong."""
    moment = state.get(name) or ""
    return bool(moment) and at - datetime.fromisoformat(moment) <= MORE_WITHIN


def kept_photos(turn: Turn) -> list[str]:
    """Find the photos that came before their words, while they are fresh."""
    kept = turn.state.get("photos") or {}
    is_fresh = bool(kept) and turn.heard.received_at - datetime.fromisoformat(kept["at"]) <= FRESH
    return list(kept["hashes"]) if is_fresh else []


def fill(tx: Tx, turn: Turn, form: Mapping[str, Any], text: str, position: int) -> Part:
    """Give the open form its answer and file it."""
    asked, skill = form["asked"], form["skill"]
    if asked not in turn.services.manifests[skill].form:  # the service was changed meanwhile
        return file(tx, turn, _matter(turn, form, {}, position), form.get("said", {}), form.get("skipped", ()), {})
    is_passed_over = not text and asked == "kind"
    says_nothing = not any(sign.isalnum() for sign in text) or (asked == "what" and text.strip().isdecimal())
    if says_nothing and not is_passed_over:
        return Part(turn.services.manifests[skill].texts[turn.services.manifests[skill].form[asked].ask])
    if asked in wishing.OF_PAPER and words.load().find("answer.unknown", text) and not phrases.receiver(text):
        return Part(texts().say(f"unknown_{asked}"), in_private=True)
    manifest = turn.services.manifests[skill]
    if details.goes_on(text):
        return _gone_on(tx, turn, form, position)
    has_none = manifest.form[asked].kind in filling.SENT and details.has_none(text)
    if (
        (has_none or details.skips(text))
        and asked not in filling.OF_REPORTS
        and manifest.form[asked].kind is not FieldKind.YES_NO
    ):
        skipped = [*form.get("skipped", ()), asked]
        return file(tx, turn, _matter(turn, form, {}, position), form.get("said", {}), skipped, {})
    if (skill, asked) == (preview.REVOKES, "code") and not papers.is_of_town(tx, turn.situation.town_id, text):
        return Part(seal_texts().say("revoke_unknown"), in_private=True)
    found = _answered(tx, turn, form, text)
    if found.problem:
        return _asked_again(tx, turn, form, found, position)
    said = {**form.get("said", {}), **found.said}
    matter = _matter(turn, form, found.values, position)
    return file(tx, turn, matter, said, form.get("skipped", ()), found.said)


def sent(tx: Tx, turn: Turn) -> Part | None:
    """Take what was sent as the answer to a question for a photo, a file or a signature."""
    form = open_form(turn.heard)
    manifest = turn.services.manifests.get(form.get("skill", ""))
    spec = manifest.form.get(form["asked"]) if manifest else None
    if spec is None or spec.kind not in filling.SENT or not turn.photos:
        return None
    matter = _matter(turn, form, {form["asked"]: turn.photos}, 1)
    return file(tx, turn, matter, form.get("said", {}), form.get("skipped", ()), {})


def _matter(turn: Turn, form: Mapping[str, Any], more: Mapping[str, Any], position: int) -> Opening:
    """Make a matter of an open form and what was said now."""
    known = {part: value for part, value in form["known"].items() if value}
    if "told" in known:
        known["told"] = tuple(known["told"])
    return replace(opening(turn, form["skill"], position, {**form["fields"], **more}), **known)


def _gone_on(tx: Tx, turn: Turn, form: Mapping[str, Any], position: int) -> Part:
    """Say what is known of a form that was begun before, and ask for the next thing."""
    manifest = turn.services.manifests[form["skill"]]
    part = file(tx, turn, _matter(turn, form, {}, position), form.get("said", {}), form.get("skipped", ()), {})
    known = filling.summary(manifest.form, form["fields"], turn)
    return replace(part, text=f"{filling.texts().say('resumed', values=known)}{part.text}") if known else part


def _asked_again(tx: Tx, turn: Turn, form: Mapping[str, Any], found: filling.Filled, position: int) -> Part:
    """Ask once more and say why; not understood twice, it goes to a person (law of talk 2)."""
    asked, strikes = form["asked"], int(form.get("strikes", 0)) + (0 if found.choices else 1)
    matter = _matter(turn, form, found.values, position)
    if strikes > 1:
        return _left_open(tx, turn, matter, asked)
    manifest = turn.services.manifests[form["skill"]]
    shown = _shown(manifest, asked)
    choices = [one.id for one in found.choices] or shown
    again = {**form, "fields": dict(matter.fields), "strikes": strikes, "choices": choices}
    again |= {"names": [one.name for one in found.choices], "said": {**form.get("said", {}), **found.said}}
    ask = manifest.texts[manifest.form[asked].ask]
    if found.choices:
        ask = filling.listed(found.choices)
    elif shown:
        ask = _with_choices(manifest, asked, ask)
    return Part(f"{found.problem}{ask}", state={"form": again | {"at": turn.heard.received_at.isoformat()}})


def corrected(tx: Tx, turn: Turn, form: Mapping[str, Any], old: str, new: str, position: int) -> Part | None:
    """Put right what was taken for the open form, and go on with it; None when it holds no such thing."""
    manifest = turn.services.manifests[form["skill"]]
    found = filling.corrected(tx, turn, manifest.form, form, old, new)
    if found is None:
        return None
    if found.problem:
        known = {name: value for name, value in form["fields"].items() if name != found.field}
        return _asked_again(tx, turn, {**form, "asked": found.field, "fields": known}, found, position)
    matter = _matter(turn, form, found.values, position)
    said = {**form.get("said", {}), **found.said}
    part = file(tx, turn, matter, said, form.get("skipped", ()), {})
    told = filling.echo(manifest.form, matter.fields, found.said, turn, changed=True)
    return replace(part, text=f"{told}{part.text}")


def still_asked(turn: Turn, commands: Sequence[Command]) -> list[Part]:
    """Repeat the question of a form that stays open while something else was answered; reports wait without it."""
    form = open_form(turn.heard)
    manifest = turn.services.manifests.get(form.get("skill", ""))
    is_aside = bool(commands) and all(isinstance(one, Ask) for one in commands)
    if manifest is None or not is_aside or form["asked"] in filling.OF_REPORTS or not form.get("said"):
        return []
    asked = filling.texts().say("still_open", asked=manifest.texts[manifest.form[form["asked"]].ask])
    return [Part(asked, aside=True)]


def _answered(tx: Tx, turn: Turn, form: Mapping[str, Any], text: str) -> filling.Filled:
    """Read an answer with all that it holds, by the kind of its field."""
    asked, manifest = form["asked"], turn.services.manifests[form["skill"]]
    spec = manifest.form[asked]
    if spec.kind in filling.CHOSEN and 0 < words.number(text) <= len(form.get("choices", ())):
        nth = words.number(text) - 1
        return filling.Filled({asked: form["choices"][nth]}, {asked: {"text": form["names"][nth], "moon": False}})
    if booked := offering.answered(turn, form, manifest, text):
        return booked
    if asked in filling.OF_REPORTS or asked in wishing.OF_PAPER:
        return filling.Filled(_as_reported(turn, form, text))
    if spec.kind is FieldKind.CHOICE and 0 < words.number(text) <= len(form.get("choices", ())):
        return filling.Filled({asked: form["choices"][words.number(text) - 1]})
    return filling.answered(tx, turn, manifest.form, asked, text, form["fields"])


def _as_reported(turn: Turn, form: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    """Read an answer: what it is, with all that it holds; or which kind, by number, by word, or as something else."""
    asked, skill = form["asked"], form["skill"]
    manifest = turn.services.manifests[skill]
    if asked == "what":
        home = "" if form["known"].get("affected") else turn.situation.home
        held = details.place(text, home) | details.since(text, turn.situation.at.date())
        kind = turn.services.kind_of(skill, text) or (OTHER if OTHER in manifest.words() else "")
        told = {"what": text, "kind": kind, **held}
        return {name: value for name, value in told.items() if name in manifest.form}
    if asked == "receiver" and (named := words.load().fits("answer.receiver", text.replace(" ", "，"))):
        return {asked: named["body"]}
    if not form.get("choices"):
        return {asked: text}
    number = words.number(text)
    if 0 < number <= len(form["choices"]):
        return {asked: form["choices"][number - 1]}
    kind = turn.services.kind_of(skill, text) or (OTHER if OTHER in manifest.words() else text)
    what = form["fields"].get("what", "")
    return {asked: kind} if len(text) <= A_WORD or number else {asked: kind, "what": f"{what}，{text}"}


def opening(turn: Turn, skill: str, position: int, fields: Mapping[str, Any]) -> Opening:
    """Make a matter of who speaks."""
    situation, heard = turn.situation, turn.heard
    return Opening(
        town_id=situation.town_id,
        skill=skill,
        key=turn.key(position),
        fields=fields,
        received_at=heard.received_at,
        spoke=situation.person.id if situation.person else None,
        village_id=situation.village_id,
        conversation_id=heard.conversation.id,
        via=Via.VOICE if heard.incoming.kind is MessageKind.audio else Via.CHAT,
        channels=("voice",) if heard.incoming.by_voice else ("chat",),
    )


def hand_over(
    tx: Tx,
    turn: Turn,
    question: str,
    position: int,
    *,
    cause: str = "unknown",
    recordings: Sequence[str] = (),
    about: str = "",
) -> Outcome:
    """Give a question to a person, with the recordings in which it was said if nobody could read them."""
    fields: dict[str, Any] = {"what": question, "cause": cause}
    if recordings:
        fields["recording"] = list(recordings)
    if about:
        fields["about"] = about
    form = turn.services.manifests[HANDOFF].form
    known = {name: value for name, value in fields.items() if name in form}
    return cases.open(tx, opening(turn, HANDOFF, position, known), now=turn.situation.at)


def to_person(tx: Tx, turn: Turn, command: Handoff | Feedback, position: int) -> Part:
    """Somebody wants a person, wants the own data erased, or has an opinion; the same wish twice a day is one."""
    cause = command.cause if isinstance(command, Handoff) else "no_good" if command.on_us else "opinion"
    today = turn.situation.at.date().isoformat()
    if turn.state.get("handed", {}).get(cause) == today and cause != "opinion":
        return Part(texts().say(f"{cause}_before", phone=turn.situation.phone), in_private=True)
    said = command.text or str(turn.state.get("question", "")) or turn.heard.incoming.text
    about = opinions.object_of(tx, turn) if cause == "opinion" else ""
    outcome = hand_over(tx, turn, said, position, cause=cause, about=about)
    handed = {**turn.state.get("handed", {}), cause: today}
    state = {"handed": handed, "last": outcome.case_id}
    return Part(outcome.reply, state=state, in_private=True, counts=Counts.filed)
