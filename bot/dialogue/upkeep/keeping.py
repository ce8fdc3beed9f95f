"""The keeper's list in chat: how many documents answer, and what is to be done about the others, in a few lines."""

from bot.dialogue.hearing import words
from bot.dialogue.parts import Part, Turn, texts
from knowledge.keepers import keeps
from knowledge.validity import keeping
from knowledge.validity.keeping import Group, Kept
from township.clock import SHANGHAI
from township.db import Tx

NAMED = 2
"""Titles that a line names."""


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Show a keeper the list; None when something else was said, or by somebody else, or in a group."""
    if turn.heard.conversation.is_group or not keeps(turn.situation.own_scope):
        return None
    if not words.load().fits("keeping", said.strip("。！!？? ")):
        return None
    town_id, today = turn.situation.town_id, turn.situation.at.astimezone(SHANGHAI).date()
    kept = keeping.look(tx, town_id, today)
    counts = keeping.count(kept, tx, town_id)
    lines = [_line(group, counts[group], kept) for group in Group if group is not Group.answers and counts[group]]
    head = texts().say("keeping_head", answers=sum(Group.expired not in one.groups for one in kept))
    return Part("\n".join([head, *(lines or [texts().say("keeping_nothing")])]))


def _line(group: Group, count: int, kept: list[Kept]) -> str:
    titles = [one.title for one in kept if group in one.groups][:NAMED]
    named = "".join(texts().say("keeping_named", title=title) for title in titles)
    return texts().say(f"keeping_{group.value}", count=count, titles=named)
