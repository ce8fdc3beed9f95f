"""`dinglin skills check`, `test`, `list` and `publish`."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from skills import building, checks, registry, releases, scenarios
from skills.registry import Loaded, Skill
from skills.rehearsal import mutations
from skills.rehearsal.hall import Hall, hall
from skills.releases import Standing
from skills.sheets import say
from township import schema
from township.clock import SystemClock
from township.db import Database, Tx
from township.settings import read_settings

T = TypeVar("T")

app_skills = typer.Typer(name="skills", help="Make, check, rehearse and publish skills.", no_args_is_help=True)
building.mount(app_skills)

SHORT = 8
"""Letters of a version, enough for people."""

Folders = Annotated[list[Path] | None, typer.Argument(help="Folders or workbooks; none: those of the house.")]
JsonTo = Annotated[str | None, typer.Option("--json", help="Write figures to a file, or to - for the screen.")]


@app_skills.command()
def check(folders: Folders = None, json_to: JsonTo = None) -> None:
    """Explain every mistake with file, line and suggestion, and print what each skill costs."""
    loaded = _load(folders)
    skills = [one.skill for one in loaded if one.skill]
    figures = [_checked(one, skills) for one in loaded]
    _write(json_to, figures)
    if any(one["problems"] for one in figures):
        raise typer.Exit(1)


def _checked(one: Loaded, skills: list[Skill]) -> dict[str, Any]:
    problems = [str(problem) for problem in one.problems]
    found: dict[str, Any] = {"skill": one.id, "problems": problems, "warnings": [], "price": None}
    if one.skill:
        problems += [str(bad) for played in scenarios.of(one.id, one.skill.files) for bad in played.problems]
        tag = checks.price(one.skill)
        found["warnings"] = checks.warnings(one.skill, skills, in_book=one.where is not None)
        found["price"] = {name: getattr(tag, name) for name in tag.__slots__}
        typer.echo(tag.in_words(one.skill.manifest.name))
    for line in (*problems, *(f"  · {warning}" for warning in found["warnings"])):
        typer.echo(line)
    if not problems and not found["warnings"] and one.skill:
        typer.echo(say("all_good", name=one.skill.manifest.name))
    return found


@app_skills.command("test")
def rehearse(
    folders: Folders = None,
    mutate: Annotated[bool, typer.Option("--mutate", help="break each thing in turn: does a scenario notice?")] = False,
    json_to: JsonTo = None,
) -> None:
    """Play all scenarios on the real engine; with --mutate, on services that are broken on purpose."""
    started = time.monotonic()
    loaded = _load(folders)
    for one in loaded:
        for problem in one.problems:
            typer.echo(str(problem))
    skills = [one.skill for one in loaded if one.skill]
    if mutate:
        _write(json_to, _mutated(skills, started))
        return
    with hall() as place:
        results = [
            _played(place, one, one.skill, played) for one in loaded if one.skill for played in _scenarios(one.skill)
        ]
    passed = sum(result["passed"] for result in results)
    typer.echo(say("summary", total=len(results), passed=passed))
    seconds = round(time.monotonic() - started, 1)
    _write(json_to, {"total": len(results), "passed": passed, "seconds": seconds, "scenarios": results})
    if passed < len(results) or any(one.problems for one in loaded):
        raise typer.Exit(1)


@app_skills.command("list")
def listed(json_to: JsonTo = None) -> None:
    """Say for each town which version of each skill runs, and which drafts wait for a yes."""
    found = _ask(releases.standings)
    for one in found:
        typer.echo(_standing(one))
    if not found:
        typer.echo(say("standing_none"))
    _write(json_to, [asdict(one) for one in found])


@app_skills.command()
def publish(skill: str, version: Annotated[str, typer.Argument(help="the first letters of its version")]) -> None:
    """Put a draft in force; cases that are open keep the version they began with."""
    now = SystemClock().now()
    typer.echo(_standing(_ask(lambda tx: releases.put_in_force(tx, skill, version, now=now), writing=True)))


def _standing(one: Standing) -> str:
    name = "standing_off" if not one.running else "standing_own" if not one.of_house else "standing_house"
    line = say(name, town=one.town_id, skill=one.skill, version=one.running[:SHORT])
    line += "" if one.newest or not one.of_house else say("standing_older")
    return line + "".join(say("standing_draft", version=draft[:SHORT], skill=one.skill) for draft in one.drafts)


def _ask(fn: Callable[[Tx], T], *, writing: bool = False) -> T:
    """Ask the database of the settings."""
    db = Database(read_settings().database)
    try:
        schema.reach(db)
        schema.check(db)
        return db.write_now(fn) if writing else db.read_now(fn)
    finally:
        db.close_now()


def _scenarios(skill: Skill) -> list[scenarios.Played]:
    return scenarios.of(skill.id, skill.files)


def _played(place: Hall, loaded: Loaded, skill: Skill, played: scenarios.Played) -> dict[str, Any]:
    if played.scenario is None:
        why = "; ".join(map(str, played.problems))
        typer.echo(why)
        return {"file": played.file, "passed": False, "why": why}
    result = place.play(skill, played.scenario)
    values = {"name": skill.manifest.name, "scenario": played.scenario.scenario, "step": result.step, "why": result.why}
    if not result.passed:
        values["at"] = _at(loaded, played, result.step - 1)
    typer.echo(say("played" if result.passed else "failed", **values))
    return {"file": played.file, "passed": result.passed, "step": result.step, "why": result.why}


def _at(loaded: Loaded, played: scenarios.Played, step: int) -> str:
    if loaded.where is None:
        return f"{played.file}:{played.lines[step]}: "
    place = loaded.where(played.path(step))
    return say("at_row", file=place.file, sheet=place.sheet, row=place.line)


def _mutated(skills: list[Skill], started: float) -> dict[str, Any]:
    """Break every service in every place; name the breaks that no rehearsal notices."""
    found: dict[str, dict[str, Any]] = {}
    with hall() as place:
        for skill in skills:
            count = sum(1 for _ in mutations.mutants(skill))
            left = mutations.survivors(skill, place)
            found[skill.id] = {
                "mutants": count,
                "killed": count - len(left),
                "survivors": [asdict(one) for one in left],
            }
            typer.echo(say("mutated", name=skill.manifest.name, total=count, killed=count - len(left)))
            for one in left:
                typer.echo(f"  · {one.what} {one.where}")
    total = sum(one["mutants"] for one in found.values())
    killed = sum(one["killed"] for one in found.values())
    share = round(killed / total, 3) if total else 1.0
    typer.echo(say("mutated_all", total=total, killed=killed, share=f"{share:.1%}"))
    seconds = round(time.monotonic() - started, 1)
    return {"mutants": total, "killed": killed, "share": share, "seconds": seconds, "skills": found}


def _load(folders: list[Path] | None) -> list[Loaded]:
    return [building.load(folder) for folder in folders] if folders else registry.load_all()


def _write(json_to: str | None, figures: Any) -> None:
    if json_to == "-":
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    elif json_to:
        Path(json_to).write_text(json.dumps(figures, ensure_ascii=False, indent=2), "utf-8")
