"""What somebody reports who has reported it before: it is on record already, and nothing new is opened.

Reports of other people about the same thing are tied in `workflows/related`. Here a report is the same only where it
says nothing that the first one did not say; "it is another one" opens the second matter after all.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.cases import afterwards, closing, matters, owned, progress
from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning import details
from bot.dialogue.meaning.commands import StartSkill
from bot.dialogue.meaning.services import OTHER
from bot.dialogue.parts import Counts, Part, Turn, texts
from township.db import Tx
from workflows.casebook import CaseView
from workflows.clocks.deadlines import say_moment
from workflows.house import texts as house_texts

LIVES = timedelta(minutes=30)
"""How long "it is another one" is about the report that was taken for the same."""
ARROW = "→"
"""Between what was said wrong and what was meant, in what was put right."""


def known(tx: Tx, turn: Turn, command: StartSkill, position: int) -> Part | None:
    """Say that a report is on record already, and put the words to it; None when it is a new one."""
    manifest, person = turn.services.manifests[command.skill], turn.situation.person
    is_report = "kind" in manifest.form and "place" in manifest.form
    if not is_report or person is None or turn.situation.is_cadre or command.affected:
        return None
    if told := closing.told_more(tx, turn, command, position):
        return told
    mine = [case for case in owned.open_cases(tx, turn) if position == 1 or case.opened_at < turn.heard.received_at]
    before = next((case for case in mine if _is_same(turn, command, case)), None)
    if before is not None and (told := progress.asked_after(tx, turn, command.text)):
        return told
    if before is not None and (answered := closing.still_so(tx, turn, before, command.text, position)):
        return answered
    photos = {"photos": turn.photos} if turn.photos else {}
    if before is None or afterwards.add(tx, turn, before.id, command.text, position, **photos) is None:
        return None
    by = texts().say("status_by", by=say_moment(before.due_at, house_texts())) if before.due_at else ""
    said = texts().say("said_again", number=before.number, stage=before.stage_title, by=by)
    kept = {"skill": command.skill, "text": command.text, "fields": dict(command.fields)}
    state = {"again": kept | {"at": turn.heard.received_at.isoformat()}, "last": before.id}
    return Part(said, state=state, counts=Counts.filed)


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Open the second matter when somebody says that it is another one; None when something else was said."""
    kept: Mapping[str, Any] = turn.state.get("again") or {}
    if not kept or turn.heard.received_at - datetime.fromisoformat(kept["at"]) > LIVES:
        return None
    text = plain(said)
    found, at_place = words.load().fits("again.another", text), words.load().fits("only_where", text)
    if found is None and at_place is None:
        return None
    where = (found["where"] or found["where2"] or "") if found else text
    place = details.place(where, turn.situation.home) if where else {}
    report = f"{kept['text']}，{where}" if where else kept["text"]
    command = StartSkill(kept["skill"], report, {**kept["fields"], **place})
    part = matters.start(tx, turn, command, 1)
    return Part(part.text, part.effects, {**part.state, "again": None}, part.in_private, counts=part.counts)


def _is_same(turn: Turn, command: StartSkill, case: CaseView) -> bool:
    """Tell whether a report says nothing that an open matter of its speaker did not say."""
    kind = command.fields.get("kind") or turn.services.kind_of(command.skill, command.text)
    if (case.skill, case.kind) != (command.skill, kind) or kind in ("", OTHER):
        return False
    if words.load().find("again.other", command.text):
        return False
    if words.load().find("again.still", command.text) and not details.place(command.text, "").get("place"):
        return True  # it is so still, and nowhere else
    new, old = (_left(turn, command.skill, kind, text) for text in (command.text, _said(case)))
    return new in old


def _said(case: CaseView) -> str:
    """Give the words of a matter, as they were put right."""
    said, more = case.said.get("what", ""), case.said.get("more", "")
    wrong, arrow, right = more.partition(ARROW)
    return said.replace(wrong, right) if arrow and wrong else said


def _left(turn: Turn, skill: str, kind: str, text: str) -> str:
    """Leave out of a report what says nothing of where and which: the kind, the trouble, fillers."""
    lexicon, heard = words.load(), plain(text)
    spoken = turn.services.manifests[skill].words().get(kind, ())
    covered = {at for word in spoken for start in _places(word, heard) for at in range(start, start + len(word))}
    left = "".join(sign for at, sign in enumerate(heard) if at not in covered)
    return lexicon.patterns["again.fillers"].sub("", lexicon.patterns["trouble"].sub("", left))


def _places(word: str, text: str) -> list[int]:
    return [at for at in range(len(text)) if text.startswith(word, at)]
