"""The original of a clause on a telephone: its document with the clause marked, for who holds the address.

Nobody signs in here, so an address is signed for certain people and lapses; what is for cadres alone has no page, they
get the file in the chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.web.doors import Deps
from bot.web.pages import Pages
from knowledge.wording import originals
from knowledge.wording.originals import PATH, Original, Paragraph
from township.clock import SHANGHAI
from township.db import Tx
from township.scope import Audience

MOST_BYTES: Final = 24_000
"""Of the clauses that one page shows: a page weighs 40 KB at most."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows."""

    original: Original
    paragraphs: Sequence[Paragraph]
    before: int
    """Place of the clause with which the page before begins; -1: there is none."""
    after: int
    today: date

    @property
    def is_past(self) -> bool:
        """Tell whether it is in force no longer."""
        return self.original.in_force_until is not None and self.original.in_force_until < self.today


def routes(deps: Deps, pages: Pages) -> APIRouter:
    """Mount the page."""
    router = APIRouter(prefix=PATH)

    @router.get("/{code}")
    async def original(request: Request, code: str) -> Response:
        start = request.query_params.get("from", "")
        place = int(start) if start.isdecimal() and len(start) < 6 else None
        look_up = partial(look, key=deps.key, code=code, now=deps.clock.now(), start=place)
        found = await deps.db.read(look_up)
        if found is None:
            return pages.show("original/lapsed.html", 404)
        return pages.show("original/shown.html", found=found, code=code)

    return router


def look(tx: Tx, *, key: bytes, code: str, now: datetime, start: int | None = None) -> Page | None:
    """Read what an address shows; nothing when it is not ours, has lapsed, or was signed for others."""
    today = now.astimezone(SHANGHAI).date()
    clause = originals.clause_of(code)
    original = originals.of_clause(tx, clause) if clause else None
    if original is None or original.audience is Audience.CADRE or not originals.opens(key, code, original, today):
        return None
    every = originals.paragraphs(tx, original.version_id)
    places = [paragraph.id for paragraph in every]
    first = _first(every, places.index(clause)) if start is None else min(start, len(every) - 1)
    shown = _fitting(every, first)
    before = max(first - max(len(shown), 1), 0) if first else -1
    after = first + len(shown) if first + len(shown) < len(every) else -1
    return Page(original, every[first : first + len(shown)], before, after, today)


def _first(every: Sequence[Paragraph], marked: int) -> int:
    """Choose where the page begins: at the beginning where all fits, else some clauses before the marked one."""
    if len(_fitting(every, 0)) > marked:
        return 0
    return max(marked - 3, 0)


def _fitting(every: Sequence[Paragraph], first: int) -> Sequence[Paragraph]:
    size, count = 0, 0
    for paragraph in every[first:]:
        size += len(paragraph.text.encode()) + 200
        if size > MOST_BYTES and count:
            break
        count += 1
    return every[first : first + count]
