"""Where rehearsals are played: a database with every table and the invented town, made once and copied for each."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import workflows.models
import workflows.seals.models  # noqa: F401 - the tables that a rehearsal needs
from skills.registry import Skill
from skills.rehearsal.founding import found_town, publish
from skills.rehearsal.player import Played, Stage, act_out, flow_of
from skills.scenarios import Scenario
from township.clock import SHANGHAI
from township.db import Database

IN_MEMORY = Path("/dev/shm")
"""Nothing of a rehearsal need outlive it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A service in force in the invented town from a moment on, and how it is played there."""

    skill: Skill
    at: datetime
    flow_only: bool
    played: Skill
    path: Path

    def holds(self, skill: Skill, at: datetime, flow_only: bool) -> bool:
        """Tell whether a rehearsal begins like this."""
        return self.skill is skill and (self.at, self.flow_only) == (at, flow_only)


class Hall:
    """Plays rehearsals, each in a town of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._empty = folder / "empty.db"
        db = Database(_url(self._empty))
        db.create_all()
        db.close_now()
        self._towns: dict[datetime, Path] = {}
        self._last: Opening | None = None

    def play(self, skill: Skill, scenario: Scenario) -> Played:
        """Play one scenario from its beginning."""
        with self.begun(skill, scenario.begins(), flow_only=scenario.flow_only) as stage:
            return act_out(stage, scenario)

    @contextmanager
    def begun(self, skill: Skill, at: datetime, *, flow_only: bool = False) -> Iterator[Stage]:
        """Open the invented town with this service in force; `at`: business time in Shanghai."""
        opening = self._opening(skill, at.replace(tzinfo=SHANGHAI), flow_only)
        with _copied(opening.path, self._folder / "played.db") as db:
            yield Stage(db, opening.played, opening.at)

    def _opening(self, skill: Skill, at: datetime, flow_only: bool) -> Opening:
        """Rehearsals of one service follow each other: the last opening is kept."""
        if self._last is None or not self._last.holds(skill, at, flow_only):
            path, played = self._folder / "opening.db", flow_of(skill) if flow_only else skill
            with _copied(self._town(at), path) as db:
                publish(db, played, at=at)
            self._last = Opening(skill, at, flow_only, played, path)
        return self._last

    def _town(self, at: datetime) -> Path:
        if at not in self._towns:
            path = self._folder / f"town{len(self._towns)}.db"
            with _copied(self._empty, path) as db:
                found_town(db, at)
            self._towns[at] = path
        return self._towns[at]


@contextmanager
def hall() -> Iterator[Hall]:
    """Open a place for rehearsals that is gone afterwards."""
    where = IN_MEMORY if IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where, prefix="dinglin-") as folder:
        yield Hall(Path(folder))


@contextmanager
def _copied(source: Path, target: Path) -> Iterator[Database]:
    """Open a copy; it stays until the next copy takes its place."""
    for old in target.parent.glob(f"{target.name}*"):
        old.unlink()
    shutil.copyfile(source, target)
    db = Database(_url(target), threads=1)
    try:
        yield db
    finally:
        db.close_now()


def _url(path: Path) -> str:
    return f"sqlite:///{path}"
