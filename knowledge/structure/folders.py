"""A folder of files as sources: loaded, front matter read, cut into clauses. A bad file is named, the rest goes on.

An archive counts as the files in it. `manifest.yaml` in the folder says what a file cannot say of itself: level,
audience, village, what it replaces.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from knowledge import loaders, splitters
from knowledge.formats.quarantine import Quarantine
from knowledge.ingest import Source
from knowledge.models import Level
from knowledge.structure import frontmatter
from township.errors import Mistake
from township.scope import Audience

MANIFEST = "manifest.yaml"
_LEFT_OUT = frozenset({"readme.md", MANIFEST, "law_docs.jsonl"})
"""What lies in folders beside the documents; the register of statutes is read with their corpus."""


class About(BaseModel):
    """What the manifest says of one file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Level = Level.town
    audience: Audience = Audience.PUBLIC
    village: str = ""
    replaces: str = ""
    """Another file of the folder."""


class Canary(BaseModel):
    """A harmless fact that only one village may be told: a probe for leaks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: str
    secret: str


class Manifest(BaseModel):
    """The whole of a folder's `manifest.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sample: bool = False
    defaults: About = About()
    files: Mapping[str, About] = Field(default_factory=dict)
    facts: str = ""
    canaries: Mapping[str, Canary] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a folder that has not been opened yet."""

    name: str
    """Path within the folder."""
    path: Path
    about: About


@dataclass(frozen=True, slots=True)
class Read:
    """One file: a source, or the mistake that kept it from being one."""

    name: str
    """Path within the folder; of a file in an archive, the archive's and its own."""
    source: Source | None = None
    mistake: Mistake | None = None
    missing: tuple[str, ...] = ()
    """What its front matter does not say: the keeper's list."""
    replaces: tuple[str, ...] = ()
    """Numbers of documents that its text repeals."""
    replaces_file: str = ""


def manifest(folder: Path) -> Manifest:
    """Read the folder's manifest; a folder without one is all defaults."""
    path = folder / MANIFEST
    if not path.is_file():
        return Manifest()
    try:
        return Manifest.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")) or {})
    except (YAMLError, UnicodeDecodeError) as error:
        raise Mistake("manifest_unreadable", file=MANIFEST) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Mistake("manifest_wrong", file=MANIFEST, place=place, reason=first["msg"]) from error


def read(folder: Path, *, town_id: str, villages: Mapping[str, str], only: str = "") -> Iterator[Read]:
    """Read every file of `folder` (or `only` one), oldest rule first; `villages`: the id of each by its name."""
    with Quarantine() as apart:
        for file in found(folder, only=only):
            yield from opened(file, town_id=town_id, villages=villages, apart=apart)


def found(folder: Path, *, only: str = "") -> Sequence[Found]:
    """List the files of a folder (or `only` one), those that replace another after it."""
    known = manifest(folder)
    paths = [folder / only] if only else folder.rglob("*")
    names = sorted(path.relative_to(folder).as_posix() for path in paths if _counts(path, known, folder))
    files = [Found(name, folder / name, known.files.get(name, known.defaults)) for name in names]
    return sorted(files, key=lambda file: bool(file.about.replaces))


def opened(file: Found, *, town_id: str, villages: Mapping[str, str], apart: Quarantine) -> Iterator[Read]:
    """Read one file of a folder: one reading, or as many as an archive has files."""
    try:
        loaders.check_size(file.path)
        for name, data in loaders.members(file.path.read_bytes(), file.name):
            yield _read(data, name, file.about, town_id, villages, apart)
    except Mistake as mistake:
        yield Read(file.name, mistake=mistake)


def source_of(
    data: bytes,
    name: str,
    *,
    town_id: str,
    about: About | None = None,
    villages: Mapping[str, str] | None = None,
    source_key: str = "",
    apart: Quarantine | None = None,
) -> tuple[Source, frontmatter.FrontMatter]:
    """Make a source of one file, such as a clerk sends to the bot; without a clause it is a `Mistake`."""
    about, villages = about or About(), villages or {}
    if about.village and about.village not in villages:
        raise Mistake("manifest_village", file=name, village=about.village)
    loaded = loaders.parse(data, name, apart=apart)
    matter = frontmatter.read(loaded.lines, Path(name).name)
    clauses = splitters.split(matter.body)
    if not clauses:
        raise Mistake("nothing_to_cite", file=name)
    source = Source(
        source_key=source_key or matter.doc_no or name,
        title=matter.title,
        clauses=clauses,
        content_hash=hashlib.sha256(data).hexdigest(),
        level=about.level,
        town_id=town_id,
        village_id=villages.get(about.village),
        audience=about.audience,
        doc_no=matter.doc_no,
        issuer=matter.issuer,
        issued_on=matter.issued_on,
        in_force_from=matter.in_force_from,
        in_force_until=matter.in_force_until,
        sample=matter.sample,
        file_name=Path(name).name,
        missing=matter.missing,
        remarks=loaded.remarks,
    )
    return source, matter


def _read(
    data: bytes | Mistake, name: str, about: About, town_id: str, villages: Mapping[str, str], apart: Quarantine
) -> Read:
    if isinstance(data, Mistake):
        return Read(name, mistake=data)
    try:
        source, matter = source_of(
            data, name, town_id=town_id, about=about, villages=villages, source_key=name, apart=apart
        )
    except Mistake as mistake:
        return Read(name, mistake=mistake)
    return Read(name, source, None, matter.missing, matter.replaces, about.replaces)


def _counts(path: Path, known: Manifest, folder: Path) -> bool:
    hidden = path.name.startswith((".", "~$"))
    return path.is_file() and not hidden and path.name.lower() not in _LEFT_OUT and path != folder / known.facts
