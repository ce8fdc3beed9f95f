"""What a definition may have done to its paper (`do: [paper.freeze]`), inside the transaction of the case.

Sealing itself is an effect: `seal.apply` puts it into the outbox, and what came of it returns through `outcomes.py`.
"""

import re
from collections.abc import Callable

from msgspec import Struct

from township import outbox
from township.db import Tx
from township.effects import ApplySeal
from township.errors import Mistake, Refused
from workflows import catalogue, records
from workflows.catalogue import Occasion
from workflows.definition import Waits
from workflows.seals import codes, counter, drafting, outcomes, oversight, papers, register, revoking
from workflows.seals.papers import LIVING, Paper, Part, State
from workflows.seals.wording import texts

COUNTER, DEMO = "counter", "demo"
NUMBERS = re.compile(r"\d+")


class SealActions(Struct, frozen=True):
    """How a town seals: by hand at the counter, or for show."""

    backend: str = COUNTER

    def declare(self) -> None:
        """Make known what may be done to a paper."""
        actions: dict[str, Callable[[Tx, Occasion], None]] = {
            "meeting.check": check_meeting,
            "paper.draft": self.draft,
            "paper.approve": approve,
            "paper.freeze": self.freeze,
            "paper.void": void,
            "pickup.renew": self.renew,
            "pickup.lapse": lapse,
            "seal.stamped": self.stamped,
            "seal.apply": self.apply,
            "seal.settle": settle,
            "seal.revoke": revoking.revoke,
        }
        for name, action in actions.items():
            catalogue.declare(name, action)

    def draft(self, tx: Tx, occasion: Occasion) -> None:
        """Draw the paper of a case as it stands now; whoever draws it has checked what it says."""
        record = records.load(tx, occasion.town_id, occasion.case_id, lock=False)
        sheet = drafting.sheet_of(tx, record, by=occasion.by, at=occasion.at, demo=self.backend == DEMO)
        seal = register.seal_of(tx, occasion.town_id, record.row["village_id"])
        cast = record.state.cast
        paper = papers.draw(
            tx, occasion.town_id, occasion.case_id, sheet, village_id=record.row["village_id"], seal_id=seal.id,
            applicant_id=cast.affected, at=occasion.at,
        )  # fmt: skip
        for person in dict.fromkeys(one for one in (cast.affected, cast.spoke, cast.wrote) if one):
            papers.take_part(tx, paper, Part.APPLICANT, person, occasion.at)
        if occasion.by is not None:
            papers.take_part(tx, paper, Part.CHECKER, occasion.by, occasion.at)
        records.decides_on(tx, occasion.town_id, occasion.case_id, paper.digest)

    def freeze(self, tx: Tx, occasion: Occasion) -> None:
        """All have approved what the paper says: from now on nothing on it changes, and it may be sealed once."""
        paper = papers.of_case(tx, occasion.case_id)
        _check_approved(tx, paper)
        papers.move(tx, paper, State.FROZEN, before=[State.DRAFT])
        if self.backend == COUNTER:
            counter.call(tx, paper, at=occasion.at)

    def renew(self, tx: Tx, occasion: Occasion) -> None:
        """Give a new code for the counter: the old one lapsed, the paper stands."""
        paper = papers.of_case(tx, occasion.case_id)
        if paper.state is State.FROZEN and self.backend == COUNTER:
            counter.call(tx, paper, at=occasion.at)

    def stamped(self, tx: Tx, occasion: Occasion) -> None:
        """The custodian has stamped by hand: the code of who fetches it, and how many copies."""
        paper = papers.of_case(tx, occasion.case_id)
        copies = paper.copies
        if self.backend == COUNTER:
            copies = _told(paper, occasion)
        if occasion.by is None:
            raise Refused("not_approved", paper=paper.id)
        papers.stamp(tx, paper, copies)
        papers.take_part(tx, paper, Part.CUSTODIAN, occasion.by, occasion.at)
        oversight.watch(tx, paper, occasion.at)

    def apply(self, tx: Tx, occasion: Occasion) -> None:
        """Have the paper sealed, once; one that is held for somebody to look at first is left where it is."""
        paper = papers.of_case(tx, occasion.case_id)
        _check_approved(tx, paper)
        if not papers.parts(tx, paper.id).get(Part.CUSTODIAN):
            raise Refused("not_approved", paper=paper.id)
        record = records.load(tx, occasion.town_id, occasion.case_id, lock=False)
        if record.definition.stage(record.state.stage).waits is not Waits.MACHINE:
            return
        papers.move(tx, paper, State.SEALING, before=[State.FROZEN])
        seq = record.row["seq"]
        effects = [(f"seal:{paper.id}:{seq}", ApplySeal(paper.case_id, paper.id))]
        outbox.put(tx, occasion.town_id, effects, now=occasion.at)


def check_meeting(tx: Tx, occasion: Occasion) -> None:
    """The numbers of a meeting are looked at as soon as they are told, before anything is hung up."""
    record = records.load(tx, occasion.town_id, occasion.case_id, lock=False)
    drafting.check_resolution({**record.state.fields, **occasion.fields})


def approve(tx: Tx, occasion: Occasion) -> None:
    """Somebody says yes to the paper as it stands."""
    if occasion.by is None:
        raise Refused("not_approved", case=occasion.case_id)
    papers.take_part(tx, papers.of_case(tx, occasion.case_id), Part.APPROVER, occasion.by, occasion.at)


def void(tx: Tx, occasion: Occasion) -> None:
    """The paper will not be sealed: it was returned, refused or taken back."""
    papers.void(tx, occasion.case_id)


def settle(tx: Tx, occasion: Occasion) -> None:
    """Somebody has looked: the paper that was in doubt does bear its seal."""
    outcomes.settle(tx, papers.of_case(tx, occasion.case_id), occasion.at)


def lapse(tx: Tx, occasion: Occasion) -> None:
    """Nobody fetched it in time: its code is worth nothing any more, the paper stays approved."""
    paper = papers.living(tx, occasion.case_id)
    if paper is not None:
        papers.set_pickup(tx, paper, None, None)


def _check_approved(tx: Tx, paper: Paper) -> None:
    """What was approved is what the paper says, by people who have one part each."""
    who = papers.parts(tx, paper.id)
    is_same = papers.digest_of(tx, paper.id) == paper.digest
    if paper.state not in LIVING or not who.get(Part.APPROVER) or not is_same:
        raise Refused("not_approved", paper=paper.id)


def _told(paper: Paper, occasion: Occasion) -> int:
    """Read the code and the number of copies that the custodian told; both may stand in one line."""
    said = NUMBERS.findall(str(occasion.fields.get("pickup") or ""))
    if not said:
        raise Mistake("value_missing", field="pickup", name=texts().say("pickup_name"))
    if paper.pickup_hash is None or paper.pickup_until is None or occasion.at >= paper.pickup_until:
        raise Mistake("pickup_lapsed", field="pickup")
    if codes.pickup_hash(paper.id, said[0]) != paper.pickup_hash:
        raise Mistake("pickup_unknown", field="pickup")
    told = occasion.fields.get("stamped")
    copies = int(told) if told is not None else int(said[1]) if len(said) > 1 else paper.copies
    if not 1 <= copies <= paper.copies:
        raise Mistake("stamped_too_many", field="stamped", copies=paper.copies, stamped=copies)
    return copies
