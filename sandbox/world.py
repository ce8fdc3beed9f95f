"""The one state of a running sandbox: every part stands here once, and the two verbs all routes share live here."""

from secrets import token_hex

from sandbox.cards import Card, Cards
from sandbox.chats import BOT, Chats, Message
from sandbox.clocks import BusinessClock, MachineTime, Windows
from sandbox.encoding import Json
from sandbox.faults import Faults
from sandbox.gateway import Gateway
from sandbox.hub import Hub
from sandbox.media import MediaStore
from sandbox.meter import Meter
from sandbox.recorder import Recorder
from sandbox.sendings import Sendings
from sandbox.timers import Timers
from sandbox.todos import Todos
from sandbox.tokens import Tokens
from sandbox.town import Town


class World:
    """What the pretend DingTalk knows. Every change happens in the event loop, so nothing here is locked."""

    def __init__(self, town: Town, windows: Windows, machine: MachineTime, client_id: str, client_secret: str) -> None:
        self.origin = "http://127.0.0.1:9700"
        """Where bots reach this sandbox: the host of every sessionWebhook; the server sets it when it binds."""
        self.town = town
        self.windows = windows
        self.machine = machine
        self.client_id = client_id
        self.business = BusinessClock()
        self.timers = Timers(machine)
        self.faults = Faults()
        self.meter = Meter(self.business)
        self.hub = Hub()
        self.recorder = Recorder()
        self.chats = Chats(town)
        self.cards = Cards()
        self.todos = Todos()
        self.sendings = Sendings()
        self.media = MediaStore(machine, windows)
        self.tokens = Tokens(machine, windows, client_id, client_secret)
        self.gateway = Gateway(client_id, machine, windows, self.timers, self.faults, self.hub, self.recorder)
        self._prefix = token_hex(4)

    def message_id(self, seq: int) -> str:
        """Return the msgId of a line, in the shape of the real ones."""
        return f"msg{self._prefix}{seq:08x}=="

    def write(
        self, sender: str, *, to: str, group: str | None, kind: str, text: str, extra: Json | None = None
    ) -> Message:
        """Put a line into a chat and tell whoever watches."""
        seq = self.chats.next_seq()
        message = Message(
            seq=seq,
            id=self.message_id(seq),
            sender=sender,
            group=group,
            type=kind,
            text=text,
            at=self.business.iso(),
            stamp=self.machine.now_ms(),
            to="" if group else to,
            extra=extra or {},
        )
        self.chats.add(message)
        if self.hub.is_heard:
            self.hub.publish("message", self.chats.audience(message), message=message.as_json())
        return message

    def write_bot(
        self, *, to: str = "", group: str | None = None, kind: str, text: str, extra: Json | None = None
    ) -> Message:
        """Put a line of the bot into a chat."""
        return self.write(BOT, to=to, group=group, kind=kind, text=text, extra=extra)

    def announce(self, card: Card) -> None:
        """Tell whoever watches how a card stands now, each person as they see it."""
        if self.hub.is_heard:
            for person in card.seen_by:
                self.hub.publish("card", [person], card=card.as_json(person))
