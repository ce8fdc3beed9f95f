"""Take a whole folder in: documents in force, what they replace ended, the facts sheet; unchanged files cost a hash.

For whoever runs the town's machine (`dinglin ingest`). What a clerk sends in chat goes through `documents.submit`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from knowledge import documents, facts, factsheet, folders, ingest, loaders
from knowledge.models import VersionState
from township.db import Database, Tx
from township.errors import Mistake


@dataclass(frozen=True, slots=True)
class Report:
    """What became of each file: the keeper's list."""

    taken: tuple[str, ...]
    """New or changed."""
    unchanged: tuple[str, ...]
    refused: tuple[tuple[str, Mistake], ...]
    incomplete: tuple[tuple[str, tuple[str, ...]], ...]
    """Usable, but the file does not say these things of itself."""
    facts_changed: int
    fact_mistakes: tuple[Mistake, ...]


def take(db: Database, path: Path, *, town_id: str, villages: Mapping[str, str], at: datetime) -> Report:
    """Read and store one file, or every file of a folder; the manifest beside a file holds for it as well. Blocks."""
    if path.is_dir():
        return take_folder(db, path, town_id=town_id, villages=villages, at=at)
    return take_folder(db, path.parent, only=path.name, town_id=town_id, villages=villages, at=at)


def take_folder(
    db: Database, folder: Path, *, town_id: str, villages: Mapping[str, str], at: datetime, only: str = ""
) -> Report:
    """Read and store every file of `folder` (or `only` one), each in its own transaction. `villages`: ids by name."""
    stored: dict[str, ingest.Stored] = {}
    read = list(folders.read(folder, town_id=town_id, villages=villages, only=only))
    for file in read:
        if file.source:
            stored[file.name] = db.write_now(partial(_store, source=file.source, file=file, at=at, before=dict(stored)))
    facts_wanted = only in ("", folders.manifest(folder).facts)
    changed, mistakes = _take_facts(db, folder, town_id, villages, at) if facts_wanted else (0, ())
    return Report(
        taken=tuple(name for name, one in stored.items() if one.is_new),
        unchanged=tuple(name for name, one in stored.items() if not one.is_new),
        refused=tuple((file.name, file.mistake) for file in read if file.mistake),
        incomplete=tuple((file.name, file.missing) for file in read if file.missing),
        facts_changed=changed,
        fact_mistakes=mistakes,
    )


def _store(
    tx: Tx, source: ingest.Source, file: folders.Read, at: datetime, before: Mapping[str, ingest.Stored]
) -> ingest.Stored:
    """Store one source in force; what it replaces, by manifest or by its own words, ends the day before."""
    named = before.get(file.replaces_file)
    old = named.version_id if named else documents.predecessor(tx, source.town_id, file.replaces)
    stored = ingest.store(tx, source, at=at, state=VersionState.in_force)
    if stored.is_new and old and old != stored.version_id:
        documents.replace_by(tx, old, stored.version_id, source.in_force_from or at.date())
    return stored


def _take_facts(
    db: Database, folder: Path, town_id: str, villages: Mapping[str, str], at: datetime
) -> tuple[int, tuple[Mistake, ...]]:
    known = folders.manifest(folder)
    if not known.facts:
        return 0, ()
    loaders.check_size(folder / known.facts)
    sheet = factsheet.read_sheet((folder / known.facts).read_bytes(), known.facts, villages)
    store = partial(facts.store, town_id=town_id, rows=sheet.facts, at=at, sample=known.sample)
    return db.write_now(store), sheet.mistakes
