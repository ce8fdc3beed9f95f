"""`dinglin person`: what is kept of one person is shown, handed over, erased; each is written down with who did it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.operations import JsonOut, put_file, put_json, say
from bot.persons import erasing, finding, packing, summary, telling
from bot.serving import OpenDatabase
from bot.wording import texts
from township import audit
from township.audit import AuditEntry
from township.clock import SystemClock
from township.db import Tx
from township.directory import Person
from township.errors import Mistake
from township.filestore import FileStore
from township.settings import read_settings

app_person = typer.Typer(
    name="person", help="What is kept of one person: shown, handed over, erased.", no_args_is_help=True
)

Who = Annotated[str, typer.Argument(metavar="PERSON", help="name, telephone number, or number of the person")]
Village = Annotated[str, typer.Option("--village", help="of several with one name, the one of this village")]
By = Annotated[str, typer.Option("--by", help="the colleague who looked who it is: name or number")]


@app_person.command()
def show(who: Who, village: Village = "", json_out: JsonOut = "") -> None:
    """Count what is kept of a person; no words are shown. What stands against erasing it: `person erase`, or --json."""
    at = SystemClock().now()
    with OpenDatabase(read_settings()) as db:
        seen = db.read_now(lambda tx: summary.read(tx, finding.find(tx, who, village), at))
    if json_out:
        put_json(seen.figures(), json_out)
    if json_out != "-":
        for line in seen.lines():
            say(line)


@app_person.command()
def export(
    who: Who,
    out: Annotated[Path, typer.Option("--out", help="a .zip to write")],
    by: By,
    village: Village = "",
) -> None:
    """Write all that is kept of a person into one archive for that person; who did so is written down."""
    settings, at = read_settings(), SystemClock().now()

    def read(tx: Tx) -> telling.Own:
        person = _living(finding.find(tx, who, village))
        own = telling.read(tx, person, at)
        actor = colleague(tx, by)
        audit.record(tx, person.town_id, AuditEntry(actor.id, person.id, "exported", "person", "dinglin person", at))
        return own

    with OpenDatabase(settings) as db:
        own = db.write_now(read)
    put_file(out, packing.packed(own, FileStore(settings.home), at))
    out.chmod(0o600)
    say(texts().say("person_exported", name=own.who.name, path=out, cases=len(own.matters), files=len(own.files())))


@app_person.command()
def erase(
    who: Who,
    by: By = "",
    village: Village = "",
    yes: Annotated[bool, typer.Option("--yes", help="it was read, and is wanted")] = False,
) -> None:
    """Say what would go, what stays and why; with --yes erase it. It cannot be taken back."""
    settings, at = read_settings(), SystemClock().now()
    with OpenDatabase(settings) as db:
        if not yes:
            for line in db.read_now(lambda tx: summary.read(tx, finding.find(tx, who, village), at)).before_erasing():
                say(line)
            return
        person, files = db.write_now(lambda tx: _erase(tx, who, village, by, at))
        erasing.drop(FileStore(settings.home), files)
        is_scrubbed = db.scrub_now()
    say(texts().say("person_erased", id=person.id, files=len(files)))
    if not is_scrubbed:
        say(texts().say("person_pages_left", id=person.id))


def colleague(tx: Tx, by: str) -> Person:
    """Find who stands for what is done; whoever is no colleague is a Mistake."""
    found = finding.find(tx, by) if by else None
    if found is None or not found.is_cadre:
        raise Mistake("person_by_whom", said=by)
    return found


def _erase(tx: Tx, who: str, village: str, by: str, at: datetime) -> tuple[Person, list[str]]:
    """Erase somebody; who is erased already is passed over: perhaps only the pages of the file are left."""
    person, actor = finding.find(tx, who, village), colleague(tx, by)
    return person, [] if person.is_erased else erasing.erase(tx, person, actor, at)


def _living(person: Person) -> Person:
    if person.is_erased:
        raise Mistake("person_erased_before", id=person.id)
    return person
