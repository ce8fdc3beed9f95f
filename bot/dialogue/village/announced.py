"""What the loudspeaker told a village lately, for who asks about it; and the hours in which it is silent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.parts import Counts, Part, Turn, texts
from township.db import Tx
from workflows.broadcasts.models import broadcast_sendings, broadcasts
from workflows.broadcasts.policy import policy
from workflows.broadcasts.register import LEFT
from workflows.clocks.deadlines import say_moment
from workflows.house import texts as house_texts

LATELY = timedelta(hours=36)
"""How long what was told answers a question."""
LOOKED_AT = 8
SHOWN = 3
DAY = 1440


def lately(tx: Tx, turn: Turn, question: str) -> Part | None:
    """Answer what the village was told lately, or with it whether water or power is cut; None when nothing was."""
    heard = plain(question)
    found, is_all = words.load().find("asks_supply", heard), words.load().find("asks_heard", heard) is not None
    village = turn.situation.village_id
    if not (found or is_all) or village is None:
        return None
    told = _told(tx, village, turn.situation.at)
    if is_all:
        return Part(_all(told), counts=Counts.answered)
    what = (
        next(value for name, value in found.groupdict().items() if name.startswith("what") and value) if found else ""
    )
    last = next((row for row in told if what in row.text), None)
    if last is None:
        return None
    said = texts().say("announced", when=_when(last), text=last.text)
    return Part(said, counts=Counts.answered)


def _all(told: Sequence[sa.Row[Any, Any]]) -> str:
    lines = (texts().say("announced_line", when=_when(row), text=row.text) for row in told[:SHOWN])
    return texts().say("announced_all", lines="\n".join(lines)) if told else texts().say("announced_none")


def _when(row: sa.Row[Any, Any]) -> str:
    return say_moment(row.occurs_at, house_texts())


def _told(tx: Tx, village: str, now: datetime) -> Sequence[sa.Row[Any, Any]]:
    """List what a village was told lately, the newest first."""
    there = broadcast_sendings.c
    chosen = (
        sa.select(broadcasts.c.text, there.occurs_at)
        .join(broadcasts, broadcasts.c.id == there.broadcast_id)
        .where(there.village_id == village, there.state.in_(LEFT), there.occurs_at.between(now - LATELY, now))
        .order_by(there.occurs_at.desc())
        .limit(LOOKED_AT)
    )
    return tx.execute(chosen).all()


def with_quiet_hours(part: Part, said: str) -> Part:
    """Add the hours in which the loudspeaker is silent to the answer of who finds it too loud."""
    if part.counts is not Counts.filed or not words.load().find("loud", plain(said)):
        return part
    spans = texts().say("between").join(_in_words(span.start, span.end) for span in policy().quiet)
    return replace(part, text=f"{part.text}\n{texts().say('quiet_hours', spans=spans)}")


def _in_words(start: int, end: int) -> str:
    since, until = (f"{minute % DAY // 60}:{minute % 60:02}" for minute in (start, end))
    return texts().say("quiet_span", since=since, until=until)
