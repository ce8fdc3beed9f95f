"""A town with a million open cases: one real case of each village, multiplied by the database itself.

What is multiplied are the rows that lists and sweeps read (cases, people, tasks, clocks), each under an identifier of
its own; histories stay with the real ones.
"""

from functools import partial
from typing import Any

from ruamel.yaml import YAML

from evals.bench.cases import AT, REPORT, SAID
from skills.rehearsal.cast import SHEET
from skills.rehearsal.founding import TOWN
from township import register
from township.db import Database, Tx
from workflows import cases
from workflows.models import case_people, clocks, tasks
from workflows.models import cases as case_rows

VILLAGES = 40
SLICE = 25_000
SECOND = 1_000_000
TABLES = (case_rows, case_people, clocks, tasks)
COPIES = """
INSERT INTO {table} ({names})
WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})
SELECT {made} FROM {table}, numbers WHERE {key} = '{case}'
"""


def fill(db: Database, number: int) -> None:
    """Multiply: in each of forty villages somebody has reported a lamp again and again, a second apart."""
    models = db.write_now(_models)
    each = number // len(models) - 1
    for place, case in enumerate(models):
        for first in range(1, each + 1, SLICE):
            last = min(first + SLICE - 1, each)
            for table in TABLES:
                text = _copies(table, case, first, last, place=place, each=each)
                db.write_now(partial(_run, text=text))
    for table in TABLES:
        db.write_now(partial(_run, text=f"ANALYZE {table.name}"))


def _run(tx: Tx, *, text: str) -> None:
    tx.exec_driver_sql(text)


def _models(tx: Tx) -> list[str]:
    """Found the missing villages, each with a clerk and somebody who reports, and let everybody report once."""
    sheet: dict[str, Any] = YAML(typ="safe", pure=True).load(SHEET.read_text("utf-8"))
    for n in range(VILLAGES - len(sheet["villages"])):
        village, clerk = f"more{n:02}", f"c-more{n:02}"
        sheet["villages"].append({"id": village, "name": SAID["village"].format(n=n)})
        person = {"id": clerk, "name": clerk, "village": village, "staff_id": f"s-{clerk}"}
        sheet["people"].append({**person, "roles": ["village_clerk"]})
    villages = [village["id"] for village in sheet["villages"]]
    for village in villages:
        person = {"id": f"m-{village}", "name": village, "village": village, "staff_id": f"s-m-{village}"}
        sheet["people"].append(person)
    register.town(tx, register.read_sheet(sheet), "a1", at=AT)
    said = {name: value for name, value in REPORT.items() if name != "place"}
    openings = [
        cases.Opening(TOWN, "village_report", f"model:{village}", said, AT, spoke=f"m-{village}")
        for village in villages
    ]
    return [cases.open(tx, opening, now=AT).case_id for opening in openings]


def _copies(table: Any, case: str, first: int, last: int, *, place: int, each: int) -> str:
    """Copy the rows of one case so many times, all that must differ made from the number."""
    names = [column.name for column in table.c]
    made = ", ".join(_made(name, place, place * each) for name in names)
    key = "id" if table is case_rows else "case_id"
    return COPIES.format(
        table=table.name, names=", ".join(names), first=first, last=last, made=made, key=key, case=case
    )


def _made(name: str, place: int, offset: int) -> str:
    match name:
        case "id" | "case_id":
            return f"substr({name}, 1, 20) || '{place:04}' || substr(CAST(100000000 + n AS TEXT), 2)"
        case "number":
            return "number || '-' || CAST(n AS TEXT)"
        case "code":
            return f"substr(CAST({100_000_000 + offset} + n AS TEXT), 2)"
        case "opened_at":
            return f"opened_at - CAST(n AS BIGINT) * {SECOND}"
        case _:
            return name
