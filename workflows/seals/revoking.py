"""Papers that count no more: revoked by two persons, or replaced by a newer one. Whoever verifies sees it at once."""

import datetime as dt

import sqlalchemy as sa

from township.db import Tx
from township.errors import Mistake, Refused
from workflows import records
from workflows.catalogue import Occasion
from workflows.seals import papers, register
from workflows.seals.models import papers as rows
from workflows.seals.papers import Paper, State


def revoke(tx: Tx, occasion: Occasion) -> None:
    """Revoke the paper whose code the case names: one person has asked for it, this is another."""
    paper = papers.by_code(tx, str(occasion.fields.get("code") or ""))
    if paper is None or paper.town_id != occasion.town_id:
        raise Mistake("verified_unknown", field="code", phone="")
    cast = records.load(tx, occasion.town_id, occasion.case_id, lock=False).state.cast
    if occasion.by is None or occasion.by in (cast.affected, cast.spoke, cast.wrote):
        raise Refused("another_part", part="revoker")
    papers.move(tx, paper, State.REVOKED, before=[State.SEALED])
    register.append(tx, paper, register.REVOKED, occasion.at, copies=paper.stamped or paper.copies)


def supersede(tx: Tx, paper: Paper, now: dt.datetime) -> None:
    """A newer paper of the same kind, for the same person and purpose, takes the place of those before it."""
    if paper.applicant_id is None:
        return
    told = papers.sheet(tx, paper.id).lines
    same = sa.and_(
        rows.c.applicant_id == paper.applicant_id, rows.c.kind == paper.kind, rows.c.state == State.SEALED.value,
        rows.c.replaced_by.is_(None), rows.c.id != paper.id,
    )  # fmt: skip
    for before in tx.execute(sa.select(rows.c.id).where(same)).scalars().all():
        known = papers.sheet(tx, before).lines
        if all(known.get(name) == told.get(name) for name in ("purpose", "receiver")):
            tx.execute(sa.update(rows).where(rows.c.id == before).values(replaced_by=paper.id))
            old = papers.get(tx, before)
            register.append(tx, old, register.SUPERSEDED, now, copies=old.stamped or old.copies)
