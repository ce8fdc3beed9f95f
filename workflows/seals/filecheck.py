"""Is this file true? What a PDF says about itself (`paper/checking.py`), held against the papers that were issued.

A seal that is intact is not enough: the very file must be known here, and its paper must still count.
"""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.texts import Texts
from workflows import records
from workflows.seals import papers as rows
from workflows.seals import verification
from workflows.seals.models import papers, seals
from workflows.seals.paper.checking import Checked, Verdict
from workflows.seals.paper.kinds import kind_of
from workflows.seals.papers import Paper
from workflows.seals.verification import Standing

SOURCE: Final = Path(__file__).with_suffix(".yaml")


def standing(tx: Tx, town_id: str, checked: Checked, at: dt.datetime) -> Standing:
    """Say how the paper of an intact file stands; one that was never issued here is unknown."""
    paper = _paper_of(tx, town_id, checked)
    return verification.standing_of(paper, at.astimezone(SHANGHAI).date()) if paper else Standing.UNKNOWN


def in_words(tx: Tx, town_id: str, checked: Checked, at: dt.datetime) -> str:
    """Say in a sentence whether a file is to be believed, and what to do. Nothing of it says whose paper it is."""
    if checked.verdict is not Verdict.INTACT:
        return _texts().say(checked.verdict.value)
    paper = _paper_of(tx, town_id, checked)
    stands = standing(tx, town_id, checked, at)
    if paper is None or stands is Standing.UNKNOWN:
        return _texts().say("unknown", phone=directory.town_phone(tx, town_id))
    until = _day(paper.valid_until)
    if stands is Standing.ISSUED and until:
        until = _texts().say("until", until=until)
    return _texts().say(
        stands.value,
        title=kind_of(paper.kind).title,
        number=records.load(tx, paper.town_id, paper.case_id, lock=False).row["number"],
        seal=tx.execute(sa.select(seals.c.name).where(seals.c.id == paper.seal_id)).scalar() or checked.sealer,
        date=_day(paper.drawn_on),
        until=until,
        demo=_texts().say("demo") if paper.demo else "",
    )


def _paper_of(tx: Tx, town_id: str, checked: Checked) -> Paper | None:
    if checked.verdict is not Verdict.INTACT:
        return None
    its_file = (papers.c.file_sha256 == checked.sha256, papers.c.town_id == town_id)
    found = tx.execute(sa.select(papers.c.id).where(*its_file).limit(1)).scalar()
    return rows.get(tx, found) if found else None


def _day(day: dt.date | None) -> str:
    return _texts().say("day", year=day.year, month=day.month, day=day.day) if day else ""


@cache
def _texts() -> Texts:
    return Texts.load(SOURCE)
