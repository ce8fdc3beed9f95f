"""Three approvals one after the other on SQLite, four commits: against SpiffWorkflow in turns, in processor time.

Each side makes the case, then loads it, lets one person say yes and stores it, three times. Ours also writes a chained
event each time, gives tasks with codes, follows the clock and puts what is told into the outbox; the peer keeps its
instance as one JSON value. Files of both lie in memory, as in `cases.py`: a sync costs the kernel processor time too.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from statistics import median

from ruamel.yaml import YAML

from evals.bench import turns
from evals.bench.cases import in_memory
from evals.bench.turns import Rival
from evals.harness import Report
from skills.rehearsal.founding import TOWN, prepare
from township.clock import SHANGHAI
from township.db import Database
from workflows import cases, definitions
from workflows.cases import Act, Opening
from workflows.definition import Definition

TASK = "approvals"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
FILE = Path(__file__).with_suffix(".yaml")
CHAIN = ("c1", "c2", "t3")
"""Who says yes, one after the other."""


class Office:
    """The rehearsal town, where one leave after the other is approved by three; counts its own processor time."""

    def __init__(self, db: Database, skill: str) -> None:
        self._db, self._skill = db, skill
        self._numbers = count()

    def once(self) -> str:
        """Open a case and have it approved, a commit each; returns how it ended."""
        key = f"leave:{next(self._numbers)}"
        opening = Opening(TOWN, self._skill, key, {}, AT, spoke="v1")
        outcome = self._db.write_now(lambda tx: cases.open(tx, opening, now=AT))
        for person in CHAIN:
            task = next(one for one in outcome.tasks if one.person == person)
            act = Act(TOWN, outcome.case_id, "agree", f"{key}:{person}", person, {}, task.id)
            outcome = self._db.write_now(lambda tx, act=act: cases.act(tx, act, now=AT))  # type: ignore[misc]
        return outcome.result

    def turn(self, seconds: float) -> float:
        """Do it for so long; returns how many a second of processor time."""
        began, until, done = time.process_time(), time.perf_counter() + seconds, 0
        while time.perf_counter() < until:
            self.once()
            done += 1
        return done / (time.process_time() - began)


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    """Found the rehearsal town with the service of three approvals."""
    loaded = YAML(typ="safe", pure=True).load(FILE.read_text("utf-8"))
    definition = Definition.model_validate(loaded)
    db = Database(f"sqlite:///{folder / 'ours.db'}")
    try:
        db.create_all()
        prepare(db, at=AT)
        files = {"skill.yaml": FILE.read_text("utf-8")}
        digest = db.write_now(lambda tx: definitions.store(tx, TOWN, definition, files, by=None, now=AT))
        db.write_now(lambda tx: definitions.publish(tx, TOWN, digest, by=None, now=AT))
        yield Office(db, definition.skill)
    finally:
        db.close_now()


def run(*, rounds: int = 8, seconds: float = 0.7, peers: str = "") -> Report:
    """Measure: how many times as many flows ours does in the same processor time."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dinglin-approvals-", dir=in_memory())))
        ours = stack.enter_context(office(folder))
        if (ended := ours.once()) != "done":
            raise RuntimeError(f"the flow ended as {ended}")
        rivals: dict[str, Rival] = {"ours": ours}
        if python := turns.python_with("SpiffWorkflow", peers):
            rivals["spiff"] = stack.enter_context(turns.peer(python, "spiff_approvals.py", str(folder)))
        rates = turns.played(rivals, rounds, seconds)
    figures = {"cpu_ms": round(1000 / median(rates["ours"]), 2)}
    if "spiff" in rates:
        figures["vs_spiff"] = turns.ratio(rates, "ours", "spiff")
    by = {name: {"per_cpu_second": round(median(found), 1)} for name, found in rates.items()}
    return Report(TASK, rounds, figures, by, {"rounds": rounds, "seconds": seconds})
