"""What the loudspeaker told a village lately, for who asks about it; and the hours in which it is silent."""

from dataclasses import replace
from datetime import timedelta

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
DAY = 1440


def lately(tx: Tx, turn: Turn, question: str) -> Part | None:
    """Answer whether water or power is cut with what the village was told lately; None when nothing was."""
    found = words.load().find("asks_supply", plain(question))
    village, now = turn.situation.village_id, turn.situation.at
    if found is None or village is None:
        return None
    what = next(value for name, value in found.groupdict().items() if name.startswith("what") and value)
    there = broadcast_sendings.c
    chosen = (
        sa.select(broadcasts.c.text, there.occurs_at)
        .join(broadcasts, broadcasts.c.id == there.broadcast_id)
        .where(there.village_id == village, there.state.in_(LEFT), there.occurs_at.between(now - LATELY, now))
        .order_by(there.occurs_at.desc())
        .limit(LOOKED_AT)
    )
    told = next((row for row in tx.execute(chosen) if what in row.text), None)
    if told is None:
        return None
    said = texts().say("announced", when=say_moment(told.occurs_at, house_texts()), text=told.text)
    return Part(said, counts=Counts.answered)


def with_quiet_hours(part: Part, said: str) -> Part:
    """Add the hours in which the loudspeaker is silent to the answer of who finds it too loud."""
    if part.counts is not Counts.filed or not words.load().find("loud", plain(said)):
        return part
    spans = texts().say("between").join(_in_words(span.start, span.end) for span in policy().quiet)
    return replace(part, text=f"{part.text}\n{texts().say('quiet_hours', spans=spans)}")


def _in_words(start: int, end: int) -> str:
    since, until = (f"{minute % DAY // 60}:{minute % 60:02}" for minute in (start, end))
    return texts().say("quiet_span", since=since, until=until)
