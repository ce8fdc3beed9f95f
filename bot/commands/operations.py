"""The commands of the bot: run, ingest, ask, migrate, doctor, backup, restore. Mounted by `dinglin.py`."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import registration, serving
from bot.commands import archive, asking
from bot.wording import texts
from township import logs, schema
from township.clock import SystemClock
from township.errors import Mistake
from township.settings import Settings, read_settings
from workflows import definitions
from workflows.clocks import daytable, timers

JsonOut = Annotated[str, typer.Option("--json", metavar="FILE|-", help="write the figures as JSON")]


def mount(app: typer.Typer) -> None:
    """Add the commands of this package."""
    for command in (run, register, ingest, ask, calendar, migrate, doctor, backup, restore):
        app.command()(command)


def say(line: str) -> None:
    """Write one line for people."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def put_json(data: Any, target: str) -> None:
    """Write figures to a file, or to standard output for `-`."""
    written = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    if target == "-":
        say(written)
    else:
        put_file(Path(target), f"{written}\n".encode())


def put_file(target: Path, content: bytes) -> None:
    """Write a file that somebody asked for; a place where nothing can be written is a Mistake."""
    try:
        target.write_bytes(content)
    except OSError as error:
        raise Mistake("file_not_written", path=str(target), reason=error.strerror or "") from error


def serve(settings: Settings, *, phone_page: str = "") -> None:
    """Run the bot until it is told to stop."""
    logs.set_up(settings.log_level)
    _run(serving.serve(settings, phone_page=phone_page, say=say))


def run() -> None:
    """Run the bot against the DingTalk of the settings (default: a sandbox on this machine)."""
    serve(read_settings())


def register(sheet: Path) -> None:
    """Write a town down from a sheet (YAML or JSON): villages, groups, people, roles, duty; again after each change."""
    settings = read_settings()
    with _database(settings) as db:
        entered = registration.enter(settings, db, sheet, at=SystemClock().now())
    counts = {"villages": len(entered.villages), "people": len(entered.people), "groups": len(entered.groups)}
    say(texts().say("registered", town=entered.town.name, **counts))


def ingest(
    path: Annotated[Path | None, typer.Argument(help="a folder, a file, or a .jsonl of statutes")] = None,
    samples: Annotated[bool, typer.Option("--samples", help="the documents of the invented town")] = False,
    if_sandbox: Annotated[bool, typer.Option("--if-sandbox", help="pass over --samples outside the sandbox")] = False,
    json_out: JsonOut = "",
) -> None:
    """Take documents in: what is new or changed is cut into clauses, embedded and answered from."""
    settings = read_settings()
    if samples and if_sandbox and settings.profile != "sandbox":
        say(texts().say("samples_left_out", profile=settings.profile))
        samples = False
        if path is None:
            return
    with _database(settings) as db:
        report = asking.ingest(settings, db, path, samples=samples, at=SystemClock().now())
    for line in report.lines():
        say(line)
    if json_out:
        put_json(report.figures(), json_out)
    if report.is_incomplete:
        raise typer.Exit(1)


def ask(question: str, json_out: JsonOut = "") -> None:
    """Ask as a villager would, and see the answer with its source."""
    settings = read_settings()
    with _database(settings) as db:
        answer = asking.ask(settings, db, question, at=SystemClock().now())
    if json_out:
        put_json(answer, json_out)
    if json_out != "-":
        say(str(answer["text"]))


def calendar(
    table: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="the notice as text, or CSV or JSONL of days")
    ],
    source: Annotated[str, typer.Option("--source", help="number of the notice")] = "",
) -> None:
    """Take the official holidays and working days of a year in; deadlines of open cases are derived anew."""
    tables = daytable.read(table.read_text("utf-8"))
    years = texts().say("between_years").join(str(one.year) for one in tables)
    with _database(read_settings()) as db:
        towns = db.read_now(definitions.towns)
        if not towns:
            raise Mistake("no_town")
        for town_id in towns:
            moved = db.write_now(
                partial(timers.take_tables, town_id=town_id, tables=tables, source=source or table.name)
            )
            say(texts().say("calendar_taken", years=years, town=town_id, moved=moved))


def migrate(quiet: bool = False) -> None:
    """Bring the database to the newest schema; nothing that is stored is lost."""
    settings = read_settings()
    with _database(settings, migrated=False) as db:
        revision = schema.upgrade(db)
        at = SystemClock().now()
        brought = db.write_now(lambda tx: registration.renew_services(tx, at=at))
    if not quiet:
        say(texts().say("migrated", revision=revision))
    for one in brought:
        say(texts().say(f"skill_{one.news.value}", town=one.town_id, skill=one.skill, version=one.hash[:8]))


def doctor(
    dingtalk: Annotated[bool, typer.Option("--dingtalk", help="try DingTalk's side as well")] = False,
    chains: Annotated[bool, typer.Option("--chains", help="play every service: where can nobody act?")] = False,
    json_out: JsonOut = "",
) -> None:
    """Look over settings, database, model, index, disk; DingTalk's rights, and who can act, where asked."""
    from bot.commands import checkup  # with it come a model's client and all that is played: the bot needs neither

    settings = read_settings()
    findings = _run(checkup.look(settings, dingtalk=dingtalk))
    findings += checkup.look_at_chains(settings) if chains else []
    for finding in findings:
        say(finding.line())
    if json_out:
        put_json([finding.figures() for finding in findings], json_out)
    if any(finding.is_bad for finding in findings):
        raise typer.Exit(1)


def backup(target: Path) -> None:
    """Write database, files and key into one archive; the bot may go on running."""
    settings = read_settings()
    revision = schema.newest()
    size = archive.backup(settings.home, settings.database, target, at=SystemClock().now(), revision=revision)
    say(texts().say("backup_done", path=target, size=f"{size / 1e6:.1f}"))


def restore(source: Path) -> None:
    """Put an archive back into an empty home."""
    settings = read_settings()
    restored = archive.restore(source, settings.home)
    say(texts().say("restored", home=restored.home, cases=restored.cases, messages=restored.messages))


def _database(settings: Settings, *, migrated: bool = True) -> serving.OpenDatabase:
    return serving.OpenDatabase(settings, migrated=migrated)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)
