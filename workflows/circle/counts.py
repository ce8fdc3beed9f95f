"""What was done in a circle in a month, counted for everybody to read: by act and by reason, never by person."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from township.clock import SHANGHAI
from township.db import Tx
from workflows.circle.models import acts
from workflows.circle.states import Act
from workflows.circle.texts import texts
from workflows.models import cases


class Month(Struct, frozen=True):
    """Counts of one month."""

    month: int
    acts: Mapping[str, int]
    """Posts by act."""
    held: Mapping[str, int]
    """Posts that somebody looked at first, by reason."""

    def of(self, act: Act) -> int:
        return self.acts.get(act.value, 0)


def month_of(tx: Tx, town_id: str, now: datetime, village_id: str | None = None) -> Month:
    """Count the acts of the month in which a moment lies, of a village or the town."""
    since, until = bounds(now)
    where = [acts.c.town_id == town_id, acts.c.at >= since, acts.c.at < until]
    if village_id is not None:
        where.append(acts.c.village_id == village_id)
    chosen = sa.select(acts.c.act, acts.c.reason, sa.func.count(acts.c.post_id.distinct()).label("n")).where(*where)
    by_reason = {(row.act, row.reason): int(row.n) for row in tx.execute(chosen.group_by(acts.c.act, acts.c.reason))}
    total = sa.select(acts.c.act, sa.func.count(acts.c.post_id.distinct()).label("n")).where(*where)
    by_act = {row.act: int(row.n) for row in tx.execute(total.group_by(acts.c.act))}
    held = {reason: n for (act, reason), n in sorted(by_reason.items()) if act == Act.HOLD.value and reason}
    return Month(since.month, by_act, held)


def bounds(now: datetime) -> tuple[datetime, datetime]:
    """Say when a month begins and ends, as people reckon here."""
    since = now.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return since, (since + timedelta(days=32)).replace(day=1)


def opinions(tx: Tx, town_id: str, now: datetime) -> tuple[int, int]:
    """Count the opinions of a month, and how many of them were answered."""
    since, until = bounds(now)
    where = (cases.c.town_id == town_id, cases.c.kind == "", cases.c.opened_at >= since, cases.c.opened_at < until)
    rows = tx.execute(sa.select(cases.c.fields, cases.c.result).where(*where, cases.c.skill == "handoff")).all()
    said = [row.result for row in rows if row.fields.get("cause") in ("opinion", "no_good")]
    return len(said), sum(1 for result in said if result == "done")


def in_words(month: Month, village: str, said: tuple[int, int]) -> str:
    """Say the counts of a month."""
    shown = month.of(Act.PUBLISH) + month.of(Act.RELEASE) + month.of(Act.GRANT)
    line = texts().say(
        "month_line", published=shown, released=month.of(Act.RELEASE), refused=month.of(Act.REFUSE),
        taken_down=month.of(Act.TAKE_DOWN), appeals=month.of(Act.APPEAL), granted=month.of(Act.GRANT),
    )  # fmt: skip
    why = [texts().say("month_why_one", reason=texts().say(f"short_{one}"), count=n) for one, n in month.held.items()]
    between = texts().say("between")
    reasons = texts().say("month_why", reasons=between.join(why)) if why else texts().say("month_none")
    opinions = texts().say("month_opinions", said=said[0], answered=said[1])
    return "\n".join((texts().say("month_head", village=village, month=month.month), line, reasons, opinions))
