"""Skill folders: found, read strictly, refused with file, line and suggestion, and installed as versions of a town.

A broken folder is refused; the others keep running.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from skills import sheets
from skills.manifest import FILES, Manifest, allowed_keys
from skills.oddities import circles, strange_sayings
from skills.sheets import Path_, Problem, Sheet, nearest, say
from township.db import Tx
from workflows import definitions
from workflows.definition import Definition
from workflows.flaws import Flaw, flaws
from workflows.kind_flaws import kind_flaws
from workflows.nonsense import nonsense
from workflows.notation import NAME

HERE = Path(__file__).parent
MAIN = "skill.yaml"


@dataclass(frozen=True, slots=True)
class Skill:
    """A folder that can be run."""

    id: str
    manifest: Manifest
    definition: Definition
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key stands: in a file, or in a cell of a workbook."""

    file: str
    line: int
    sheet: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A folder that was read: a skill, or the problems why not."""

    id: str
    skill: Skill | None
    problems: tuple[Problem, ...] = ()
    sheets: Mapping[str, Sheet] | None = None

    where: Callable[[Path_], Place] | None = None
    """Where a key stands, if it was read from something else than a folder."""

    def place(self, path: Path_) -> Place:
        """Where a key stands."""
        return self.where(path) if self.where else Place(*_place(self.sheets or {}, path))


def folders(root: Path = HERE) -> list[Path]:
    """List the skill folders of a root."""
    return sorted(path.parent for path in root.glob(f"*/{MAIN}") if not path.parent.name.startswith("_"))


def every(root: Path = HERE) -> list[Path]:
    """List the skill folders of a root and of the folders in it: those in force, and those to begin with."""
    return [*folders(root), *(one for group in sorted(root.iterdir()) if group.is_dir() for one in folders(group))]


def load(folder: Path) -> Loaded:
    """Read a folder from disk."""
    files, problems = _texts(folder)
    return Loaded(folder.name, None, tuple(problems)) if problems else load_files(folder.name, files)


def _texts(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    if not folder.is_dir():
        return {}, [Problem(str(folder), 1, say("no_such_folder"))]
    files, problems = {}, []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".py":
            problems.append(Problem(f"{folder.name}/{name}", 1, say("has_python", file=name)))
        elif path.suffix in (".yaml", ".md"):
            try:
                files[name] = path.read_text("utf-8")
            except UnicodeDecodeError:
                problems.append(Problem(f"{folder.name}/{name}", 1, say("unreadable_file")))
    return files, problems


def house() -> list[Loaded]:
    """Read the services that come with the house; they know no places of keys."""
    read = [(folder.name, *_texts(folder)) for folder in folders()]
    return [Loaded(name, None, tuple(wrong)) if wrong else read_once(name, files) for name, files, wrong in read]


def read_once(skill: str, files: Mapping[str, str]) -> Loaded:
    """Read texts once in this process: all services take a second, and the same texts are the same service.

    It knows no places of keys.
    """
    return _remembered(skill, tuple(files.items()))


@lru_cache(maxsize=256)
def _remembered(skill: str, files: tuple[tuple[str, str], ...]) -> Loaded:
    return replace(load_files(skill, dict(files)), sheets=None)


def load_all(root: Path = HERE) -> list[Loaded]:
    """Read all folders of a root."""
    return [load(folder) for folder in folders(root)]


def load_files(skill: str, files: Mapping[str, str]) -> Loaded:
    """Read a folder that is held as texts."""
    if not re.fullmatch(NAME, skill):
        return Loaded(skill, None, (Problem(skill, 1, say("not_a_name", name=skill)),))
    if MAIN not in files:
        return Loaded(skill, None, (Problem(f"{skill}/{MAIN}", 1, say("no_manifest")),))
    read, problems = _read_sheets(skill, files)
    if problems:
        return Loaded(skill, None, tuple(problems), read)
    manifest, definition, found = judged(skill, _merged(read), lambda path: Place(*_place(read, path)))
    if manifest is None or definition is None or found:
        return Loaded(skill, None, tuple(found), read)
    return Loaded(skill, Skill(skill, manifest, definition, dict(files)), (), read)


def judged(
    skill: str, content: Mapping[str, Any], where: Callable[[Path_], Place], words: Mapping[str, str] | None = None,
    *, is_whole: bool = True,
) -> tuple[Manifest | None, Definition | None, list[Problem]]:  # fmt: skip
    """Read what a folder or workbook holds and find what does not fit; `where`: the place of a key.

    `words`: what the author of a workbook calls what has a name of ours; none for a folder. `is_whole`: as in `flaws`.
    """
    try:
        manifest = Manifest.model_validate(content)
    except ValidationError as error:
        return None, None, list(_explain(where, error, words))
    definition = manifest.definition(skill)
    found = [
        *flaws(definition, is_whole=is_whole),
        *kind_flaws(definition),
        *nonsense(definition),
        *strange_sayings(manifest),
        *circles(manifest.form),
    ]
    return manifest, definition, [_problem(where, flaw, words) for flaw in found]


def install(tx: Tx, town_id: str, skill: Skill, *, by: str | None, now: datetime, publish: bool = True) -> str:
    """Store a skill as a version of a town and, unless told otherwise, publish it. Returns its hash."""
    digest = definitions.store(tx, town_id, skill.definition, skill.files, by=by, now=now)
    if publish:
        definitions.publish(tx, town_id, digest, by=by, now=now)
    return digest


def offered(tx: Tx, town_id: str) -> list[Skill]:
    """Read the skills that a town offers now, as they were stored."""
    loaded = (read_once(version.skill, version.files) for version in definitions.published(tx, town_id))
    return [one.skill for one in loaded if one.skill]


def export(skill: Skill, target: Path) -> None:
    """Write a skill's folder out as it came in."""
    for name, text in skill.files.items():
        path = target / skill.id / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _read_sheets(skill: str, files: Mapping[str, str]) -> tuple[dict[str, Sheet], list[Problem]]:
    """Read the main file and the keys that stand in files of their own."""
    read: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for key, name in (("", MAIN), *((key, f"{key}.yaml") for key in FILES)):
        if name not in files:
            continue
        sheet, found = sheets.read(f"{skill}/{name}", files[name])
        problems += found
        if not found and not isinstance(sheet.content, dict):
            problems.append(Problem(sheet.file, 1, say("not_a_mapping")))
        read[key] = sheet
    main = read[""]
    twice = [key for key in FILES if key in read and isinstance(main.content, dict) and key in main.content]
    problems += [Problem(main.file, main.line((key,)), say("in_two_places", key=key)) for key in twice]
    return read, problems


def _merged(read: Mapping[str, Sheet]) -> dict[str, Any]:
    return {**read[""].content, **{key: sheet.content for key, sheet in read.items() if key}}


def _place(read: Mapping[str, Sheet], path: Path_) -> tuple[str, int]:
    if path and path[0] in read:
        sheet = read[str(path[0])]
        return sheet.file, sheet.line(path[1:])
    return read[""].file, read[""].line(path)


def _explain(
    where: Callable[[Path_], Place], error: ValidationError, words: Mapping[str, str] | None
) -> Iterator[Problem]:
    """Turn what pydantic says into sentences with a place; one problem for each key."""
    seen: set[tuple[Place, str]] = set()
    found = error.errors(include_url=False)
    for one in [one for one in found if one["type"] != "too_short"] or found:
        path = tuple(one["loc"])
        place = where(path)
        message, hint = sentence(one["type"], path, one.get("input"), one["msg"], one.get("ctx", {}), words)
        if (place, message) not in seen:
            seen.add((place, message))
            yield Problem(place.file, place.line, message, hint, place.sheet, place.column)


def sentence(
    kind: str, path: Path_, value: Any, message: str, context: Mapping[str, Any],
    words: Mapping[str, str] | None = None,
) -> tuple[str, str]:  # fmt: skip
    """Say what pydantic found, and what may have been meant; `words`: as in `judged`."""
    tell = sheets.say if words is None else sheets.say_in_book
    key = str(next((part for part in reversed(path) if isinstance(part, str)), ""))
    called = (words or {}).get(key, key)
    if kind == "extra_forbidden":
        return tell("extra_forbidden", key=key), nearest(key, allowed_keys() - {key})
    if kind == "value_error":
        code = message.removeprefix("Value error, ").split("(")[0]
        return tell(code if code in sheets.codes() else "other_error", key=called, value=value), ""
    if kind == "string_pattern_mismatch" and "without" in path:
        return tell("unreadable_apart", value=value), ""
    if kind == "enum":
        expected = str(context.get("expected", ""))
        return tell("enum", value=value, expected=expected), nearest(
            str(value), set(re.findall(r"'([^']+)'", expected))
        )
    known = kind if kind in sheets.codes() else "other_error"
    return tell(known, key=called, value=value, expected=context.get("expected", "")), ""


def _problem(where: Callable[[Path_], Place], flaw: Flaw, called: Mapping[str, str] | None) -> Problem:
    place, words = where(flaw.path), called or {}
    tell = sheets.say if called is None else sheets.say_in_book
    values = {name: words.get(str(value), value) for name, value in flaw.values.items()}
    hint = nearest(str(values.get("name", "")), {words.get(one, one) for one in flaw.known})
    return Problem(place.file, place.line, tell(flaw.code, **values), hint, place.sheet, place.column)
