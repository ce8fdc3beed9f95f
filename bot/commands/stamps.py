"""`dinglin seals`: the register as a sheet, whether it is whole, and where a chain of people cannot be staffed."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import vacancies
from bot.commands.operations import put_json, say
from bot.serving import OpenDatabase
from skills import chains
from township import audit
from township.audit import AuditEntry
from township.clock import SystemClock
from township.db import Tx
from township.settings import read_settings
from workflows import definitions
from workflows.seals import export, register
from workflows.seals.wording import texts

app_seals = typer.Typer(
    name="seals", help="The register of seals, and who can be asked for them.", no_args_is_help=True
)

JsonOut = Annotated[str, typer.Option("--json", metavar="FILE|-", help="write the figures as JSON")]


@app_seals.command("register")
def export_register(out: Annotated[Path, typer.Option("--out", help="an .xlsx to write")]) -> None:
    """Write the register of every seal to a sheet; that somebody did is written down."""
    at = SystemClock().now()
    with OpenDatabase(read_settings()) as db:
        found = db.write_now(lambda tx: _read(tx, at))
    if not found:
        say(texts().say("register_empty"))
        return
    export.write(out, found)
    say(texts().say("register_written", seals=len(found), lines=sum(map(len, found.values())), path=out))


@app_seals.command()
def verify(json_out: JsonOut = "") -> None:
    """Reckon the hash chain of every register anew; exit code 1 where one is broken."""
    with OpenDatabase(read_settings()) as db:
        seals, broken = db.read_now(_verify)
    lines = sum(seal.seq for seal in seals)
    for name, number in broken.items():
        say(texts().say("register_broken", seal=name, line=number))
    if not broken:
        say(texts().say("register_whole" if seals else "register_empty", seals=len(seals), lines=lines))
    if json_out:
        put_json({"seals": len(seals), "lines": lines, "broken": broken}, json_out)
    if broken:
        raise typer.Exit(1)


@app_seals.command("chains")
def look_over_chains(json_out: JsonOut = "") -> None:
    """Play every chain for every village with each person away or applying; name where nobody can act."""
    at = SystemClock().now()
    with OpenDatabase(read_settings()) as db:
        played, found = db.read_now(lambda tx: vacancies.look(tx, at, lambda skill: chains.is_chain(skill.definition)))
    for line in dict.fromkeys(str(one["words"]) for one in found):
        say(line)
    if not found:
        say(texts().say("chains_good" if played else "chains_none"))
    if json_out:
        put_json(found, json_out)
    if found:
        raise typer.Exit(1)


def _read(tx: Tx, at: datetime) -> dict[str, list[dict[str, str]]]:
    found = {}
    for town_id in definitions.towns(tx):
        for seal in register.seals_of(tx, town_id):
            audit.record(tx, town_id, AuditEntry(None, None, "read", "register", f"dinglin seals {seal.id}", at))
            found[seal.name] = export.rows(tx, seal)
    return found


def _verify(tx: Tx) -> tuple[list[register.Seal], dict[str, int]]:
    seals = [seal for town_id in definitions.towns(tx) for seal in register.seals_of(tx, town_id)]
    return seals, export.broken(tx, seals)
