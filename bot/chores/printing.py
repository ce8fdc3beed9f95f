"""A paper that will be stamped by hand: typeset as soon as it is approved, and sent to who keeps the seal, to print."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from township import directory, outbox
from township.clock import Clock
from township.db import Database, Tx
from township.effects import Effect, Say, SendFile, ToPerson
from township.filestore import FileStore
from workflows import records, tasks
from workflows.seals import counter, papers
from workflows.seals.paper.kinds import kind_of
from workflows.seals.paper.typesetting import typeset
from workflows.seals.papers import Part, State
from workflows.seals.wording import texts


class Printing:
    """Does the job `workflows.seals.counter.PRINT`. Doing it twice is doing it once: effects have keys."""

    def __init__(self, db: Database, clock: Clock, store: FileStore, verify_url: str = "") -> None:
        self._db = db
        self._clock = clock
        self._store = store
        self._verify_url = verify_url

    def run(self, args: Mapping[str, Any]) -> None:
        """Typeset one paper and send it. Blocks; a paper that is not approved any more is passed over."""
        paper_id = str(args["paper"])
        paper, sheet = self._db.read_now(lambda tx: (papers.get(tx, paper_id), papers.sheet(tx, paper_id)))
        if paper.state is not State.FROZEN:
            return
        url = self._verify_url.format(code=sheet.code) if self._verify_url else ""
        sha256 = self._store.keep(typeset(sheet, verify_url=url))
        self._db.write_now(lambda tx: _send(tx, paper, sha256, self._clock.now()))


def _send(tx: Tx, paper: papers.Paper, sha256: str, now: datetime) -> None:
    """Send the file, and with it what to do, to everybody whose task it is to stamp it."""
    number = records.load(tx, paper.town_id, paper.case_id, lock=False).row["number"]
    kind = kind_of(paper.kind)
    people = directory.persons(tx, [paper.applicant_id] if paper.applicant_id else [])
    applicant = next((one.name for one in people.values()), "")
    words = texts().say("to_print", number=number, title=kind.title, applicant=applicant, copies=paper.copies)
    effects: list[tuple[str, Effect]] = []
    applied = papers.parts(tx, paper.id).get(Part.APPLICANT, ())
    for task in tasks.of_case(tx, paper.case_id):
        if task.state == "open" and task.person_id not in applied:
            key, to = f"{counter.PRINTED}:{paper.id}:{task.person_id}", ToPerson(task.person_id)
            effects.append((f"{key}:words", Say(to, words, number, paper.case_id)))
            effects.append((f"{key}:file", SendFile(to, sha256, kind.file_name, paper.case_id)))
    outbox.put(tx, paper.town_id, effects, now=now)
