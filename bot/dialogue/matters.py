"""New matters: a report, a wish for a person, a complaint, an opinion: each opens a case through the one door."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.commands import Ask, Feedback, Grievance, Handoff, Record, StartSkill
from bot.dialogue.parts import Part, Turn, texts
from bot.dialogue.services import HANDOFF
from bot.messages import MessageKind
from knowledge import answers
from township import directory
from township.db import Tx
from township.errors import Mistake
from workflows import cases
from workflows.cases import Opening, Outcome
from workflows.state import Via

FRESH = timedelta(hours=1)
"""How long photos wait for the words that belong to them."""


def start(tx: Tx, turn: Turn, command: StartSkill, position: int) -> Part:
    """File a matter on its first message; of what is missing, one thing is asked."""
    manifest = turn.services.manifests[command.skill]
    fields: dict[str, Any] = {name: value for name, value in command.fields.items() if name in manifest.form}
    fields.setdefault("what", command.text)
    if "kind" in manifest.form and "kind" not in fields:
        fields["kind"] = turn.services.kind_of(command.skill, command.text)
    if "photos" in manifest.form and (photos := [*kept_photos(turn), *turn.photos]):
        fields["photos"] = photos
    if "urgent" in manifest.form and command.urgent:
        fields["urgent"] = True
    opening = _opening(turn, command.skill, position, fields)
    if command.affected:
        opening = _on_behalf(tx, turn, opening, command)
    return file(tx, turn, opening)


def file(tx: Tx, turn: Turn, opening: Opening) -> Part:
    """Open the case, or ask for the one thing that is missing and keep what is known."""
    try:
        with tx.begin_nested():
            outcome = cases.open(tx, opening, now=turn.situation.at)
    except Mistake as mistake:
        name = str(mistake.values.get("field", ""))
        manifest = turn.services.manifests[opening.skill]
        if mistake.code != "value_missing" or not manifest.form[name].ask:
            raise
        form = {"skill": opening.skill, "fields": dict(opening.fields), "asked": name, "affected": opening.affected}
        return Part(manifest.texts[manifest.form[name].ask], state={"form": form})
    return Part(outcome.reply, state={"form": None, "photos": None, "last": outcome.case_id})


def kept_photos(turn: Turn) -> list[str]:
    """Find the photos that came before their words, while they are fresh."""
    kept = turn.heard.conversation.state.get("photos") or {}
    is_fresh = bool(kept) and turn.heard.received_at - datetime.fromisoformat(kept["at"]) <= FRESH
    return list(kept["hashes"]) if is_fresh else []


def fill(tx: Tx, turn: Turn, form: dict[str, Any], text: str, position: int) -> Part:
    """Give the open form its answer and file it."""
    fields = {**form["fields"], form["asked"]: text}
    opening = replace(_opening(turn, form["skill"], position, fields), affected=form["affected"])
    try:
        return file(tx, turn, opening)
    except Mistake:
        manifest = turn.services.manifests[form["skill"]]
        if "other" in {*manifest.words()} and form["asked"] == "kind":  # two strikes are one too many for a kind
            return file(tx, turn, replace(opening, fields={**fields, "kind": "other"}))
        raise


def _opening(turn: Turn, skill: str, position: int, fields: dict[str, Any]) -> Opening:
    """A matter of who speaks; a cadre who writes for somebody is named as the writer."""
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


def _on_behalf(tx: Tx, turn: Turn, opening: Opening, command: StartSkill) -> Opening:
    """Put the person named on the case if exactly one of that name is known; else the name stands in the words."""
    village = turn.situation.village_id if not turn.situation.scope.roles else None
    found = directory.named(tx, opening.town_id, command.affected, village)
    mine = [one for one in found if one.village_id in turn.situation.own_scope.villages]
    said = f"{command.affected}：{opening.fields['what']}"
    if command.via:
        said = f"{said}（{command.via}）"
    opening = replace(opening, fields={**opening.fields, "what": said}, wrote=opening.spoke)
    if len(mine) != 1:
        return opening
    return replace(opening, affected=mine[0].id, village_id=mine[0].village_id, told=(mine[0].id,))


def record(tx: Tx, turn: Turn, command: Record, position: int) -> Part:
    """File what a clerk quotes: the words of who said it, written down by the clerk (product.md D11)."""
    report = next((skill.name for skill in turn.services.words if skill.is_report), "")
    return start(tx, turn, StartSkill(report, command.text, urgent=command.urgent), position)


def hand_over(tx: Tx, turn: Turn, question: str, position: int) -> Outcome:
    """Give a question to a person."""
    return cases.open(tx, _opening(turn, HANDOFF, position, {"what": question}), now=turn.situation.at)


def to_person(tx: Tx, turn: Turn, command: Handoff | Feedback, position: int) -> Part:
    """Somebody wants a person, or has an opinion for one."""
    said = command.text or str(turn.heard.conversation.state.get("question", "")) or turn.heard.incoming.text
    return Part(hand_over(tx, turn, said, position).reply)


def grievance(tx: Tx, turn: Turn, command: Grievance, position: int) -> Part:
    """Take a complaint about a cadre: past the village, seen by the named persons only (law of talk 7)."""
    opening = _opening(turn, turn.services.grievance, position, {"what": command.text})
    outcome = cases.open(tx, replace(opening, anonymous=turn.situation.person is None), now=turn.situation.at)
    return Part(outcome.reply, in_private=True)


def answer(tx: Tx, turn: Turn, command: Ask, position: int) -> Part:
    """Say what was found, write down who was told what; what nobody knows is handed over."""
    found = turn.answers[command.question]
    person = turn.situation.person
    answers.record(
        tx,
        found,
        message_id=turn.heard.incoming.message_id[:80],
        position=position,
        town_id=turn.situation.town_id,
        person_id=person.id if person else None,
        at=turn.situation.at,
    )
    remembered = {"question": found.understood or command.question}
    if not found.hand_over or turn.heard.conversation.is_group or person is None:
        return Part(found.text, state=remembered)
    outcome = hand_over(tx, turn, command.question, position)
    return Part(texts().say("handed_over", answer=found.text, number=outcome.number), state=remembered)
