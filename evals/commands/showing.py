"""Shows a report to people, writes it as JSON, and says what is below its thresholds."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
from rich.table import Table

from evals.harness import Report, below_thresholds
from evals.statutes import CONSOLE

MOST_COLUMNS = 10


def finish(report: Report, json: str, *, check: bool) -> None:
    """Show a report to people and write it; say what is below its thresholds, and with `check` end with 1."""
    CONSOLE.print(*tables(report))
    if json == "-":
        typer.echo(report.to_json())
    elif json:
        Path(json).write_text(report.to_json() + "\n", "utf-8")
    if worse := below_thresholds(report):
        CONSOLE.print(f"below evals/thresholds.yaml: {', '.join(worse)}")
        if check:
            raise typer.Exit(1)


def tables(report: Report) -> list[Table]:
    """Show all figures beside their groups; where there are many of both, first the figures and then the groups."""
    of_groups = list(dict.fromkeys(name for row in report.by.values() for name in row))
    names = list(dict.fromkeys([*report.metrics, *of_groups]))
    title = f"{report.task}, {report.items} items"
    if len(names) <= MOST_COLUMNS:
        return [_wide(title, names, {"all": report.metrics, **report.by})]
    if len(report.by) <= MOST_COLUMNS:
        return [_upright(title, names, {"all": report.metrics, **report.by})]
    return [_upright(title, list(report.metrics), {"all": report.metrics}), _wide("", of_groups, report.by)]


def _wide(title: str, names: Sequence[str], rows: Mapping[str, Mapping[str, float]]) -> Table:
    """A line a group."""
    table = Table("", *names, title=title or None)
    for group, row in rows.items():
        table.add_row(group, *(f"{row.get(name, '')}" for name in names))
    return table


def _upright(title: str, names: Sequence[str], rows: Mapping[str, Mapping[str, float]]) -> Table:
    """A line a figure: many figures of few groups read better one below the other."""
    table = Table("", *rows, title=title)
    for name in names:
        table.add_row(name, *(f"{row.get(name, '')}" for row in rows.values()))
    return table
