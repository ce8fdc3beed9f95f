"""What became of a seal, taken back to its case: sealed is a line of the register, failed goes back, doubt is asked.

Called by delivery in the transaction that writes the outcome down; nothing here is done twice, for a paper moves once.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from township import outbox
from township.db import Tx
from township.effects import ApplySeal, Effect, SendFile, ToPerson
from township.errors import TownshipError
from township.statements import savepoint
from workflows import cases, census, records
from workflows.cases import Act
from workflows.seals import counter, papers, register, revoking
from workflows.seals.paper.kinds import kind_of
from workflows.seals.papers import Paper, State
from workflows.seals.wording import texts
from workflows.state import Via

log = logging.getLogger(__name__)


def sealed(tx: Tx, effect: ApplySeal, receipt: Mapping[str, Any], now: dt.datetime) -> None:
    """The seal is on the paper: a line in the register, the file and its code to who applied, the case is done."""
    paper = _taken(tx, effect)
    if paper.state not in (State.SEALING, State.DOUBT):
        return
    settle(tx, paper, now, sha256=str(receipt.get("sha256") or ""), serial=str(receipt.get("serial") or ""))
    _act(tx, paper, "sealed", now)


def failed(tx: Tx, effect: ApplySeal, why: str, now: dt.datetime) -> None:
    """It was certainly not sealed: the approval still stands, the custodian may try again."""
    paper = _taken(tx, effect)
    if paper.state is not State.SEALING:
        return
    log.warning("a paper was not sealed", extra={"action": "not_sealed", "paper": paper.id, "code": why})
    papers.move(tx, paper, State.FROZEN, before=[State.SEALING])
    _act(tx, paper, "failed", now)


def in_doubt(tx: Tx, effect: ApplySeal, why: str, now: dt.datetime) -> None:
    """It may be sealed or not: nothing is tried again, a person looks."""
    paper = _taken(tx, effect)
    if paper.state is not State.SEALING:
        return
    log.warning("a seal is in doubt", extra={"action": "seal_in_doubt", "paper": paper.id, "code": why})
    papers.move(tx, paper, State.DOUBT, before=[State.SEALING])
    _act(tx, paper, "in_doubt", now)


def _taken(tx: Tx, effect: ApplySeal) -> Paper:
    """Lock case and paper, in the order in which everybody who acts on a case locks them."""
    town_id = papers.look(tx, effect.paper_id).town_id
    records.load(tx, town_id, effect.case_id)
    return papers.get(tx, effect.paper_id)


def settle(tx: Tx, paper: Paper, now: dt.datetime, *, sha256: str = "", serial: str = "") -> None:
    """Write down that a paper bears its seal: in its row, in the register, and to who applied."""
    columns = {"sealed_at": now, "file_sha256": sha256, "serial": serial}
    papers.move(tx, paper, State.SEALED, before=[State.SEALING, State.DOUBT], **columns)
    paper = papers.get(tx, paper.id)
    register.append(tx, paper, register.SEALED, now, copies=paper.stamped or paper.copies)
    revoking.supersede(tx, paper, now)
    _hand_over(tx, paper, now)


def _hand_over(tx: Tx, paper: Paper, now: dt.datetime) -> None:
    """Give who applied the code of the paper, and where it is a file, the file."""
    record = records.load(tx, paper.town_id, paper.case_id, lock=False)
    number, code = record.row["number"], papers.sheet(tx, paper.id).code
    known = {"number": number, "title": counter.title_of(paper), "code": code, "copies": paper.stamped}
    sentence = texts().say("sent" if paper.file_sha256 else "stamped", **known)
    counter.tell(tx, record, sentence, key=f"sealed:{paper.id}", at=now)
    if not paper.file_sha256:
        return
    cast = record.state.cast
    name = kind_of(paper.kind).file_name
    people = census.reachable(tx, cast.told or cast.villagers())
    files: list[tuple[str, Effect]] = [
        (f"file:{paper.id}:{one}", SendFile(ToPerson(one), paper.file_sha256, name, paper.case_id))
        for one in sorted(people)
    ]  # fmt: skip
    outbox.put(tx, paper.town_id, files, now=now)


def _act(tx: Tx, paper: Paper, action: str, now: dt.datetime) -> None:
    """Let the case go on; where it does not wait for this any more, the paper's own rows still tell what happened."""
    seq = records.load(tx, paper.town_id, paper.case_id).row["seq"]
    key = f"{action}:{paper.id}:{seq}"
    acting = Act(paper.town_id, paper.case_id, action, key, None, {}, via=Via.DELIVERY)
    try:
        with savepoint(tx):
            cases.act(tx, acting, now=now)
    except TownshipError as problem:
        log.error("a case did not wait for its seal", extra={"action": "seal_unexpected", "code": problem.code})
