"""What was done lately, said in the chat; the address of the whole board where there are pages for everybody."""

from bot.dialogue.parts import Counts, Part, Turn, texts
from skills.reports import report_services
from township.clock import SHANGHAI
from township.db import Tx
from workflows.public import board
from workflows.public.board import PublicCase

SHOWN = 8
"""Matters in one reply: more is not read on a phone."""
PATH = "/b"


def answer(tx: Tx, turn: Turn) -> Part:
    """List what ended last, of the speaker's village if one is known, else of the town; no names."""
    situation = turn.situation
    skills = report_services(tx, situation.town_id)
    done = board.finished(tx, situation.town_id, skills, village_id=situation.village_id, limit=SHOWN)
    where = situation.village or situation.town
    if not done:
        return Part(texts().say("board_none", where=where), counts=Counts.answered)
    lines = "\n".join(_line(one) for one in done)
    public = turn.originals.public_url if turn.originals else ""
    more = texts().say("board_page", link=f"{public}{PATH}/{situation.town_id}") if public else ""
    return Part(texts().say("board", where=where, lines=lines) + more, counts=Counts.answered)


def _line(one: PublicCase) -> str:
    at = (one.closed_at or one.changed_at).astimezone(SHANGHAI)
    came = texts().say(f"board_{one.result}")
    return texts().say("board_line", kind=one.kind_name, month=at.month, day=at.day, days=one.days, came=came)
