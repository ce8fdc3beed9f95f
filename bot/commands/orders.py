"""Work orders of other systems from the command line: brought, learnt how they are filled, and written back."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot import serving
from bot.commands.asking import town_of
from bot.commands.operations import JsonOut, put_file, put_json, say
from bot.incoming.sorting import sorting
from bot.wording import sentence
from township import tables
from township.clock import SystemClock
from township.db import Database
from township.errors import Mistake
from township.scope import Scope
from township.settings import read_settings
from workflows.house import house
from workflows.orders import columns, filling, reading, style, systems
from workflows.orders.bringing import Bringer, Brought, bring, texts
from workflows.orders.columns import Head
from workflows.orders.filling import Filled

app_orders = typer.Typer(no_args_is_help=True, help="Work orders of other systems: brought, and written back.")

SLICE = 8
"""Orders of one transaction: who speaks meanwhile waits for no more."""
System = Annotated[str, typer.Option("--system", help="what the system is called here")]
Sheet = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".xlsx or .csv")]


@app_orders.command("import")
def import_(
    sheet: Sheet,
    system: System = "12345",
    column: Annotated[list[str] | None, typer.Option(help="NAME=MEANING of a doubtful column")] = None,
    json_out: JsonOut = "",
) -> None:
    """Open a case for each order that is new. A column that is not recognised is asked about, nothing is brought."""
    now, rows = SystemClock().now(), tables.read(sheet.read_bytes(), sheet.name)
    with serving.OpenDatabase(read_settings()) as db:
        town_id, villages = town_of(db)
        head = _head(db, town_id, system, rows, column or (), sheet.name)
        if head.doubts:
            for line in doubts_in_words(head):
                say(line)
            raise typer.Exit(2)
        orders = reading.read(rows, head, sheet.name, list(villages))
        bringer = Bringer(town_id, system, None, sheet.name)
        brought = _brought(db, bringer, orders, now)
    for line in in_words(brought):
        say(line)
    if json_out:
        counts = {"opened": len(brought.opened), "known": brought.known, "over": brought.over}
        put_json({**counts, "mistakes": [sentence(one) for one in brought.mistakes]}, json_out)
    if brought.mistakes:
        raise typer.Exit(1)


@app_orders.command("learn")
def learn(sheet: Sheet, system: System = "12345") -> None:
    """Learn from one filled sheet in which order and in which words outcomes are written there."""
    rows = tables.read(sheet.read_bytes(), sheet.name)
    with serving.OpenDatabase(read_settings()) as db:
        town_id, _ = town_of(db)
        head = _head(db, town_id, system, rows, (), sheet.name)
        learnt = style.learn(rows, head)
        if learnt is None:
            raise Mistake("fill_not_learnt", file=sheet.name)
        now = SystemClock().now()
        keep = partial(systems.learn, town_id=town_id, name=system, head=head, style=learnt.to_json(), by=None, now=now)
        db.write_now(keep)
    say(texts().say("learnt", system=system, columns=len(head.columns)))


@app_orders.command("fill")
def fill(
    target: Annotated[Path, typer.Argument(help="the workbook to write (.xlsx or .csv)")],
    system: System = "12345",
    again: Annotated[bool, typer.Option("--again", help="also those that were handed over before")] = False,
) -> None:
    """Write the outcomes of closed orders into a sheet as their system has it."""
    now = SystemClock().now()
    with serving.OpenDatabase(read_settings()) as db:
        town_id, _ = town_of(db)
        scope = whole_town(town_id)
        filled = db.read_now(lambda tx: filling.fill(tx, scope, system, again=again))
        if not filled.rows:
            say(texts().say("orders_nothing_to_fill", system=system))
            return
        _write(target, filled)
        db.write_now(lambda tx: filling.handed_over(tx, scope, system, filled, now=now))
    say(texts().say("orders_filled", count=len(filled.rows), path=target))


def in_words(brought: Brought) -> list[str]:
    """Say what became of a sheet."""
    counts = {"opened": len(brought.opened), "known": brought.known, "over": brought.over}
    head = texts().say("brought", **counts, refused=len(brought.mistakes))
    return [head, *(f"  {sentence(mistake)}" for mistake in (*brought.mistakes, *brought.unread))]


def doubts_in_words(head: Head) -> list[str]:
    """Ask about doubtful columns."""
    lines = [texts().say("doubts")]
    for doubt in head.doubts:
        among = " ".join(f"{one.value}（{texts().say(f'meaning_{one.value}')}）" for one in doubt.among)
        lines.append(texts().say("doubt", column=doubt.column, examples=" | ".join(doubt.examples), among=among))
    return lines


def whole_town(town_id: str) -> Scope:
    """Give what whoever has the machine may see of orders: everything that is not restricted."""
    return Scope(town_id, person_id="", offices=frozenset((role, None) for role in house().watch))


def _head(db: Database, town_id: str, system: str, rows: tables.Rows, said: Sequence[str], file: str) -> Head:
    known = db.read_now(lambda tx: systems.get(tx, town_id, system))
    before = known.meanings if known else {}
    return columns.head_of(rows, {**before, **dict(reading.columns_of(said))}, file=file)


def _brought(db: Database, bringer: Bringer, sheet: reading.Sheet, now: datetime) -> Brought:
    """Bring slice after slice, and remember the columns."""
    sort = db.read_now(lambda tx: sorting(tx, bringer.town_id))
    done = Brought(mistakes=sheet.mistakes)
    for start in range(0, len(sheet.orders), SLICE):
        few = sheet.orders[start : start + SLICE]
        done += db.write_now(partial(bring, orders=few, bringer=bringer, sort=sort, now=now))
    head, by = sheet.head, bringer.person_id
    db.write_now(lambda tx: systems.remember(tx, bringer.town_id, bringer.system, head, by=by, now=now))
    return done


def _write(target: Path, filled: Filled) -> None:
    put_file(target, tables.file(filled.table(), target.suffix))
