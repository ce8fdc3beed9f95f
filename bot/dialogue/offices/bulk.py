"""Many cases at once, in words: "all of Willow Village: done". Shown first; done when the preview's code is typed."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from bot.dialogue.parts import Part, Turn
from bot.dialogue.village.showings import texts
from township import ids, jobs
from township.db import Tx
from township.directory import Person
from workflows import bulk
from workflows.bulk import SEVERAL, Chosen, Done, Wish
from workflows.definition import CLOSED, SAME
from workflows.state import Via

ENDS = "。！!？?~ "
BULK: Final = "bulk"
"""In the memory of a talk: what waits for its code. Also the job that does more than a chunk."""
LIVES = timedelta(minutes=15)


@cache
def _words() -> Mapping[str, re.Pattern[str]]:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return {name: re.compile(pattern) for name, pattern in loaded.items()}


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Show what would be done to many, or do it; None when something else was said, by voice, or in a group."""
    person, text = turn.situation.person, said.strip().strip(ENDS)
    if person is None or turn.heard.conversation.is_group or turn.heard.incoming.by_voice:
        return None
    if (found := _words()["confirm"].fullmatch(text)) and (before := turn.state.get(BULK)):
        return _confirmed(tx, turn, person, found["code"].upper(), before)
    wanted = _words()["wish"].fullmatch(text) if person.is_cadre else None
    return _preview(tx, turn, person, wanted["what"] or "", wanted["word"]) if wanted else None


def _preview(tx: Tx, turn: Turn, person: Person, what: str, word: str) -> Part | None:
    wish = _wish(turn, what, word)
    chosen = bulk.choose(tx, turn.situation.town_id, person.id, wish) if wish else None
    if wish is None or chosen is None or not chosen.tasks:
        return None
    if chosen.needs:
        return Part(texts().say("bulk_needs", word=chosen.title, field=next(iter(chosen.needs.values())).name))
    code = ids.code(4)
    lines = [
        texts().say("bulk_line", number=n, said=said) for n, said in bulk.preview(tx, turn.situation.own_scope, chosen)
    ]
    if len(chosen.tasks) > len(lines):
        lines.append(texts().say("bulk_more", count=len(chosen.tasks)))
    kept = {"code": code, "word": word, "village": wish.village_id, "skill": wish.skill, "seal": chosen.seal}
    count, ends = len(chosen.tasks), _ends(chosen)
    shown = texts().say("bulk_preview", word=chosen.title, count=count, ends=ends, lines="\n".join(lines), code=code)
    return Part(shown, state={BULK: {**kept, "at": turn.heard.received_at.isoformat()}})


def _wish(turn: Turn, what: str, word: str) -> Wish | None:
    """Read which of one's cases are meant: of a village, of a service, or all; None when it says something else."""
    villages = {name: one for one, name in turn.situation.villages.items()}
    services = {manifest.name: skill for skill, manifest in turn.services.manifests.items()}
    village = next((name for name in villages if name in what), "")
    skill = next((name for name in services if name in what), "")
    left = what.replace(village, "").replace(skill, "").strip("的，, 里")
    return None if left else Wish(word, villages.get(village), services.get(skill))


def _ends(chosen: Chosen) -> str:
    code = {CLOSED: "bulk_closes", SAME: "bulk_stays", SEVERAL: "bulk_several"}.get(bulk.ends(chosen), "bulk_to")
    return texts().say(code, **({"stage": chosen.target} if code == "bulk_to" else {}))


def _confirmed(tx: Tx, turn: Turn, person: Person, code: str, before: Mapping[str, Any]) -> Part:
    """Do exactly what was shown, or nothing."""
    is_old = turn.heard.received_at - datetime.fromisoformat(before["at"]) > LIVES
    wish = Wish(before["word"], before["village"], before["skill"])
    chosen = bulk.choose(tx, turn.situation.town_id, person.id, wish)
    if is_old or code != before["code"] or chosen.seal != before["seal"]:
        return Part(texts().say("bulk_stale"), state={BULK: None})
    key = f"bulk:{turn.heard.id}"
    if len(chosen.tasks) <= bulk.CHUNK:
        at, via = turn.situation.at, Via.TYPED
        town_id, word = turn.situation.town_id, wish.word
        done = bulk.do(tx, town_id, person.id, chosen.tasks, word, key=key, via=via, now=at)
        return Part(in_words(chosen.title, done), state={BULK: None})
    args = {"town": turn.situation.town_id, "person": person.id, "word": wish.word, "title": chosen.title, "key": key}
    held = [one.id for one in chosen.tasks]
    jobs.defer(tx, BULK, {**args, "tasks": held}, key, machine=turn.heard.received_at)
    return Part(texts().say("bulk_begun", count=len(held)), state={BULK: None})


def in_words(title: str, done: Done) -> str:
    """Say what became of them."""
    said = [texts().say("bulk_done", word=title, done=done.done)]
    if done.refused:
        lines = (texts().say("bulk_why", number=number, why=_why(code)) for number, code in done.refused)
        said.append(texts().say("bulk_refused", count=len(done.refused), lines=texts().say("between").join(lines)))
    return "\n".join(said)


def _why(code: str) -> str:
    known = f"bulk_{code}"
    return texts().say(known) if texts().has(known) else texts().say("bulk_other")
