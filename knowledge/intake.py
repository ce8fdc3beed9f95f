"""Take a whole folder in: documents in force, what they replace ended, the facts sheet; unchanged files cost a look.

For whoever runs the town's machine (`dinglin ingest`). What a clerk sends in chat goes through `documents.submit`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from knowledge import documents, facts, factsheet, ingest, loaders
from knowledge.formats.quarantine import Quarantine
from knowledge.formats.scans import can_see
from knowledge.models import VersionState
from knowledge.structure import folders, reports, statutes
from knowledge.structure.folders import Found, Read
from knowledge.structure.lines import Tell, silent
from knowledge.structure.reports import FileReport, Stamp
from township import directory
from township.db import Database, Tx
from township.errors import Mistake

READING = 2
"""Raised when files are read otherwise than before: all are then read again."""


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
    files: tuple[FileReport, ...] = ()
    """Every file, as the keeper's list has it."""
    statutes: int = 0
    """Statutes that are new, out of corpora in the folder."""


@dataclass(slots=True)
class _Scan:
    """One pass over a folder."""

    db: Database
    town_id: str
    villages: Mapping[str, str]
    at: datetime
    folder: str
    stored: dict[str, ingest.Stored] = field(default_factory=dict)
    files: list[FileReport] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    statutes: int = 0


def take(
    db: Database, path: Path, *, town_id: str, villages: Mapping[str, str], at: datetime, show: Tell = silent
) -> Report:
    """Read and store one file, or every file of a folder; the manifest beside a file holds for it as well. Blocks."""
    if path.is_dir():
        return take_folder(db, path, town_id=town_id, villages=villages, at=at, show=show)
    return take_folder(db, path.parent, only=path.name, town_id=town_id, villages=villages, at=at, show=show)


def take_folder(
    db: Database,
    folder: Path,
    *,
    town_id: str,
    villages: Mapping[str, str],
    at: datetime,
    only: str = "",
    show: Tell = silent,
) -> Report:
    """Read and store every file of `folder` (or `only` one), each in its own transaction. `villages`: ids by name."""
    scan = _Scan(db, town_id, villages, at, str(folder.resolve()))
    known, hashes = db.read_now(lambda tx: (reports.seen(tx, town_id, scan.folder), ingest.content_hashes(tx, town_id)))
    sheets = _sheets(folder, only)
    found = [file for file in folders.found(folder, only=only) if file.path not in sheets]
    with Quarantine() as apart:
        for number, file in enumerate(found, start=1):
            if _is_corpus(file):
                scan.statutes += statutes.ingest(db, file.path, at=at)
            elif not _pass_over(scan, file, known, {document for document, _ in hashes}):
                _take(scan, file, apart)
            show(number, len(found))
    if not only:
        gone = set(known) - {one.name for one in scan.files} - {file.name for file in found}
        db.write_now(partial(reports.forget, town_id=town_id, folder=scan.folder, names=gone))
    changed, mistakes = _take_facts(scan, sheets, is_sample=folders.manifest(folder).sample)
    return _summed(scan, changed, mistakes)


def _summed(scan: _Scan, facts_changed: int, fact_mistakes: Sequence[Mistake]) -> Report:
    files = [one for one in scan.files if one.clauses or one.mistake]
    same = tuple(name for name, one in scan.stored.items() if not one.is_new)
    return Report(
        taken=tuple(name for name, one in scan.stored.items() if one.is_new),
        unchanged=(*scan.unchanged, *same),
        refused=tuple((one.name, one.mistake) for one in files if one.mistake),
        incomplete=tuple((one.name, one.missing) for one in files if one.missing),
        facts_changed=facts_changed,
        fact_mistakes=tuple(fact_mistakes),
        files=tuple(files),
        statutes=scan.statutes,
    )


def _pass_over(
    scan: _Scan, file: Found, known: Mapping[str, tuple[Stamp, FileReport]], documents_known: set[str]
) -> bool:
    """Tell whether a file is as it was when it was last read; then what was found in it then holds still."""
    inside = {name: one for name, (_, one) in known.items() if name == file.name or name.startswith(f"{file.name}/")}
    stamp, _ = known.get(file.name, (None, None))
    if stamp != _stamp(scan, file):
        return False
    if any(one.document_id and one.document_id not in documents_known for one in inside.values()):
        return False
    scan.files += inside.values()
    scan.unchanged += [name for name, one in inside.items() if one.clauses]
    return True


def _is_corpus(file: Found) -> bool:
    """Tell whether a file is a corpus of statutes, which everybody shares, and not a document of this town."""
    if file.path.suffix.lower() != ".jsonl":
        return False
    with file.path.open("rb") as rows:
        first = rows.readline(2**16)
    return b'"doc_id"' in first and b'"article_id"' in first


def _stamp(scan: _Scan, file: Found) -> Stamp:
    """Describe a file without opening it."""
    known = file.path.stat()
    village = scan.villages.get(file.about.village, "")
    way = "\0".join((str(READING), str(can_see()), file.about.model_dump_json(), village))
    return Stamp(known.st_size, known.st_mtime_ns, hashlib.sha256(way.encode()).hexdigest()[:32])


def _take(scan: _Scan, file: Found, apart: Quarantine) -> None:
    """Read one file and store what is in it."""
    stamp = _stamp(scan, file)
    read = list(folders.opened(file, town_id=scan.town_id, villages=scan.villages, apart=apart))
    for one in read:
        put = partial(_put, scan=scan, read=one, stamp=stamp)
        report, stored = scan.db.write_now(put)
        scan.files.append(report)
        if stored:
            scan.stored[one.name] = stored
    if all(one.name != file.name for one in read):  # an archive: its own row carries the stamp
        archive = FileReport(file.name)
        scan.db.write_now(
            partial(reports.put, town_id=scan.town_id, report=archive, at=scan.at, folder=scan.folder, stamp=stamp)
        )
        scan.files.append(archive)


def _put(tx: Tx, scan: _Scan, read: Read, stamp: Stamp) -> tuple[FileReport, ingest.Stored | None]:
    stored = _store(tx, read.source, read, scan.at, scan.stored) if read.source else None
    report = reports.of_source(read.name, read.source) if read.source else FileReport(read.name, mistake=read.mistake)
    reports.put(tx, scan.town_id, report, at=scan.at, folder=scan.folder, stamp=stamp)
    return replace(report, at=scan.at), stored


def _store(
    tx: Tx, source: ingest.Source, file: Read, at: datetime, before: Mapping[str, ingest.Stored]
) -> ingest.Stored:
    """Store one source in force; what it replaces, by manifest or by its own words, ends the day before."""
    named = before.get(file.replaces_file)
    old = named.version_id if named else documents.predecessor(tx, source.town_id, file.replaces)
    stored = ingest.store(tx, source, at=at, state=VersionState.in_force)
    if stored.is_new and old and old != stored.version_id:
        documents.replace_by(tx, old, stored.version_id, source.in_force_from or at.date())
    documents.take_effect(tx, stored, source, at=at)
    return stored


def _sheets(folder: Path, only: str) -> list[Path]:
    """Find the facts sheets of a folder: the one that its manifest names, and those that are called so."""
    named = folders.manifest(folder).facts
    called = [path for path in sorted(folder.iterdir()) if factsheet.is_called(path.name) and path.name != named]
    known = [folder / named] if named else []
    wanted = [path for path in (*known, *called) if only in ("", path.relative_to(folder).as_posix())]
    return [path for path in wanted if path in known or factsheet.is_sheet(path.read_bytes(), path.name)]


def _take_facts(scan: _Scan, sheets: Sequence[Path], *, is_sample: bool) -> tuple[int, list[Mistake]]:
    changed, mistakes = 0, list[Mistake]()
    phones = scan.db.read_now(partial(directory.duty_phones, town_id=scan.town_id))
    for path in sheets:
        loaders.check_size(path)
        sheet = factsheet.read_sheet(path.read_bytes(), path.name, scan.villages, phones)
        store = partial(facts.store, town_id=scan.town_id, rows=sheet.facts, at=scan.at, sample=is_sample)
        changed += scan.db.write_now(partial(store, ended=sheet.ended))
        mistakes += sheet.mistakes
    return changed, mistakes
