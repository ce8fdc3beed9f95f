"""Rosters from the command line: a sheet brought to a service, what came of its rows written back."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot import serving
from bot.commands.asking import town_of
from bot.commands.operations import JsonOut, put_file, put_json, say
from bot.commands.orders import whole_town
from bot.wording import sentence
from township import tables
from township.clock import SystemClock
from township.settings import read_settings
from workflows.rosters import bringing, filling, telling
from workflows.rosters.bringing import Bringer, Brought

app_rosters = typer.Typer(no_args_is_help=True, help="Sheets of which each row is worked on, and written back.")

Service = Annotated[str, typer.Argument(help="the name of the service's folder")]


@app_rosters.command("import")
def import_(
    skill: Service,
    sheet: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".xlsx or .csv")],
    village: Annotated[str, typer.Option(help="of rows that name none")] = "",
    json_out: JsonOut = "",
) -> None:
    """Open a case for each new row; those that are here already are not doubled. Bad rows are named."""
    now, rows = SystemClock().now(), tables.read(sheet.read_bytes(), sheet.name)
    with serving.OpenDatabase(read_settings()) as db:
        town_id, _ = town_of(db)
        of_town = partial(bringing.read_sheet, town_id=town_id, skill=skill)
        read = db.read_now(partial(of_town, rows=rows, file=sheet.name, village=village))
        bringer, done = Bringer(town_id, skill, None, sheet.name), Brought(mistakes=read.mistakes)
        for some in bringing.slices(read, bringer, now=now):
            done += db.write_now(some)
        done = db.write_now(partial(bringing.finish, sheet=read, bringer=bringer, done=done, now=now))
        name = db.read_now(partial(bringing.roster_of, town_id=town_id, skill=skill)).name
    for line in (telling.brought(name, done), *(f"  {one}" for one in telling.mistakes(done.mistakes))):
        say(line)
    if json_out:
        counts = {key: getattr(done, key) for key in ("opened", "known", "over", "ended", "changed", "left")}
        put_json({**counts, "mistakes": [sentence(one) for one in done.mistakes]}, json_out)
    if done.mistakes:
        raise typer.Exit(1)


@app_rosters.command("fill")
def fill(skill: Service, target: Annotated[Path, typer.Argument(help="the sheet to write (.xlsx or .csv)")]) -> None:
    """Write what came of each row into the columns and the order of the sheet that was brought last."""
    now = SystemClock().now()
    with serving.OpenDatabase(read_settings()) as db:
        town_id, _ = town_of(db)
        filled = db.write_now(lambda tx: filling.fill(tx, whole_town(town_id), skill, now=now))
    put_file(target, tables.file(filled.table(), target.suffix))
    say(bringing.texts().say("roster_filled", count=len(filled.rows), path=target))
