"""Three user tasks of SpiffWorkflow kept in SQLite, four commits: a script for its own venv.

The engine knows no assignee and writes no history: who may act stands in a table of ours beside it, what was done in
another; what the case is about and who said yes are data of the instance.

`python spiff_approvals.py FOLDER`: makes an SQLite file there as safe as ours (WAL, FULL), says `ready`, then for each
line with a number of seconds takes instances through for so long, and writes how many as JSON; `seconds` are those of
the processor.
"""

import json
import sqlite3
import sys
import time
from importlib import import_module
from itertools import pairwise
from typing import Any

STEPS = {"check": "c1", "approve": "c2", "sign": "t3"}
CASE = {"number": "A 1", "applicant": "v1", "what": "leave for three days", "from": "2026-11-25", "to": "2026-11-27"}
TABLES = (
    "CREATE TABLE instances (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    "CREATE TABLE tasks (id TEXT PRIMARY KEY, instance INTEGER NOT NULL, person TEXT NOT NULL, state TEXT NOT NULL)",
    "CREATE INDEX tasks_of ON tasks (person, state)",
    "CREATE TABLE events (instance INTEGER NOT NULL, at REAL NOT NULL, person TEXT NOT NULL, what TEXT NOT NULL)",
)
SAFE = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-4000")


def bpmn() -> str:
    """A process of three user tasks in a row."""
    names = ("start", *STEPS, "end")
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="{one}" targetRef="{other}"/>'
        for n, (one, other) in enumerate(pairwise(names))
    )
    tasks = "".join(f'<bpmn:userTask id="{one}" name="{one}"/>' for one in STEPS)
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="leave">'
        f'<bpmn:process id="leave" isExecutable="true"><bpmn:startEvent id="start"/>{tasks}<bpmn:endEvent id="end"/>'
        f"{flows}</bpmn:process></bpmn:definitions>"
    )


class Office:
    """Instances of the process, each one JSON value in one row."""

    def __init__(self, folder: str) -> None:
        parser = import_module("SpiffWorkflow.bpmn.parser").BpmnParser()
        parser.add_bpmn_str(bpmn().encode())
        self._spec = parser.get_spec("leave")
        self._workflow = import_module("SpiffWorkflow.bpmn").BpmnWorkflow
        serializer = import_module("SpiffWorkflow.bpmn.serializer").BpmnWorkflowSerializer
        self._serializer = serializer(serializer.configure())
        self._ready = import_module("SpiffWorkflow").TaskState.READY
        self._db = sqlite3.connect(f"{folder}/spiff.db", isolation_level=None)
        for pragma in SAFE:
            self._db.execute(f"PRAGMA {pragma}")
        for line in TABLES:
            self._db.execute(line)

    def once(self) -> bool:
        """Take one instance through; says whether it came to its end."""
        workflow: Any = self._workflow(self._spec)
        workflow.get_next_task().set_data(**CASE)
        workflow.do_engine_steps()
        self._db.execute("BEGIN IMMEDIATE")
        row = self._db.execute("INSERT INTO instances (body) VALUES (?)", (self._body(workflow),)).lastrowid
        self._give(workflow, row, "v1", "open")
        self._db.execute("COMMIT")
        for name, person in STEPS.items():
            self._db.execute("BEGIN IMMEDIATE")
            workflow = self._agree(row, name, person)
            self._db.execute("COMMIT")
        return bool(workflow.is_completed())

    def _agree(self, row: Any, name: str, person: str) -> Any:
        held = "SELECT id FROM tasks WHERE instance = ? AND person = ? AND state = 'open'"
        (task_id,) = self._db.execute(held, (row, person)).fetchone()
        (body,) = self._db.execute("SELECT body FROM instances WHERE id = ?", (row,)).fetchone()
        workflow = self._serializer.deserialize_json(body)
        task = next(one for one in workflow.get_tasks(state=self._ready, manual=True) if str(one.id) == task_id)
        task.set_data(**{name: {"by": person, "at": time.time(), "said": "agree"}})
        task.run()
        workflow.do_engine_steps()
        self._db.execute("UPDATE instances SET body = ? WHERE id = ?", (self._body(workflow), row))
        self._db.execute("UPDATE tasks SET state = 'done' WHERE id = ?", (task_id,))
        self._give(workflow, row, person, "agree")
        return workflow

    def _give(self, workflow: Any, row: Any, person: str, what: str) -> None:
        """Write down who may act now, and what was done."""
        for task in workflow.get_tasks(state=self._ready, manual=True):
            given = (str(task.id), row, STEPS[task.task_spec.name])
            self._db.execute("INSERT INTO tasks VALUES (?, ?, ?, 'open')", given)
        self._db.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (row, time.time(), person, what))

    def _body(self, workflow: Any) -> str:
        return str(self._serializer.serialize_json(workflow))


def main(folder: str) -> None:
    """Take instances through whenever told."""
    office = Office(folder)
    if not office.once():
        raise RuntimeError("the process did not end")
    tell("ready")
    for line in sys.stdin:
        began, until, done = time.process_time(), time.perf_counter() + float(line), 0
        while time.perf_counter() < until:
            office.once()
            done += 1
        tell(json.dumps({"done": done, "seconds": time.process_time() - began}))


def tell(line: str) -> None:
    """Write a line that is read at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
