"""A new service begun: as a folder, as a workbook to fill, or from the Word form that a counter uses today."""

from collections.abc import Mapping
from pathlib import Path

from skills import folders, registry, scenarios
from skills.manifest import Manifest
from skills.paper_forms import PaperForm
from skills.registry import Loaded, Skill
from skills.workbook import tables, writing
from skills.workbook.labels import item
from skills.workbook.naming import made
from skills.workbook.tables import Row, Table
from township.errors import Mistake

TEMPLATE = Path(__file__).with_name("_template")
EMPTY = ("name", "summary", "owner", "paper", "example", "prefix")
"""Rows of the first sheet that only its author can fill."""


def template(skill: str) -> Loaded:
    """A small service that runs, under another name: the beginning of a new one."""
    paths = sorted(TEMPLATE.rglob("*.yaml"))
    files = {path.relative_to(TEMPLATE).as_posix(): path.read_text("utf-8") for path in paths}
    return registry.load_files(skill, files)


def empty_book(skill: str) -> bytes:
    """A workbook to fill: the usual flow stands in it, what only its author knows does not."""
    return tables.write(_emptied(_tables(_begun(skill))), writing.lists())


def book_of_form(skill: str, paper: PaperForm) -> bytes:
    """A workbook in which the labels of a paper form are the questions."""
    begun = _begun(skill)
    made = _with_form(begun, paper)
    return tables.write(_emptied(made, keep={"name": paper.title, "paper": paper.title}), writing.lists())


def name_of(title: str) -> str:
    """Make the name of a service from its title in Chinese."""
    return made(title)


def _begun(skill: str) -> Skill:
    loaded = template(skill)
    if loaded.skill is None:
        raise Mistake("not_a_code", name=skill)
    return loaded.skill


def _tables(skill: Skill) -> list[Table]:
    return writing.tables_of(skill.id, skill.manifest, scenarios.by_file(skill.id, skill.files))


def _emptied(found: list[Table], keep: Mapping[str, str] | None = None) -> list[Table]:
    """Take out of the first sheet what only its author can say."""
    kept = {item(key): (keep or {}).get(key, "") for key in EMPTY}
    first, *others = found
    rows = tuple(
        Row(row.number, {**row.cells, "value": kept[row.get("item")]}) if row.get("item") in kept else row
        for row in first.rows
    )
    return [Table(first.key, rows), *others]


def _with_form(skill: Skill, paper: PaperForm) -> list[Table]:
    """Put the fields of a paper form in the place of those of the template."""
    content = folders.content_of(skill.manifest)
    manifest = Manifest.model_validate({**content, "name": paper.title or skill.manifest.name})
    found = {table.key: table for table in writing.tables_of(skill.id, manifest, {})}
    rows = tuple(Row(n, cells) for n, cells in enumerate(paper.rows(), 2))
    found["form"] = Table("form", rows)
    return list(found.values())
