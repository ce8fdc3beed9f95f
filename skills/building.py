"""`dinglin skills new`, `import`, `export`, `from`, `try`, `schema`: the doors by which a service is made."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from skills import drafting, folders, manifest, paper_forms, paper_twin, registry, scenarios
from skills.registry import Loaded, Skill
from skills.rehearsal import walking
from skills.rehearsal.hall import hall
from skills.rehearsal.trying import Trial
from skills.sheets import Problem, nearest, say
from skills.workbook import books
from skills.workbook.labels import label
from township.errors import Mistake


class As(StrEnum):
    """How a service is kept in a file."""

    folder = "folder"
    xlsx = "xlsx"


Out = Annotated[Path | None, typer.Option("--out", help="where to; none: here, under its name")]
Form = Annotated[As, typer.Option("--as", help="a folder of YAML, or a workbook")]
Source = Annotated[Path, typer.Argument(help="a folder, or an .xlsx")]


def mount(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("new")(new)
    app.command("import")(bring)
    app.command("export")(export)
    app.command("from")(from_form)
    app.command("paper")(paper)
    app.command("try")(try_out)
    app.command("walk")(walk_through)
    app.command("schema")(schema)


def load(source: Path) -> Loaded:
    """Read a service from a folder or from a workbook."""
    if source.suffix.lower() in books.FORMATS:
        if not source.is_file():
            raise Mistake("no_such_file", file=source)
        return books.load(source.name, source.read_bytes())
    found = source if source.exists() else registry.HERE / source
    return registry.load(found) if found.is_dir() else _nowhere(source)


def _nowhere(source: Path) -> Loaded:
    """Say that there is no such folder, and which of ours may be meant: those to begin with lie a level deeper."""
    ours = {path.name: path.relative_to(registry.HERE).as_posix() for path in registry.every()}
    hint = say("did_you_mean", word=ours[source.name]) if source.name in ours else nearest(source.name, ours)
    return Loaded(source.name, None, (Problem(str(source), 0, say("no_such_folder"), hint),))


def sound(source: Path) -> Skill:
    """Read a service that can be run; mistakes are printed and end the command."""
    loaded = load(source)
    for problem in loaded.problems:
        typer.echo(str(problem))
    if loaded.skill is None:
        raise typer.Exit(1)
    return loaded.skill


def new(name: str, form: Form = As.folder, out: Out = None) -> None:
    """Begin a service: a small one that runs, or a workbook to fill."""
    loaded = drafting.template(name)
    if loaded.skill is None:
        raise Mistake("not_a_code", name=name)
    if form is As.xlsx:
        _written(_free(out or Path(f"{name}.xlsx")), drafting.empty_book(name))
        return
    target = _free((out or Path()) / name)
    registry.export(loaded.skill, target.parent)
    typer.echo(say("written_to", path=target))


def bring(source: Source, out: Out = None) -> None:
    """Read a workbook into a folder; mistakes are told with sheet, row and column, and nothing is written."""
    skill = sound(source)
    target = _free((out or Path()) / skill.id)
    registry.export(skill, target.parent)
    typer.echo(say("written_to", path=target))
    typer.echo(say("look_next", path=target))


def export(source: Source, form: Form = As.folder, out: Out = None) -> None:
    """Give a service back as a folder, or as a workbook."""
    skill = sound(source)
    if form is As.xlsx:
        _written(_free(out or Path(f"{skill.id}.xlsx")), books.dump(skill))
        return
    target = _free((out or Path()) / skill.id)
    registry.export(skill, target.parent)
    typer.echo(say("written_to", path=target))


def from_form(document: Annotated[Path, typer.Argument(help="a .docx")], name: str = "", out: Out = None) -> None:
    """Make a workbook from the Word form that is used today: its labels become questions, what is in doubt is said."""
    if not document.is_file():
        raise Mistake("no_such_file", file=document)
    paper = paper_forms.read(document.read_bytes())
    skill = name or drafting.name_of(paper.title or document.stem)
    target = _free(out or document.with_suffix(".xlsx"))
    target.write_bytes(drafting.book_of_form(skill, paper))
    typer.echo(say("paper_found", file=document.name, count=len(paper.labels), target=target))
    for one in paper.doubtful:
        typer.echo(say("paper_doubtful", name=one.name, kind=label("kinds", one.kind)))
    known = [one.name for one in paper.labels if one.known]
    if known:
        typer.echo(say("paper_known", names="、".join(known)))
    if paper.decided:
        typer.echo(say("paper_decided", names="、".join(paper.decided)))


def paper(source: Source, out: Out = None, town: Annotated[str, typer.Option(help="printed above")] = "") -> None:
    """Write the paper form with the same questions, as a page for the printer."""
    skill = sound(source)
    target = _free(out or Path(f"{skill.id}.html"))
    target.write_text(paper_twin.page(skill.manifest, town=town), "utf-8")
    typer.echo(say("written_to", path=target))


def try_out(source: Source) -> None:
    """Try a service in the invented town, a line at a time: who does what, and who hears what then."""
    skill = sound(source)
    typer.echo(say("try_head", name=skill.manifest.name))
    with Trial.begun(skill) as trial:
        for line in sys.stdin:
            if not line.strip():
                continue
            for told in trial.line(line.strip()):
                typer.echo(told)


def walk_through(folder: Annotated[Path, typer.Argument(help="a folder")]) -> None:
    """Walk through every action of a service and write down what happens as rehearsals, for its author to read."""
    skill = sound(folder)
    with hall() as place:
        found = walking.walk(skill, place)
    target = (folder if folder.exists() else registry.HERE / folder) / "scenarios"
    for old in target.glob("walk_*.yaml"):
        old.unlink()
    target.mkdir(exist_ok=True)
    for path, several in found.items():
        (target.parent / path).write_text(folders.written(scenarios.together(several)), "utf-8")
    typer.echo(say("walked", name=skill.manifest.name, count=sum(map(len, found.values())), path=target))


def schema(out: Annotated[Path | None, typer.Option("--out", help="a file; none: the screen")] = None) -> None:
    """Print the JSON Schema of skill.yaml: an editor completes keys by it."""
    written = json.dumps(manifest.schema(), ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(written)
    else:
        out.write_text(written + "\n", "utf-8")


def _free(path: Path) -> Path:
    if path.exists():
        raise Mistake("is_there", path=path)
    return path


def _written(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    typer.echo(say("written_to", path=path))
