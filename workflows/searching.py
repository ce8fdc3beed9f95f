"""A case looked for by what a clerk has in hand: its number, a caller's name or telephone, words of what was said.

Whatever is found carries the predicate of the scope. Words are looked for in the latest cases only.
"""

import re
from collections.abc import Iterable

import sqlalchemy as sa

from township import directory
from township.db import Tx
from township.models import people, reaches
from township.scope import Scope
from workflows import casebook
from workflows.casebook import CaseView, Filter

MOST = 60
"""Cases that one search gives."""
LOOKED_THROUGH = 3000
"""Cases whose words are read, the latest."""
SLICE = 500
PEOPLE = 20
_PHONE = re.compile(r"1\d{10}|0?\d{7,11}")


def found(tx: Tx, scope: Scope, text: str) -> list[CaseView]:
    """Find cases, open or not: the one of this number first, then those of the person, then those with the words."""
    asked = " ".join(text.split())
    if not asked:
        return []
    numbered = casebook.find(tx, scope, asked)
    named = _of_people(tx, scope, _people(tx, scope.town_id, asked))
    once = {case.id: case for case in (*([numbered] if numbered else ()), *named, *_saying(tx, scope, asked))}
    return list(once.values())[:MOST]


def _people(tx: Tx, town_id: str, asked: str) -> list[str]:
    """Whose name holds what is asked, or whose telephone it is."""
    digits = re.sub(r"[-— ]", "", asked)
    if _PHONE.fullmatch(digits):
        mine = (reaches.c.town_id == town_id, reaches.c.kind == "phone", reaches.c.value.in_((asked, digits)))
        return list(tx.scalars(sa.select(reaches.c.person_id).where(*mine).limit(PEOPLE)))
    like = people.c.name.contains(asked, autoescape=True)
    chosen = sa.select(people.c.id).where(people.c.town_id == town_id, like).order_by(people.c.name, people.c.id)
    return list(tx.scalars(chosen.limit(PEOPLE)))


def _of_people(tx: Tx, scope: Scope, person_ids: Iterable[str]) -> list[CaseView]:
    seen = [case for one in person_ids for case in casebook.listed(tx, scope, Filter(person_id=one), limit=MOST)]
    return sorted(seen, key=lambda case: case.opened_at, reverse=True)


def _saying(tx: Tx, scope: Scope, asked: str) -> list[CaseView]:
    """The latest cases in whose number, village, service or form the words stand."""
    villages = {one.id: one.name for one in directory.villages_of(tx, scope.town_id)}
    said: list[CaseView] = []
    for start in range(0, LOOKED_THROUGH, SLICE):
        some = casebook.listed(tx, scope, limit=SLICE, offset=start)
        said += [case for case in some if _says(case, villages.get(case.village_id or "", ""), asked)]
        if len(some) < SLICE or len(said) >= MOST:
            break
    return said


def _says(case: CaseView, village: str, asked: str) -> bool:
    if asked.isdecimal():
        return asked in re.findall(r"\d+", case.number)
    return any(asked in text for text in (case.number.replace(" ", ""), village, case.skill_name, *case.said.values()))
