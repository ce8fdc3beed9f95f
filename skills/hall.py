"""Where rehearsals are played: an empty database with every table, made once and copied for each of them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import workflows.models
import workflows.seals.models  # noqa: F401 - the tables that a rehearsal needs
from skills.player import Played, play
from skills.registry import Skill
from skills.scenarios import Scenario
from township.db import Database

IN_MEMORY = Path("/dev/shm")
"""Nothing of a rehearsal need outlive it."""


class Hall:
    """Plays rehearsals, each in a town of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._empty = folder / "empty.db"
        db = Database(_url(self._empty))
        db.create_all()
        db.close_now()

    def play(self, skill: Skill, scenario: Scenario) -> Played:
        """Play one scenario from its beginning."""
        with self.opened() as db:
            return play(db, skill, scenario)

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """Open a database of its own for what follows."""
        path = self._folder / "played.db"
        for old in self._folder.glob("played.db*"):
            old.unlink()
        shutil.copyfile(self._empty, path)
        db = Database(_url(path), threads=1)
        try:
            yield db
        finally:
            db.close_now()


@contextmanager
def hall() -> Iterator[Hall]:
    """Open a place for rehearsals that is gone afterwards."""
    where = IN_MEMORY if IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where, prefix="dinglin-") as folder:
        yield Hall(Path(folder))


def _url(path: Path) -> str:
    return f"sqlite:///{path}"
