"""Knowledge from the command line: documents taken in, and a question asked without DingTalk."""

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import sqlalchemy as sa
from ruamel.yaml import YAML

from bot.commands.progress import bar
from bot.dialogue.meaning import sayings
from bot.dialogue.meaning.services import services_of
from bot.reading import open_backlog, open_composer, open_library
from bot.wording import sentence, texts
from knowledge import facts, factsheet, intake, loaders
from knowledge.answers import Answer, Answerer
from knowledge.intake import Report
from knowledge.structure import statutes
from knowledge.structure.reports import FileReport, words
from skills import registry
from township import directory, register
from township.clock import SHANGHAI, SystemClock
from township.db import Database, Tx
from township.errors import Mistake
from township.filestore import FileStore
from township.models import towns
from township.scope import Audience, Scope
from township.settings import Settings

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "knowledge" / "samples"
SAMPLE_TOWN = ROOT / "sandbox" / "town.yaml"


@dataclass(frozen=True, slots=True)
class Taken:
    """What `ingest` did, as lines for people and figures for programs."""

    reports: tuple[Report, ...] = ()
    statutes: int = 0
    embedded: int = 0
    is_embedded_elsewhere: bool = False
    """The running bot gives vectors to what has none."""
    mistakes: tuple[str, ...] = field(default=())
    facts: int | None = None
    """Facts that a sheet changed; None where none was taken in."""
    fact_mistakes: tuple[Mistake, ...] = ()

    def lines(self) -> list[str]:
        """Say it in lines."""
        said = []
        for report in self.reports:
            files, refused = len(report.taken) + len(report.unchanged), len(report.refused)
            counts = {"new": len(report.taken), "same": len(report.unchanged), "failed": refused}
            said.append(texts().say("ingested", files=files + refused, **counts))
            if not files + refused:
                said.append(texts().say("ingested_nothing"))
            said += [_line(one) for one in report.files if not one.is_complete or one.name in report.taken]
            said += [f"  {sentence(mistake)}" for mistake in report.fact_mistakes]
        if self.facts is not None:
            said.append(texts().say("facts_taken", changed=self.facts, refused=len(self.fact_mistakes)))
            said += [f"  {sentence(mistake)}" for mistake in self.fact_mistakes]
        if self.statutes:
            said.append(texts().say("statutes_ingested", count=self.statutes))
        if self.is_embedded_elsewhere:
            said.append(texts().say("embedded_elsewhere"))
        return [*said, *self.mistakes]

    @property
    def is_incomplete(self) -> bool:
        """Something was refused, or there was nothing to read: whoever runs it in a script must know."""
        files = sum(len(one.taken) + len(one.unchanged) + len(one.refused) for one in self.reports)
        refused = any(one.refused or one.fact_mistakes for one in self.reports)
        return bool(refused or self.mistakes or self.fact_mistakes or (self.reports and not files))

    def figures(self) -> dict[str, Any]:
        """Give it as JSON."""
        return {
            "taken": [name for report in self.reports for name in report.taken],
            "unchanged": [name for report in self.reports for name in report.unchanged],
            "refused": {name: sentence(mistake) for report in self.reports for name, mistake in report.refused},
            "incomplete": {name: list(what) for report in self.reports for name, what in report.incomplete},
            "files": {one.name: words(one) for report in self.reports for one in report.files if one.clauses},
            "statutes": self.statutes,
            "facts_changed": self.facts or 0,
            "rows_refused": [sentence(mistake) for mistake in self.fact_mistakes],
            "embedded": self.embedded,
        }


def ingest(settings: Settings, db: Database, path: Path | None, *, samples: bool, at: datetime) -> Taken:
    """Take in the samples, a folder, one file, or a JSONL of statutes; then embed what has no vector yet."""
    if path is not None and not path.exists():
        raise Mistake("path_missing", path=str(path))
    reports, articles = [], 0
    if samples:
        _sample_town(settings, db)
        reports.append(_take(settings, db, SAMPLES, at))
    if path is not None and path.suffix == ".jsonl":
        articles = _statutes(db, path, at)
    elif path is not None and (sheet := _sheet_of(settings, db, path, at)):
        return sheet
    elif path is not None:
        reports.append(_take(settings, db, path, at))
        articles = reports[-1].statutes
    return _embedded(settings, db, Taken(tuple(reports), articles), samples=samples)


def ask(settings: Settings, db: Database, question: str, *, at: datetime) -> dict[str, Any]:
    """Answer a question as anybody may ask it: with what is public, and what the residents of the town may hear."""
    if not question.strip():
        raise Mistake("asked_nothing")
    town_id, villages = town_of(db)
    library = open_library(settings, db, alone_is_fine=True)
    try:
        library.refresh(at.date())
        scope = Scope(town_id, audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))
        answer = Answerer(library, frozenset(villages)).answer(question, scope=scope, at=at)
    finally:
        library.close()
    answer = asyncio.run(_in_words(settings, answer, question, at))
    shown = {**asdict(replace(answer, grounds=())), "kind": answer.kind.value}
    return {name: value for name, value in shown.items() if name != "grounds"}


async def _in_words(settings: Settings, answer: Answer, question: str, at: datetime) -> Answer:
    """Let the chat model of the settings put an answer into words."""
    composer = open_composer(settings)
    if composer is None:
        return answer
    try:
        return await composer.improve(answer, answer.understood or question, at.astimezone(SHANGHAI).date())
    finally:
        await composer.close()


def _embedded(settings: Settings, db: Database, taken: Taken, *, samples: bool) -> Taken:
    """Give vectors to what has none, unless the running bot is at it. What was taken in is in whatever happens."""
    backlog = open_backlog(settings, db, SystemClock().machine)
    if backlog is None:
        return taken
    try:
        with bar("embedding") as show:
            made = backlog.catch_up(show)
        if samples:
            offered = {one.skill.id: one.skill.manifest for one in registry.house() if one.skill}
            sayings.vectors_of(db, backlog.embedder(), list(sayings.labelled_of(services_of(offered))))
    except Mistake as mistake:
        return replace(taken, mistakes=(*taken.mistakes, sentence(mistake)))
    return replace(taken, embedded=made or 0, is_embedded_elsewhere=made is None)


def _sample_town(settings: Settings, db: Database) -> None:
    """Found the invented town; never in a township's database, whose people would get answers out of samples."""
    sheet = register.read_sheet(YAML(typ="safe", pure=True).load(SAMPLE_TOWN.read_text("utf-8")))
    if settings.profile != "sandbox":
        raise Mistake("samples_elsewhere", profile=settings.profile)
    town_id, _ = town_of(db)
    if town_id not in ("", sheet.town.id):
        raise Mistake("samples_beside_a_town", town=town_id)
    db.write_now(partial(register.places, sheet=sheet))


def town_of(db: Database) -> tuple[str, dict[str, str]]:
    """Name the first town, and its villages by name; without a town nothing of a town can be stored."""

    def call(tx: Tx) -> tuple[str, dict[str, str]]:
        found = tx.execute(sa.select(towns.c.id).order_by(towns.c.id).limit(1)).scalar()
        return (str(found or ""), {v.name: v.id for v in directory.villages_of(tx, str(found or ""))})

    return db.read_now(call)


def _take(settings: Settings, db: Database, path: Path, at: datetime) -> Report:
    """Take files in, and keep those that are new: the originals that people may ask for."""
    town_id, villages = town_of(db)
    if not town_id:
        raise Mistake("no_town")
    with bar("files") as show:
        report = intake.take(db, path, town_id=town_id, villages=villages, at=at, show=show)
    store = FileStore(settings.home)
    for original in _originals(path if path.is_dir() else path.parent, report.taken):
        store.keep(original)
    return report


def _originals(folder: Path, taken: Collection[str]) -> Iterator[bytes]:
    """Give the files that were taken in as they are; what lay in an archive by itself."""
    possible = ((name, *map(str, PurePosixPath(name).parents)) for name in taken)
    holders = dict.fromkeys(next((each for each in names if (folder / each).is_file()), "") for names in possible)
    for holder in filter(None, holders):
        for name, data in loaders.members((folder / holder).read_bytes(), holder):
            if name in taken and isinstance(data, bytes):
                yield data


def _line(file: FileReport) -> str:
    """Say what became of one file."""
    if file.mistake:
        return texts().say("ingested_file", mark="×", name=file.name, words=sentence(file.mistake))
    mark = "√" if file.is_complete else "△"
    return texts().say("ingested_file", mark=mark, name=file.name, words=words(file))


def _sheet_of(settings: Settings, db: Database, path: Path, at: datetime) -> Taken | None:
    """Put the rows of a facts sheet in force; None if the path is something else."""
    if not path.is_file() or path.suffix.lower() not in factsheet.FORMATS:
        return None
    loaders.check_size(path)
    data, (town_id, villages) = path.read_bytes(), town_of(db)
    if not factsheet.is_sheet(data, path.name):
        return None
    if not town_id:
        raise Mistake("no_town")
    sheet = factsheet.read_sheet(data, path.name, villages, db.read_now(lambda tx: directory.duty_phones(tx, town_id)))
    is_invented = settings.profile == "sandbox" or db.read_now(lambda tx: facts.are_samples(tx, town_id))
    if sheet.has_samples and not is_invented:
        raise Mistake("fact_still_sample", file=path.name)
    store = partial(facts.store, town_id=town_id, rows=sheet.facts, at=at, sample=sheet.has_samples, ended=sheet.ended)
    return Taken(facts=db.write_now(store), fact_mistakes=sheet.mistakes)


def _statutes(db: Database, path: Path, at: datetime) -> int:
    with bar("articles") as show:
        return statutes.ingest(db, path, at=at, progress=lambda count: show(count, None))
