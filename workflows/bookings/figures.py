"""What a month of lending, booking and queueing came to, of one service, and who stands in its lines now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from township.db import Instant, Tx
from township.statements import Row, Statement
from workflows.bookings.models import bookings
from workflows.bookings.rack import CALLED, LOST, OVER, QUEUE, WAITING


class Figures(Struct, frozen=True):
    """Counted by when something was given back, or a turn was over; nobody is ranked."""

    lent: int
    """Loans and times that are over."""
    late: int
    """Loans that came back after their last day."""
    lost: int
    """Things noted as lost or broken."""
    served: int
    """Turns that were taken."""
    left: int
    """Numbers that were given up before their turn."""
    missed: int
    """How often somebody did not come."""
    waited: timedelta
    """The mean time from drawing a number to being called."""


def of_month(tx: Tx, town_id: str, skill: str, since: datetime, until: datetime) -> Figures:
    """Count the bookings of a service that ended in a span of time."""
    rows = _OVER.rows(tx, its_town=town_id, its_skill=skill, since=since, until=until)
    taken = [row for row in rows if row["thing"] != QUEUE]
    drawn = [row for row in rows if row["thing"] == QUEUE]
    served = [row for row in drawn if row["called_at"] is not None]
    waits = [row["called_at"] - row["begins"] for row in served]
    return Figures(
        len(taken),
        sum(1 for row in taken if row["ends"] is not None and row["over_at"] > row["ends"]),
        int(_LOST.scalar(tx, its_town=town_id, its_skill=skill, since=since, until=until) or 0),
        len(served),
        len(drawn) - len(served),
        sum(row["missed"] for row in drawn),
        sum(waits, timedelta()) / len(waits) if waits else timedelta(),
    )


_MINE = (bookings.c.town_id == sa.bindparam("its_town"), bookings.c.skill == sa.bindparam("its_skill"))
_SINCE, _UNTIL = sa.bindparam("since", type_=Instant()), sa.bindparam("until", type_=Instant())
_OVER = Statement(
    sa.select(bookings).where(
        *_MINE, bookings.c.state == OVER, bookings.c.over_at >= _SINCE, bookings.c.over_at < _UNTIL
    )
)
_LOST = Statement(
    sa.select(sa.func.sum(bookings.c.amount)).where(
        *_MINE, bookings.c.state == LOST, bookings.c.begins >= _SINCE, bookings.c.begins < _UNTIL
    )
)


def in_lines(tx: Tx, town_id: str, skill: str) -> Sequence[Row]:
    """List who stands in the lines of a service, each line in its order, whose turn it is first."""
    return _IN_LINES.rows(tx, its_town=town_id, its_skill=skill, states=[WAITING, CALLED])


_IN_LINES = Statement(
    sa.select(bookings)
    .where(*_MINE, bookings.c.thing == QUEUE, bookings.c.state.in_(sa.bindparam("states", expanding=True)))
    .order_by(bookings.c.village_id, bookings.c.part, bookings.c.state, bookings.c.rank)
)
