"""The month in figures and the public board from the command line."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import serving
from bot.commands.asking import town_of
from bot.commands.operations import JsonOut, put_json, say
from bot.wording import texts
from skills.reports import report_services
from township import directory
from township.clock import SHANGHAI, SystemClock
from township.db import Tx
from township.errors import Mistake
from township.settings import read_settings
from workflows.public import board, figures, open311
from workflows.public.figures import Figures
from workflows.seals import demands

MOST = 5000


def mount(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("figures")(of_month)
    app.command("georeport")(exported)


def of_month(
    month: Annotated[str, typer.Option(help="2026-11; empty: this month")] = "",
    village: Annotated[str, typer.Option(help="its own figures beside the town's")] = "",
    json_out: JsonOut = "",
) -> None:
    """Count a month: begun by residents, confirmed by them, first answer, papers refused. Nobody is ranked."""
    at = _moment(month)
    with serving.OpenDatabase(read_settings()) as db:
        town_id, villages = town_of(db)
        if village and village not in villages:
            raise Mistake("village_unknown", village=village, known=" ".join(villages))

        def look(tx: Tx) -> tuple[figures.Month, int]:
            found = figures.of_month(tx, town_id, report_services(tx, town_id), at, villages.get(village))
            return found, sum(one.times for one in demands.of_month(tx, town_id, found.since.date()))

        found, refused = db.read_now(look)
    sides = {"town": found.town, **({village: found.own} if village else {})}
    if json_out:
        written = {name: _figures(side) for name, side in sides.items()}
        put_json({"month": f"{at:%Y-%m}", "papers_refused": refused, **written}, json_out)
    if json_out != "-":
        for name, side in sides.items():
            say(_in_words(texts().say("figures_town") if name == "town" else name, side))
        say(texts().say("figures_papers", count=refused))


def exported(target: Annotated[Path, typer.Argument(help="the JSON to write")]) -> None:
    """Write the public board of a year as Open311 requests: kind, village, days, outcome, nobody's name or words."""
    now = SystemClock().now()
    with serving.OpenDatabase(read_settings()) as db:
        town_id, _ = town_of(db)

        def look(tx: Tx) -> list[dict[str, Any]]:
            since, (name, _) = now.replace(year=now.year - 1, day=1), directory.town_names(tx, town_id)
            found = board.opened_between(tx, town_id, report_services(tx, town_id), since, now, limit=MOST)
            return [open311.request(one, name) for one in found]

        found = db.read_now(look)
    put_json(found, str(target))
    say(texts().say("open311_written", count=len(found), path=target))


def _moment(month: str) -> datetime:
    if not month:
        return SystemClock().now()
    try:
        return datetime.combine(date.fromisoformat(f"{month}-01"), time(), SHANGHAI)
    except ValueError as error:
        raise Mistake("not_a_month", said=month) from error


def _figures(side: Figures) -> dict[str, Any]:
    own = ("started", "by_residents", "residents_share", "ended", "confirmed", "confirmed_share", "told", "refused")
    return {name: getattr(side, name) for name in (*own, "unanswered", "answered", "first_minutes", "channels")}


def _in_words(name: str, side: Figures) -> str:
    shares = {
        "residents": _percent(side.residents_share),
        "confirmed": _percent(side.confirmed_share),
        "first": "-" if side.first_minutes is None else round(side.first_minutes),
    }
    counts = {"started": side.started, "ended": side.ended, "unanswered": side.unanswered}
    return texts().say("figures_line", name=name, **counts, **shares)


def _percent(share: float | None) -> str:
    return texts().say("figures_few") if share is None else f"{share:.1%}"
