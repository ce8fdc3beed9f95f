"""The composition root: everything of one process put together, started and stopped in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from fastapi import FastAPI

from bot.chores import recalls
from bot.chores.bulk import BULK, Bulk
from bot.chores.circle import Circle
from bot.chores.clearing import Clearing
from bot.chores.errands import Errands, Handler
from bot.chores.late import LateAnswers
from bot.chores.learning import Learning
from bot.chores.members import Members
from bot.chores.mornings import Mornings
from bot.chores.recalls import Recalls
from bot.chores.receipts import Receipts
from bot.chores.seats import Seats
from bot.chores.ticker import Chore, Ticker
from bot.chores.upkeep import Upkeep
from bot.demonstration import Demonstration
from bot.dialogue.addresses import Originals
from bot.dialogue.answers import expired, questions
from bot.dialogue.hearing import likeness, signs
from bot.dialogue.turn import Mind
from bot.dialogue.upkeep import papers
from bot.dingtalk.bodies import tap_answer
from bot.dingtalk.client import Client
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.handlers import Callbacks
from bot.dingtalk.stream import StreamChannel
from bot.dingtalk.supervisor import Supervisor
from bot.dingtalk.transport import Credential, Transport
from bot.dingtalk.wire import Frame
from bot.incoming.door import Door
from bot.incoming.files import Files
from bot.incoming.sorting import sorting
from bot.incoming.taps import Taps, under_way
from bot.incoming.turns import Turns
from bot.incoming.workers import Workers
from bot.leaflets import Leaflets
from bot.logins import login_of
from bot.outgoing.carriers import carriers
from bot.outgoing.delivery import Delivery
from bot.outgoing.means import Means
from bot.outgoing.sent import Sent
from bot.outgoing.todos import Todos
from bot.paperwork import Paperwork
from bot.presence import listen, presence_of
from bot.reading import open_backlog, open_library, open_pondering, open_proposer
from bot.registration import ACCOUNT, entering, renew_services
from bot.spending import Ledger, limits_of
from bot.web import app as web
from bot.web.doors import Deps
from knowledge import documents
from knowledge.library import Library
from knowledge.questions import kept
from knowledge.validity import contradictions
from skills import changes, lessons
from township import killpoints, processes, schema
from township.clock import Clock, OffsetClock, SystemClock
from township.db import Database, Tx, sqlite_path
from township.filestore import FileStore
from township.locks import FileLock
from township.settings import Settings
from township.vault import Vault
from township.workdays import Calendar
from workflows import history, query_codes
from workflows.broadcasts import approval, minutes
from workflows.circle import album, links, review
from workflows.clocks import timers
from workflows.public import endings
from workflows.related import merging
from workflows.rounds import opening

log = logging.getLogger(__name__)

ACTIONS = (
    papers.declare,
    expired.declare,
    recalls.declare,
    approval.declare,
    review.declare,
    lessons.declare,
    changes.declare,
    merging.declare,
)
"""What makes known which record actions a service may name."""
FILLED_AT_START = 1000
"""Vectors for which a villager waits at the start; more are taken in when the bot listens, and words answer before."""


class App:
    """One process of the bot. `start`, then `stop`; what `build_web` returns is served by the caller in between.

    `start` is `open` and `listen`: what takes long, such as the pages, is put together before anybody is listened to.
    """

    def __init__(self, settings: Settings, *, opens_office: bool = False, clock: SystemClock | None = None) -> None:
        """`opens_office`: a demonstration that begins at night is turned to the next morning. `clock`: another's."""
        self.settings = settings
        killpoints.arm(settings.kill_at)
        self._opens_office = opens_office
        self._lock = _lock(settings)
        path = sqlite_path(settings.database)
        self._sent = Sent(path.with_suffix(".sent") if path else None)
        self.clock = clock or (OffsetClock() if settings.may_turn_clock else SystemClock())
        self.db = Database(settings.database)
        self.calendar = Calendar()
        self.endpoints = Endpoints(settings.api_url, settings.oapi)
        self.credential = Credential(ACCOUNT, settings.client_id, settings.client_secret.get_secret_value())
        self.limits = limits_of(settings)
        self.ledger = Ledger(self.db, self.clock, {ACCOUNT: self.limits})
        on_empty = partial(self.ledger.refused, ACCOUNT)
        self.client = Client(Transport(self.credential, self.endpoints, on_empty=on_empty, on_call=self._sent.begin))
        self.demonstration: Demonstration | None = None
        self.store = FileStore(settings.home)
        self.vault = Vault.open(settings.home, settings.key.get_secret_value())
        self._presence = presence_of(settings)

    async def start(self) -> None:
        """Open everything and begin to listen."""
        await self.open()
        await self.listen()

    async def open(self) -> None:
        """Open everything; nobody is heard yet."""
        schema.reach(self.db)
        schema.check(self.db)
        if self._presence is not None:
            await asyncio.to_thread(self._presence.enter)
        if isinstance(self.clock, OffsetClock):
            self.demonstration = Demonstration(self.settings.api_url, self.clock)
            await self.demonstration.wait_until_there()
            if self._opens_office:
                await self.demonstration.go_on_from(await self.db.read(history.latest))
                await self.demonstration.open_office(self.calendar)
            await self._register()
        await self.db.write(self._renew_services)
        await self._put_together()
        await self.mind.rehearse()

    async def listen(self) -> None:
        """Take up what was left, and begin to listen; ready when the stream is open."""
        await self.errands.start()
        await self.delivery.take_over()
        await self.workers.start()
        if self._presence is not None:
            listen(self._presence, self.workers)
        self._delivering = asyncio.create_task(self.delivery.run(), name="delivery")
        self.ticker.start()
        if self.backlog is not None:
            self.backlog.start()
        await self.supervisor.start()
        await self.supervisor.stream.until_open()

    def _renew_services(self, tx: Tx) -> None:
        processes.alone(tx)
        renew_services(tx, at=self.clock.now())

    async def _register(self) -> None:
        """Write the invented town down before its first villager speaks."""
        if self.demonstration is None:
            return
        sheet = await self.demonstration.town()
        entered = entering(self.settings, self.vault, sheet, self.clock.now())

        def call(tx: Tx) -> None:
            processes.alone(tx)
            entered(tx)

        await self.db.write(call)

    async def _put_together(self) -> None:
        self.library = await asyncio.to_thread(_open_warm, self.settings, self.db, self.clock)
        for declare in ACTIONS:
            declare()
        query_codes.use(self.vault.derive("query codes"))
        paperwork = Paperwork(self.settings, self.db, self.clock, self.store)
        paperwork.declare()
        means = Means(self.db, self.clock, self.calendar, {ACCOUNT: self.client}, self.ledger)
        table = carriers(means, self.store, paperwork.backend(), template=self.settings.card_template)
        self.delivery = Delivery(self.db, self.clock, table, self._sent)
        self.mind = self._mind(means, paperwork)
        self.supervisor = self._listener(means)
        self._keep_house(means, paperwork)

    def _mind(self, means: Means, paperwork: Paperwork) -> Mind:
        self.pondering = open_pondering(self.settings)
        return Mind(
            self.db,
            self.clock,
            self.library,
            Files(self.store, means.clients, self.ledger).fetch,
            check=paperwork.checker(),
            draw=Leaflets(self.store, demo=self.settings.may_turn_clock).draw,
            originals=Originals(self.store, self.vault.derive("console"), self.settings.public_url),
            pondering=self.pondering,
            proposer=open_proposer(self.settings),
        )

    def _listener(self, means: Means) -> Supervisor:
        """Put together what takes frames in, from the stream to the workers that answer."""
        self.members = Members(self.db, self.clock, means.clients)
        self.workers = Workers(self.db, self.clock, Turns(self.db, self.clock, self.mind, self.delivery).take)
        door = Door(
            ACCOUNT,
            db=self.db,
            clock=self.clock,
            ledger=self.ledger,
            workers=self.workers,
            delivery=self.delivery,
            taps=Taps(self.db, self.clock, self.delivery),
        )
        on_event, late = partial(self._on_event, door), tap_answer(under_way())
        callbacks = Callbacks(door.on_message, door.on_tap, on_event, late, door.on_late_tap)
        return Supervisor(lambda: StreamChannel(self.credential, self.endpoints, callbacks))

    def _keep_house(self, means: Means, paperwork: Paperwork) -> None:
        """Put together what happens without anybody speaking."""
        self.backlog = open_backlog(self.settings, self.db, self.clock.machine, self.library)
        self.recalls = Recalls(self.db, self.clock)
        self.receipts = Receipts(means)
        self.todos = Todos(means)
        self.circle = Circle(self.db, self.clock, self.store, self.ledger, link=self._circle_link)
        self.learning = Learning(self.db, self.clock, self.library, months=self.settings.question_months)
        self.clearing = Clearing(self.db, self.clock, self.store, days=self.settings.keep_days)
        self.upkeep = Upkeep(self.db, self.clock)
        self.mornings = Mornings(self.db, self.clock)
        self.seats = Seats(self.db, self.clock)
        self.errands = Errands(self.db, self.clock, self._handlers() | paperwork.errands())
        self.ticker = Ticker(self._chores())

    def _handlers(self) -> dict[str, Handler]:
        """Who does which deferred work."""
        return {
            BULK: Bulk(self.db, self.clock).run,
            album.DEVELOP: self.circle.develop,
            contradictions.COMPARE: self.upkeep.compare,
            documents.EMBED: self._wake_backlog,
            kept.SORT: self.learning.sort,
            questions.LATE: LateAnswers(self.db, self.clock, self.mind, self.delivery).bring,
        }

    def _chores(self) -> list[Chore]:
        chores = [
            Chore("leases", 1.0, self.workers.sweep),
            Chore("outbox", 1.0, self._wake_delivery),
            Chore("parcels", 4.0, self.delivery.renew),
            Chore("timers", 1.0, partial(self._sweep, timers.sweep)),
            Chore("broadcasts", 1.0, partial(self._sweep, minutes.sweep)),
            Chore("crowds", 5.0, self._go_round),
            Chore("receipts", 30.0, self.receipts.count),
            Chore("ledger", 5.0, self.ledger.write_down),
            Chore("shelves", 2.0, self._refresh_library),
            Chore("errands", 1.0, self.errands.run_all),
            Chore("sayings", 2.0, self.mind.learn_sayings),
            Chore("members", 2.0, self.members.apply),
            Chore("circle", 5.0, partial(self._tell_and_clear, self.circle)),
            Chore("clearing", 60.0, self.clearing.clear_away),
            Chore("upkeep", 60.0, partial(self._wake_after, self.upkeep.keep)),
            Chore("seats", 5.0, partial(self._wake_after, self.seats.fill)),
            Chore("mornings", 30.0, partial(self._wake_after, self.mornings.tell)),
            Chore("recalls", 15.0, partial(self._wake_after, self.recalls.look)),
            Chore("learning", 2.0, partial(self._tell_and_clear, self.learning)),
        ]
        if self.settings.todo_mirror:
            chores.append(Chore("todos", 5.0, self.todos.mirror))
        if self.demonstration is not None:
            chores.append(Chore("clock", 0.0, self._follow_clock))
        return chores

    async def _on_event(self, door: Door, frame: Frame) -> bool:
        """Keep an event of the directory, and have it applied now."""
        kept = await door.on_event(frame)
        self.ticker.hurry("members")
        return kept

    async def _wake_delivery(self) -> None:
        self.delivery.wake()

    async def _wake_after(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do a chore, and have what it put into the outbox leave at once."""
        if await work():
            self.delivery.wake()

    async def _sweep(self, sweep: Callable[[Tx, datetime], object]) -> None:
        """Do what is due in small slices, so that nobody waits behind a sweep."""
        while await self.db.write(lambda tx: sweep(tx, self.clock.now())):
            self.delivery.wake()

    async def _tell_and_clear(self, chores: Circle | Learning) -> None:
        await self._wake_after(chores.tell)
        await chores.clear_away()

    def _circle_link(self, village_id: str) -> str:
        """The address of a village's circle for telephones; empty without a public one."""
        code = links.code(self.vault.derive("console"), village_id, self.clock.now())
        return f"{self.settings.public_url}/q/{code}" if self.settings.public_url else ""

    async def _go_round(self) -> None:
        """Open what comes round by itself; tell and end what is shown to everybody."""
        await self.db.write(lambda tx: opening.plan(tx, self.clock.now()))
        await self._sweep(opening.sweep)
        if await self.db.write(lambda tx: endings.sweep(tx, self.clock.now())):
            self.delivery.wake()

    def _wake_backlog(self, _: object) -> None:
        if self.backlog is not None:
            self.backlog.wake()

    async def _refresh_library(self) -> None:
        await asyncio.to_thread(self.library.refresh, self.clock.now().date())

    async def _follow_clock(self) -> None:
        if self.demonstration is not None and await self.demonstration.follow_clock():
            self.delivery.wake()
            self.ticker.hurry()

    async def stop(self) -> None:
        """Stop listening, let what is under way leave, and close everything."""
        await self.supervisor.stop()
        if self.backlog is not None:
            await asyncio.to_thread(self.backlog.stop)
        await self.ticker.stop()
        await self.workers.stop()
        await self.errands.stop()
        if self.pondering is not None:
            await self.pondering.stop()
        self.delivery.end()
        await self._delivering
        await self.delivery.idle()
        await self.ledger.write_down()
        await self.client.close()
        if self.demonstration is not None:
            await self.demonstration.close()
        self.library.close()
        if self._presence is not None:
            self._presence.leave()
        await self.db.close()
        self._sent.close()
        if self._lock is not None:
            self._lock.give_back()

    def build_web(self) -> FastAPI:
        """The web face of this process."""
        login = login_of(self.settings, self.client)
        key, public = self.vault.derive("console"), self.settings.public_url
        places = (login, self.store, public, self.library)
        return web.build(
            Deps(self.db, self.clock, key, *places, sorting, open311=self.settings.open311, limits=self.limits)
        )


def _open_warm(settings: Settings, db: Database, clock: Clock) -> Library:
    """Open what is known and wake what is slow the first time, so that the first villager does not wait for it."""
    if not likeness.use(settings.home / "models" / likeness.FILE):
        log.warning("the second ear was not taught: make setup", extra={"action": "second_ear_missing"})
    signs.load()
    library = open_library(settings, db)
    library.refresh(clock.now().date(), most=FILLED_AT_START)
    if library.embedder is not None:
        library.embedder.embed_query(settings.profile)
    return library


def _lock(settings: Settings) -> FileLock | None:
    """SQLite means one `dinglin run`; a second is refused with a sentence."""
    path = sqlite_path(settings.database)
    if path is None:
        return None
    lock = FileLock(path.with_suffix(".lock"))
    lock.take("second_process")
    return lock
