"""What keepers of knowledge do from the command line: the facts sheet to fill, and who was told what has changed."""

from pathlib import Path
from typing import Annotated

import typer

from bot import changes, serving
from bot.commands.asking import SAMPLES, town_of
from bot.commands.operations import JsonOut, put_file, put_json, say
from bot.hearers import addressees
from bot.wording import texts
from knowledge import facts, factsheet
from knowledge.structure import folders
from knowledge.validity import recall
from knowledge.validity.recall import Recall
from township.clock import SystemClock
from township.db import Tx
from township.errors import Mistake
from township.settings import read_settings

app_knowledge = typer.Typer(no_args_is_help=True, help="The facts sheet, and who was told what has changed.")


@app_knowledge.command("facts-template")
def template(target: Annotated[Path, typer.Argument(help="the workbook to write (.xlsx)")]) -> None:
    """Write the sixty facts of the invented town as a workbook to fill with one's own."""
    path = SAMPLES / "facts.csv"
    villages = {name: name for name in folders.manifest(SAMPLES).canaries}
    sheet = factsheet.read_sheet(path.read_bytes(), path.name, villages)
    _write(target, factsheet.write(sheet.facts, villages, samples=True), len(sheet.facts))


@app_knowledge.command("facts")
def export(target: Annotated[Path, typer.Argument(help="the workbook to write (.xlsx)")]) -> None:
    """Write the facts of the town as a workbook to mend and bring back."""
    with serving.OpenDatabase(read_settings()) as db:
        town_id, villages = town_of(db)
        known, samples = db.read_now(lambda tx: (facts.in_force(tx, town_id), facts.are_samples(tx, town_id)))
    names = {village_id: name for name, village_id in villages.items()}
    _write(target, factsheet.write(known, names, samples=samples), len(known))


@app_knowledge.command("recall")
def listed(json_out: JsonOut = "") -> None:
    """List who was told within a year what holds no longer, with the difference in a line. Sends nothing."""
    with serving.OpenDatabase(read_settings()) as db:
        town_id, _ = town_of(db)
        now = SystemClock().now()
        found = db.read_now(lambda tx: [_figures(tx, one) for one in recall.due(tx, town_id, now=now)])
    if json_out:
        put_json(found, json_out)
    if json_out == "-":
        return
    say(texts().say("recall_head", count=len(found)) if found else texts().say("recall_none"))
    for one in found:
        for line in (*one["changes"], *one["told"]):
            say(line)


def _figures(tx: Tx, one: Recall) -> dict[str, list[str]]:
    told = [each.in_words() for each in addressees(tx, one)]
    return {"changes": [changes.of_rule(subject) for subject in one.subjects], "told": told}


def _write(target: Path, content: bytes, count: int) -> None:
    if target.suffix.lower() != ".xlsx":
        raise Mistake("facts_need_xlsx", path=str(target))
    put_file(target, content)
    say(texts().say("facts_written", count=count, path=target))
