"""What an app needs for papers, put together: who seals them, what is printed, how one that comes back is checked."""

from bot.chores.errands import Handler
from bot.chores.printing import Printing
from bot.dialogue.seals.genuine import Check
from township.clock import Clock
from township.db import Database
from township.filestore import FileStore
from township.settings import Settings
from workflows.seals import counter
from workflows.seals.actions import DEMO, SealActions
from workflows.seals.paper.authority import Authority
from workflows.seals.paper.checking import check_file
from workflows.seals.paper.demo import DemoBackend
from workflows.seals.paper.hand import HandBackend
from workflows.seals.ports import Backend

VERIFY = "/v/{code}"
"""Where a code is verified, below the public address (`bot/web/h5/verify.py`)."""


class Paperwork:
    """The papers of one process."""

    def __init__(self, settings: Settings, db: Database, clock: Clock, store: FileStore) -> None:
        self._settings = settings
        self._db = db
        self._clock = clock
        self._store = store
        self._authority = Authority(settings.home)
        self._verify_url = settings.public_url + VERIFY if settings.public_url else ""

    def declare(self) -> None:
        """Make known what a definition may do to a paper in this town."""
        SealActions(self._settings.seals).declare()

    def errands(self) -> dict[str, Handler]:
        """What is deferred: papers for the counter are typeset."""
        return {counter.PRINT: Printing(self._db, self._clock, self._store, self._verify_url).run}

    def checker(self) -> Check:
        """How a file that somebody sends back is examined."""
        return lambda content: check_file(content, self._authority, self._clock.machine())

    def backend(self) -> Backend:
        """Who puts the seal on: this machine for show, or a hand in the office."""
        now = self._clock.machine
        if self._settings.seals != DEMO:
            return HandBackend(now)
        in_sandbox = self._settings.may_turn_clock
        return DemoBackend(self._authority, self._store.keep, now, in_sandbox, self._address)

    def _address(self, code: str) -> str:
        return self._verify_url.format(code=code) if self._verify_url else ""
