"""The invented town set up in an empty database, with the services that are rehearsed in it."""

from datetime import datetime

from skills import changes, lessons, registry
from skills.registry import Skill
from skills.rehearsal import cast
from township import register
from township.db import Database, Tx
from workflows.broadcasts import approval
from workflows.circle import review as circle_review
from workflows.related import merging
from workflows.seals.actions import SealActions

TOWN = "rehearsal"


def prepare(db: Database, *skills: Skill, at: datetime) -> None:
    """Found the invented town in an empty database and publish skills there."""
    found_town(db, at)
    publish(db, *skills, at=at)


def found_town(db: Database, at: datetime) -> None:
    """Found the invented town in an empty database, with no service in force."""
    declare()

    def found(tx: Tx) -> None:
        register.account(tx, "a1", client_id="rehearsal", secret=b"", corp_id="", town_ids=())
        register.town(tx, cast.town(), "a1", at=at)

    db.write_now(found)


def publish(db: Database, *skills: Skill, at: datetime) -> None:
    """Put services in force in the invented town."""

    def put(tx: Tx) -> None:
        for skill in skills:
            registry.install(tx, TOWN, skill, by=None, now=at)

    db.write_now(put)


def declare() -> None:
    """Make known what the services of the house do besides their flow."""
    approval.declare()
    circle_review.declare()
    lessons.declare()
    changes.declare()
    merging.declare()
    SealActions().declare()
