"""What an app needs for papers, put together: who carries files and seals, what is printed, how a file is checked."""

from collections.abc import Mapping

from bot import press
from bot.delivery import Carrier, Report
from bot.dialogue.genuine import Check
from bot.dingtalk.client import Client
from bot.enclosures import Enclosures
from bot.errands import Handler
from bot.press import Press
from bot.printing import Printing
from bot.spending import Ledger
from township.clock import Clock
from township.db import Database
from township.effects import ApplySeal, Effect, SendFile
from township.filestore import FileStore
from township.settings import Settings
from township.workdays import Calendar
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

    def carriers(
        self, calendar: Calendar, clients: Mapping[str, Client], ledger: Ledger
    ) -> tuple[dict[type[Effect], Carrier], dict[type[Effect], Report]]:
        """Who carries files and seals, and who is told what became of them."""
        enclosures = Enclosures(self._db, self._clock, calendar, clients, ledger, self._store)
        carriers: dict[type[Effect], Carrier] = {SendFile: enclosures, ApplySeal: Press(self._db, self._backend())}
        return carriers, {SendFile: enclosures.report, ApplySeal: press.report}

    def errands(self) -> dict[str, Handler]:
        """What is deferred: papers for the counter are typeset."""
        return {counter.PRINT: Printing(self._db, self._clock, self._store, self._verify_url).run}

    def checker(self) -> Check:
        """How a file that somebody sends back is examined."""
        return lambda content: check_file(content, self._authority, self._clock.machine())

    def _backend(self) -> Backend:
        now = self._clock.machine
        if self._settings.seals != DEMO:
            return HandBackend(now)
        in_sandbox = self._settings.may_turn_clock
        return DemoBackend(self._authority, self._store.keep, now, in_sandbox, self._address)

    def _address(self, code: str) -> str:
        return self._verify_url.format(code=code) if self._verify_url else ""
