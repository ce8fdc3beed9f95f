"""One message, several things: cut it where a new matter begins. Pure."""

import re
from itertools import pairwise

from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain


def without_opening(text: str) -> str:
    """Drop the call to the bot and the speaker's introduction; both say nothing about the matter."""
    lexicon = words.load()
    text = lexicon.patterns["opening"].sub("", text)
    if introduction := lexicon.patterns["introduction"].match(text):
        text = text[introduction.end() :]
    return text.strip("，")


def split(text: str) -> list[str]:
    """Cut a text into its matters, in order; a text with one matter stays whole."""
    sentences = [_with_question_marks(each) for each in re.split(r"[。！!；;\n]+|(?<=[?？])(?![?？])", text)]
    pieces = [piece for sentence in sentences for piece in _at_joins(without_opening(sentence))]
    return [piece for raw in pieces if (piece := _without_join(raw))]


def _at_joins(sentence: str) -> list[str]:
    cuts = [match.start() for match in words.load().patterns["joins"].finditer(sentence)]
    edges = [0, *cuts, len(sentence)]
    return [sentence[start:end] for start, end in pairwise(edges)]


def _without_join(piece: str) -> str:
    piece = piece.strip("，")
    join = words.load().patterns["join_only"].match(piece)
    return (piece[join.end() :] if join else piece).strip("，")


def _with_question_marks(text: str) -> str:
    """Bring to one form but keep question marks, which tell a question from a report."""
    return "?".join(map(plain, re.split(r"[?？]+", text)))
