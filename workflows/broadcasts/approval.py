"""What an approval, a second signature, a stop and a wish to send again do to a broadcast: actions of its case.

Nothing here believes a text: whoever approves holds a task of the case, is another person, and is shown what is sent.
"""

from datetime import timedelta

import sqlalchemy as sa

from township import directory
from township.db import Tx
from township.errors import Refused
from workflows import catalogue
from workflows.broadcasts import minutes, register
from workflows.broadcasts.drafts import check_quiet
from workflows.broadcasts.policy import Level
from workflows.broadcasts.register import Broadcast
from workflows.catalogue import Occasion
from workflows.clocks import timers
from workflows.clocks.promises import STAGE_CLOCK
from workflows.models import cases

AGAIN = timedelta(hours=2)
"""How long after its minute a broadcast may be sent again where it did not arrive."""


def declare() -> None:
    """Make known what the stages of a broadcast may do."""
    catalogue.declare("broadcast.approve", _approve)
    catalogue.declare("broadcast.sign", _sign)
    catalogue.declare("broadcast.stop", _stop)
    catalogue.declare("broadcast.resend", _resend)


def _approve(tx: Tx, occasion: Occasion) -> None:
    """Take one yes; with the last one the minute is set."""
    found = register.by_case(tx, occasion.case_id)
    if found.state != "waiting":
        raise Refused("broadcast_over")
    _check_shown(tx, found, occasion)
    _check_person(tx, found, occasion)
    if occasion.at > found.lapses_at:
        raise Refused("broadcast_minute_passed")
    minute = found.order.minute or occasion.at
    check_quiet(found.order.level, minute, occasion.at)
    names = register.villages(tx, found.town_id)
    register.check_same(tx, found.town_id, found.order, minute, but=found.id, names=names)
    register.change(tx, found.id, approvals=_approved(found, occasion))
    stage = _stage(tx, occasion.case_id)
    if stage == "scheduled":
        register.change(tx, found.id, state="set", next_at=minute)
    else:
        timers.end_at(tx, found.town_id, found.case_id, STAGE_CLOCK + stage, found.lapses_at)


def _sign(tx: Tx, occasion: Occasion) -> None:
    """Take the second signature of what has left already."""
    found = register.by_case(tx, occasion.case_id)
    _check_person(tx, found, occasion)
    register.change(tx, found.id, approvals=_approved(found, occasion), state="over", next_at=None)


def _stop(tx: Tx, occasion: Occasion) -> None:
    """Nothing more leaves."""
    register.change(tx, register.by_case(tx, occasion.case_id).id, state="over", next_at=None)


def _resend(tx: Tx, occasion: Occasion) -> None:
    """Send once more where it did not arrive: a person has decided so, knowing that somebody may hear it twice."""
    found = register.by_case(tx, occasion.case_id)
    last = register.last_occurrence(tx, found.id)
    if last is None or occasion.at - last > AGAIN or not found.is_intact:
        raise Refused("broadcast_resend_late")
    check_quiet(found.order.level, occasion.at, occasion.at)
    again = [one for one in register.sendings(tx, found.id, last) if one.may_go_again]
    minutes.send(tx, found, last, {one.village_id: one.attempt + 1 for one in again}, occasion.at)


def _approved(found: Broadcast, occasion: Occasion) -> list[list[str]]:
    return [*map(list, found.approvals), [str(occasion.by), occasion.at.isoformat(), found.digest]]


def _check_shown(tx: Tx, found: Broadcast, occasion: Occasion) -> None:
    """What the card showed is what will be heard: words, minute, villages and level."""
    shown = (occasion.fields.get("preview"), occasion.fields.get("what"))
    if shown != (found.order.heard, found.order.in_words(register.villages(tx, found.town_id))) or not found.is_intact:
        raise Refused("broadcast_changed")


def _check_person(tx: Tx, found: Broadcast, occasion: Occasion) -> None:
    """Another person than the editor and than who approved before; with an office, and of the town from level 2 up."""
    if occasion.by is None or occasion.by in (found.editor_id, *(by for by, _, _ in found.approvals)):
        raise Refused("broadcast_own")
    offices = directory.roles_of(tx, occasion.by, occasion.at)
    is_for_town = found.order.level is Level.URGENT or len(found.approvals) > 0
    if not any(not is_for_town or grant.village_id is None for grant in offices):
        raise Refused("broadcast_approver")


def _stage(tx: Tx, case_id: str) -> str:
    return str(tx.execute(sa.select(cases.c.stage).where(cases.c.id == case_id)).scalar_one())
