"""The month in figures, said in the chat: the own village beside the town, nobody named or ranked."""

from datetime import datetime, timedelta

from bot.dialogue.parts import Counts, Part, Turn, texts
from skills.reports import report_services
from township.clock import SHANGHAI
from township.db import Tx
from workflows.public import figures
from workflows.public.figures import Figures
from workflows.seals import demands


def answer(tx: Tx, turn: Turn, *, last: bool) -> Part:
    """Count this month or the last: of the speaker's village, if one is known, beside the town."""
    situation = turn.situation
    at = figures.bounds(situation.at)[0] - timedelta(days=1) if last else situation.at
    services = report_services(tx, situation.town_id)
    found = figures.of_month(tx, situation.town_id, services, at, situation.village_id)
    sides = [(texts().say("month_town"), found.town)]
    if situation.village_id and situation.village:
        sides.insert(0, (situation.village, found.own))
    lines = [_line(name, side, found.since if n == 0 else None) for n, (name, side) in enumerate(sides)]
    refused = sum(one.times for one in demands.of_month(tx, situation.town_id, found.since.astimezone(SHANGHAI).date()))
    lines += [texts().say("month_papers", count=refused)] if refused else []
    few = any(share is None for _, side in sides for share in (side.residents_share, side.confirmed_share))
    lines += [texts().say("month_few")] if few else []
    return Part("\n".join(lines), counts=Counts.answered)


def _line(name: str, side: Figures, since: datetime | None) -> str:
    which = texts().say("month_of", month=since.astimezone(SHANGHAI).month) if since else ""
    shares = {"residents": side.residents_share, "confirmed": side.confirmed_share}
    said = texts().say(
        "month_line",
        name=f"{which}{name}",
        started=side.started,
        ended=side.ended,
        unanswered=side.unanswered,
        **{key: _share(f"month_{key}", share) for key, share in shares.items()},
    )
    return said if side.first_minutes is None else said + texts().say("month_first", minutes=round(side.first_minutes))


def _share(name: str, share: float | None) -> str:
    return "" if share is None else texts().say(name, share=f"{share:.1%}")
