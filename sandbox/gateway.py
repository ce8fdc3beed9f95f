"""The stream gateway: tickets, connections, frames that wait for their ack. Knows nothing of what the frames say."""

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from secrets import token_hex
from uuid import uuid4

from sandbox.clocks import MachineTime, Windows
from sandbox.encoding import Json, dumps
from sandbox.faults import Fault, FaultKind, Faults
from sandbox.frames import Ack, Frame, FrameType, read_ack
from sandbox.hub import Hub
from sandbox.recorder import Recorder
from sandbox.timers import Timers

Subscription = tuple[str, str]


class Kind(StrEnum):
    """What a waiting frame carries: it decides what happens without an ack."""

    bot = "bot"
    event = "event"
    card = "card"


@dataclass(slots=True)
class Connection:
    """One socket. What is put in `outgoing` is written in order; None closes it."""

    id: str
    subscriptions: frozenset[Subscription]
    is_deaf: bool
    outgoing: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    is_leaving: bool = False


@dataclass(slots=True)
class Delivery:
    """A frame that waits for its ack; `answer` is set for card callbacks only."""

    kind: Kind
    frame: Frame
    answer: "asyncio.Future[Ack] | None" = None
    tries: int = 0


class Gateway:
    """Everything between a push and its ack."""

    def __init__(
        self,
        app_id: str,
        machine: MachineTime,
        windows: Windows,
        timers: Timers,
        faults: Faults,
        hub: Hub,
        recorder: Recorder,
    ) -> None:
        self._app_id = app_id
        self._machine = machine
        self._windows = windows
        self._timers = timers
        self._faults = faults
        self._hub = hub
        self._recorder = recorder
        self._tickets: dict[str, tuple[float, frozenset[Subscription]]] = {}
        self._held: deque[Delivery] = deque()
        self._stranded: dict[str, Delivery] = {}
        self._late: dict[str, Ack] = {}
        self._prefix = token_hex(4)
        self._numbers = count(1)
        self.connections: dict[str, Connection] = {}
        self.waiting: dict[str, Delivery] = {}
        self.failed_events: deque[str] = deque(maxlen=1000)

    def ticket(self, subscriptions: frozenset[Subscription]) -> str:
        """Give out a ticket, good once and within its window."""
        now = self._machine.now()
        self._tickets = {key: entry for key, entry in self._tickets.items() if entry[0] > now}
        ticket = str(uuid4())
        self._tickets[ticket] = (now + self._windows.ticket, subscriptions)
        return ticket

    def attach(self, ticket: str) -> Connection | None:
        """Use a ticket up for a connection; None when it is unknown, used or too old."""
        until, subscriptions = self._tickets.pop(ticket, (0.0, frozenset[Subscription]()))
        if self._machine.now() >= until:
            return None
        is_deaf = self._faults.strikes(FaultKind.hang_websocket) is not None
        connection = Connection(token_hex(8), subscriptions, is_deaf)
        self.connections[connection.id] = connection
        # What nobody was there to take goes to whoever comes next, not only after the span of redelivery.
        stranded, self._stranded = self._stranded, {}
        for message_id, delivery in stranded.items():
            if message_id in self.waiting:
                self._send(delivery)
        self._timers.after(self._windows.ping, self._ping, connection.id)
        return connection

    def detach(self, connection: Connection) -> None:
        """Forget a socket that is gone."""
        self.connections.pop(connection.id, None)

    def disconnect(self, connection: Connection, *, is_abrupt: bool = False) -> None:
        """Tell a client to go, then say nothing more and close after the window; abrupt closes at once."""
        if is_abrupt:
            connection.is_leaving = True
            connection.outgoing.put_nowait(None)
            return
        if connection.is_leaving:
            return
        frame = Frame(FrameType.SYSTEM, "disconnect", self.message_id(), '{"reason":"connection is expired"}')
        self._write(connection, frame)
        connection.is_leaving = True
        self._timers.after(self._windows.closing, self._close, connection.id)

    def disconnect_all(self, *, is_abrupt: bool = False) -> None:
        """Send every client away."""
        for connection in list(self.connections.values()):
            self.disconnect(connection, is_abrupt=is_abrupt)

    def restart(self) -> None:
        """Be as a gateway that was started anew: no socket, no ticket; what was not acknowledged goes to the next."""
        self.disconnect_all(is_abrupt=True)
        self._tickets.clear()
        self._stranded |= {key: one for key, one in self.waiting.items() if one.kind is not Kind.card}

    def push(self, kind: Kind, frame: Frame) -> "asyncio.Future[Ack] | None":
        """Send a frame and wait for its ack as its kind demands; a card callback returns the future of its answer."""
        delivery = Delivery(kind, frame)
        if kind is Kind.card:
            delivery.answer = asyncio.get_running_loop().create_future()
        self.waiting[frame.message_id] = delivery
        if self._faults.strikes(FaultKind.reorder, kind=kind):
            self._held.append(delivery)
            self._timers.after(self._windows.reorder, self._release, frame.message_id)
        else:
            self._send(delivery)
            while self._held:
                self._send(self._held.popleft())
        return delivery.answer

    def message_id(self) -> str:
        """Return a fresh id for a frame, in the shape of the real ones."""
        return f"{self._prefix}_{next(self._numbers):x}_{self._machine.now_ms():x}"

    def may_push(self, kind: FrameType, topic: str) -> bool:
        """Say whether any living connection subscribes to a topic."""
        return bool(self._candidates(kind, topic))

    def receive(self, raw: str | bytes) -> None:
        """Take what came up a socket: an ack, or nothing of use."""
        self._recorder.frame("up", raw)
        ack = read_ack(raw)
        if ack is None:
            return
        delivery = self.waiting.get(ack.message_id)
        if delivery is None or self._faults.strikes(FaultKind.drop_ack, kind=delivery.kind):
            return
        if self._faults.strikes(FaultKind.late_ack, kind=delivery.kind):
            self._late[ack.message_id] = ack
            self._timers.after(self._windows.redelivery + 1, self._acknowledge_late, ack.message_id)
            return
        self._acknowledge(delivery, ack)

    def _acknowledge(self, delivery: Delivery, ack: Ack) -> None:
        if delivery.kind is Kind.event and ack.data.get("status") == "LATER":
            return
        if ack.code != 200 and delivery.kind is not Kind.card:
            return
        self.waiting.pop(ack.message_id, None)
        if self._hub.is_heard:
            self._hub.publish("acked", None, id=ack.message_id, of=delivery.kind)
        if delivery.answer is not None and not delivery.answer.done():
            delivery.answer.set_result(ack)

    def _acknowledge_late(self, message_id: str) -> None:
        ack, delivery = self._late.pop(message_id, None), self.waiting.get(message_id)
        if ack is not None and delivery is not None:
            self._acknowledge(delivery, ack)

    def _send(self, delivery: Delivery) -> None:
        delivery.tries += 1
        self._schedule(delivery)
        frame = delivery.frame
        copies = 2 if self._faults.strikes(FaultKind.duplicate, kind=delivery.kind) else 1
        for _ in range(copies):
            candidates = self._candidates(frame.type, frame.topic)
            chance = 1 / (len(candidates) + 1)
            if other := self._faults.strikes(FaultKind.second_bot, chance, kind=delivery.kind):
                self._swallow(delivery, other)
                continue
            if not candidates:
                self._stranded[frame.message_id] = delivery
                return
            connection = random.choice(candidates)
            self._write(connection, frame)
            if fault := self._faults.strikes(FaultKind.disconnect, kind=delivery.kind):
                self.disconnect(connection, is_abrupt=fault.option("how") == "abrupt")

    def _swallow(self, delivery: Delivery, other: Fault) -> None:
        """Let a second bot have a frame, one that nobody remembers: it may acknowledge, and does nothing."""
        if other.option("acks", "no") == "yes":
            self._acknowledge(delivery, Ack(delivery.frame.message_id, 200, {}))

    def _schedule(self, delivery: Delivery) -> None:
        windows, message_id = self._windows, delivery.frame.message_id
        # The try is part of the key: a frame sent again early, to a new connection, starts its span anew.
        key = f"{message_id} {delivery.tries}"
        if delivery.kind is Kind.bot:
            self._timers.after(windows.redelivery, self._redeliver, key)
        elif delivery.kind is Kind.event:
            step = min(delivery.tries, len(windows.event_retries)) - 1
            self._timers.after(windows.event_retries[step] if step >= 0 else 0, self._redeliver, key)
        else:
            self._timers.after(windows.tap, self._give_up, message_id)

    def _redeliver(self, key: str) -> None:
        message_id, _, tries = key.partition(" ")
        delivery = self.waiting.get(message_id)
        if delivery is None or delivery.tries != int(tries):
            return
        is_event = delivery.kind is Kind.event
        limit = len(self._windows.event_retries) if is_event else self._windows.redeliveries
        if delivery.tries <= limit:
            self._send(delivery)
            return
        del self.waiting[message_id]
        self._stranded.pop(message_id, None)
        if is_event:
            self.failed_events.append(delivery.frame.data)

    def _give_up(self, message_id: str) -> None:
        delivery = self.waiting.pop(message_id, None)
        if delivery is not None and delivery.answer is not None and not delivery.answer.done():
            delivery.answer.set_exception(TimeoutError())

    def _release(self, message_id: str) -> None:
        for delivery in list(self._held):
            if delivery.frame.message_id == message_id:
                self._held.remove(delivery)
                self._send(delivery)

    def _candidates(self, kind: FrameType, topic: str) -> list[Connection]:
        wanted = (str(kind), "*" if kind is FrameType.EVENT else topic)
        return [entry for entry in self.connections.values() if not entry.is_leaving and wanted in entry.subscriptions]

    def _write(self, connection: Connection, frame: Frame) -> None:
        if not connection.is_deaf:
            text = frame.encode(self._app_id, connection.id, self._machine.now_ms())
            self._recorder.frame("down", text)
            connection.outgoing.put_nowait(text)

    def _ping(self, connection_id: str) -> None:
        connection = self.connections.get(connection_id)
        if connection is None or connection.is_leaving:
            return
        self._write(connection, Frame(FrameType.SYSTEM, "ping", self.message_id(), dumps(_opaque()).decode()))
        self._timers.after(self._windows.ping, self._ping, connection_id)

    def _close(self, connection_id: str) -> None:
        connection = self.connections.get(connection_id)
        if connection is not None:
            connection.outgoing.put_nowait(None)


def _opaque() -> Json:
    return {"opaque": str(uuid4())}
