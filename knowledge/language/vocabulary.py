"""The lexicon of each town, made of its rows: names, titles, facts, what its texts write; and the words a clerk added.

Kept until a fact, a document or the clerk's file changes.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import sqlalchemy as sa

from knowledge import facts
from knowledge.language import lexicon, own_words
from knowledge.language.lexicon import Lexicon, Own
from knowledge.language.spelling import LONGEST, pairs_of
from knowledge.models import APPROVED, VersionState, clauses, documents, versions
from knowledge.models import facts as told_facts
from knowledge.search.vectors import read_generations
from township.db import Database, Tx

SHORTEST = 3
"""Characters from which on a word of a title or fact is worth being put right; shorter ones are in the lexicon."""
Stamp = tuple[object, ...]


@dataclass(slots=True)
class Vocabulary:
    """The lexicons of the towns of one process."""

    db: Database
    _made: dict[tuple[str, frozenset[str]], tuple[Stamp, Lexicon]] = field(default_factory=dict)

    def of(self, town_id: str, names: Collection[str] = ()) -> Lexicon:
        """Give the lexicon of a town whose villages are `names`."""
        stamp = (self.db.read_now(lambda tx: _stamp(tx, town_id)), own_words.stamp())
        key = (town_id, frozenset(names))
        known = self._made.get(key)
        if known is None or known[0] != stamp:
            known = self._made[key] = (stamp, self._read(town_id, key[1]))
        return known[1]

    def _read(self, town_id: str, names: frozenset[str]) -> Lexicon:
        titles, asked, texts = self.db.read_now(lambda tx: _rows(tx, town_id))
        plain = lexicon.load()
        words = {run for title in titles for run in plain.contents(_core().sub("\n", title))}
        words |= {run for question in asked for run in plain.contents(question)}
        mined = {word for word in words if SHORTEST <= len(word) <= LONGEST and not re.search(r"[\da-zA-Z]", word)}
        written = np.unique(np.concatenate([pairs_of("\n".join(texts)), pairs_of("\n".join([*titles, *asked]))]))
        return Lexicon(lexicon.shipped(), Own(names | frozenset(mined), own_words.read(), written))


def _stamp(tx: Tx, town_id: str) -> Stamp:
    return read_generations(tx).get(town_id, 0), facts.stamp(tx, town_id)


def _rows(tx: Tx, town_id: str) -> tuple[list[str], list[str], list[str]]:
    """Read the titles of a town, the ways of asking for its facts, and all that its texts say."""
    approved = versions.c.state.in_(APPROVED)
    of_town = documents.c.town_id == town_id
    joined = documents.join(versions, versions.c.document_id == documents.c.id)
    titles = tx.scalars(sa.select(documents.c.title).select_from(joined).where(of_town, approved).distinct())
    texts = tx.scalars(sa.select(clauses.c.text).where(clauses.c.town_id == town_id))
    held = told_facts.c
    told = tx.execute(
        sa.select(held.questions, held.answer).where(held.town_id == town_id, held.state == VersionState.in_force)
    ).all()
    asked = [question for row in told for question in row.questions]
    return list(titles), asked, [*texts, *(row.answer for row in told)]


@cache
def _core() -> re.Pattern[str]:
    """What in a title is of its form, not of its matter."""
    return re.compile(lexicon.shipped()["title_form"])
