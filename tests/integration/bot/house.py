"""The bot over a real database, and everything of it but DingTalk: real frames come in, what leaves is collected.

`House.says` lets somebody of the sample town speak, waits until all is quiet, and returns what that person has heard.
"""

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.chores.bulk import BULK, Bulk
from bot.chores.errands import Errands
from bot.chores.late import LateAnswers
from bot.chores.learning import Learning
from bot.chores.printing import Printing
from bot.chores.recalls import Recalls
from bot.chores.seats import Seats
from bot.chores.upkeep import Upkeep
from bot.dialogue.addresses import Originals
from bot.dialogue.answers import questions
from bot.dialogue.pondering import Pondering
from bot.dialogue.turn import Mind
from bot.dingtalk.bodies import CardSpace, Message
from bot.dingtalk.client import Sent
from bot.dingtalk.faults import ChannelFault
from bot.dingtalk.transport import Downloaded
from bot.dingtalk.wire import Frame
from bot.incoming.door import Door
from bot.incoming.files import Files
from bot.incoming.taps import Taps
from bot.incoming.turns import Turns
from bot.incoming.workers import Workers
from bot.leaflets import Leaflets
from bot.models import inbox
from bot.outgoing.carriers import carriers
from bot.outgoing.delivery import Delivery
from bot.outgoing.means import Means
from bot.purse import Limits
from bot.registration import ACCOUNT
from bot.spending import Ledger
from knowledge import documents
from knowledge.index import ExactIndex
from knowledge.library import Library
from knowledge.questions import kept
from knowledge.validity import contradictions
from township import directory
from township.clock import TurnedClock
from township.db import Database
from township.filestore import FileStore
from township.workdays import Calendar
from workflows import calllist, casebook, tasks
from workflows.broadcasts import minutes
from workflows.casebook import CaseView
from workflows.clocks import timers
from workflows.seals import counter
from workflows.seals.actions import DEMO, SealActions
from workflows.seals.paper.authority import Authority
from workflows.seals.paper.checking import check_file
from workflows.seals.paper.demo import DemoBackend
from workflows.seals.paper.hand import HandBackend
from workflows.tasks import TaskView

TOWN = "shilizhen"
KEY = b"signs addresses"
CALENDAR = Calendar()
Json = dict[str, Any]
_shelved: dict[str, Library] = {}
"""By engine: the library of a town that nobody has changed yet."""


def shelve(db: Database, today: date) -> None:
    """Make the shelves of the sample town, once in a process: every house begins on a copy of these rows."""
    if db.dialect not in _shelved:
        _shelved[db.dialect] = Library(db, None, ExactIndex())
        _shelved[db.dialect].refresh(today)


def _library(db: Database, today: date) -> Library:
    """A library with the shelves that are made already; what the rows of `db` say otherwise is made anew."""
    library = copy(_shelved[db.dialect])
    library.db, library.index = db, ExactIndex()
    library.refresh(today)
    return library


class Post:
    """Stands where DingTalk's client stands: keeps what is sent, by staff id or group, and fails when told to."""

    def __init__(self) -> None:
        self.said: dict[str, list[str]] = defaultdict(list)
        self.roads: dict[str, list[str]] = defaultdict(list)
        self.cards: dict[str, tuple[str, dict[str, str]]] = {}
        self.files: dict[str, bytes | ChannelFault] = {}
        self.fetched: list[str] = []
        self.uploaded: dict[str, bytes] = {}
        self.enclosed: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
        """Files that somebody got, or a group: name and content."""
        self.missed: set[str] = set()
        """Whom one-to-one messages do not reach, by staff id."""
        self.faults: dict[str, ChannelFault] = {}
        """By name of the call."""

    async def send_webhook(self, webhook: str, body: Mapping[str, Any]) -> None:
        self._may("send_webhook")
        self._keep(webhook.partition("?session=")[2], body.get("text", body.get("markdown")), "webhook")

    async def send_to_people(self, staff_ids: Sequence[str], message: Message) -> Sent:
        self._may("send_to_people")
        for staff_id in staff_ids:
            if staff_id not in self.missed:
                self._keep(staff_id, message.param, "api")
        return Sent("query", invalid=tuple(one for one in staff_ids if one in self.missed))

    async def send_to_group(self, conversation_id: str, message: Message) -> str:
        self._may("send_to_group")
        self._keep(conversation_id, message.param, "api")
        return "query"

    async def create_and_deliver_card(
        self, *, template_id: str, out_track_id: str, space: CardSpace, params: Mapping[str, str]
    ) -> bool:
        self._may("create_and_deliver_card")
        self.cards[out_track_id] = (space.target, dict(params))
        return True

    async def update_card(self, out_track_id: str, params: Mapping[str, str]) -> None:
        self._may("update_card")
        self.cards[out_track_id] = (self.cards[out_track_id][0], dict(params))

    async def download(self, download_code: str) -> Downloaded:
        self._may("download")
        self.fetched.append(download_code)
        found = self.files[download_code]
        if isinstance(found, ChannelFault):
            raise found
        return Downloaded(found, "application/octet-stream", hashlib.sha256(found).hexdigest())

    async def upload(self, name: str, content: bytes, *, kind: str = "file") -> str:
        self._may("upload")
        media_id = f"@media{len(self.uploaded)}"
        self.uploaded[media_id] = content
        return media_id

    def _may(self, call: str) -> None:
        if call in self.faults:
            raise self.faults[call]

    def _keep(self, target: str, told: Any, road: str) -> None:
        if "mediaId" in told:
            self.enclosed[target].append((told["fileName"], self.uploaded[told["mediaId"]]))
            return
        self.said[target].append(told.get("content") or told.get("text"))
        self.roads[target].append(road)


class House:
    """One process of the bot in the sample town."""

    def __init__(
        self,
        db: Database,
        clock: TurnedClock,
        home: Path,
        limits: Limits | None = None,
        *,
        seals: str = DEMO,
        pondering: Pondering | None = None,
        public_url: str = "",
    ) -> None:
        self.db = db
        self.clock = clock
        self.post = Post()
        self.ledger = Ledger(db, clock, {ACCOUNT: limits or Limits()})
        self.library = _library(db, clock.now().date())
        clients: Any = {ACCOUNT: self.post}
        self.means = means = Means(db, clock, CALENDAR, clients, self.ledger)
        self.store = FileStore(home)
        self.recalls = Recalls(db, clock)
        self.seats = Seats(db, clock)
        self.authority = Authority(home)
        SealActions(seals).declare()
        demo = DemoBackend(self.authority, self.store.keep, clock.machine, is_sandbox=True)
        backend = demo if seals == DEMO else HandBackend(clock.machine)
        self.delivery = Delivery(db, clock, carriers(means, self.store, backend, template="t"))
        self.learning = Learning(db, clock, self.library)
        work: dict[str, Any] = {counter.PRINT: Printing(db, clock, self.store).run, kept.SORT: self.learning.sort}
        work[BULK] = Bulk(db, clock).run
        self.errands = Errands(db, clock, work)
        check = partial(check_file, authority=self.authority, now=clock.machine())
        draw = Leaflets(self.store, demo=True).draw
        fetch = Files(self.store, clients, self.ledger).fetch
        originals = Originals(self.store, KEY, public_url)
        self.pondering = pondering
        self.mind = Mind(db, clock, self.library, fetch, check, draw, originals, pondering)
        work |= {questions.LATE: LateAnswers(db, clock, self.mind, self.delivery).bring}
        work |= {contradictions.COMPARE: Upkeep(db, clock).compare, documents.EMBED: lambda _: None}
        self.turns = Turns(db, clock, self.mind, self.delivery)
        self.workers = Workers(db, clock, self.turns.take, count=2)
        self.taps = Taps(db, clock, self.delivery)
        self.door = Door(
            ACCOUNT,
            db=db,
            clock=clock,
            ledger=self.ledger,
            workers=self.workers,
            delivery=self.delivery,
            taps=self.taps,
        )
        self._numbers = itertools.count(1)

    async def start(self) -> "House":
        await self.workers.start()
        return self

    async def stop(self) -> None:
        await self.workers.stop()
        await self.errands.stop()
        if self.pondering is not None:
            await self.pondering.stop()
        await self.delivery.idle()
        self.library.close()

    # --- what people do

    async def says(self, who: str, text: str = "", *, group: str = "", **more: Any) -> list[str]:
        """Let somebody speak; returns what the bot then said there (in the group, or to the person)."""
        place = group or who
        before = len(self.post.said[place])
        await self.door.on_message(self.frame(who, text, group=group, **more))
        await self.quiet()
        return self.post.said[place][before:]

    async def reply(self, who: str, text: str = "", **more: Any) -> str:
        """Let somebody speak, and return the one answer."""
        heard = await self.says(who, text, **more)
        assert len(heard) == 1, heard
        return heard[0]

    async def taps_on(self, who: str, card: str, action: str, **params: str) -> Json:
        """Let somebody tap; returns the variables of the card as answered."""
        content = {"cardPrivateData": {"actionIds": [action], "params": {"action": action, **params}}}
        data = {"outTrackId": card, "userId": who, "corpId": "dingsandbox", "content": content}
        answer = await self.door.on_tap(Frame(f"tap-{next(self._numbers)}", data, {}, self.clock.now()))
        await self.quiet()
        return dict(answer["cardData"]["cardParamMap"])

    async def quiet(self) -> None:
        """Wait until every message is answered and all that is due has left."""
        await self.workers.idle()
        await self.delivery.idle()
        await self.delivery.drain()

    async def later(self, **span: float) -> None:
        """Turn the clock, fire what is due, and let it leave."""
        self.clock.forward(timedelta(**span))
        await self.passes()

    async def until(self, moment: datetime) -> None:
        """Turn the clock to a moment."""
        self.clock.turn_to(moment)
        await self.passes()

    async def passes(self) -> None:
        """Do what the ticker does."""
        while await self.db.write(lambda tx: timers.sweep(tx, self.clock.now())):
            pass
        while await self.db.write(lambda tx: minutes.sweep(tx, self.clock.now())):
            pass
        await self.recalls.look()
        await self.seats.fill()
        await self.errands.run_all()
        await self.learning.tell()
        await self.learning.clear_away()
        self.library.refresh(self.clock.now().date())
        await self.quiet()

    def frame(
        self,
        who: str,
        text: str = "",
        *,
        group: str = "",
        kind: str = "text",
        voice: bool = False,
        quote: str | tuple[str, ...] = "",
        outsider: bool = False,
        unheard: bool = False,
        pictures: int = 0,
        file: tuple[str, bytes | ChannelFault] | None = None,
        message_id: str = "",
    ) -> Frame:
        """Build the frame of a robot message as the platform sends it."""
        number = next(self._numbers)
        if file:
            kind = "file"
        elif voice:
            kind = "audio"
        elif pictures:
            kind = "richText" if text or pictures > 1 else "picture"
        now = self.clock.machine()
        data: Json = {
            "msgId": message_id or f"msg{number:04}",
            "msgtype": kind,
            "conversationId": group or f"cid-{who}",
            "conversationType": "2" if group else "1",
            "createAt": int(now.timestamp() * 1000),
            "senderId": f"$:LWCP_v1:${who}",
            "senderNick": who,
            "robotCode": "dinglin-sandbox",
            "sessionWebhook": f"http://127.0.0.1/robot/sendBySession?session={group or who}",
            "sessionWebhookExpiredTime": int((now + timedelta(minutes=90)).timestamp() * 1000),
        }
        if not outsider:
            data["senderStaffId"] = who
        if unheard:
            return Frame(f"f{number}", data | {"code": 20001, "errMsg": "over"}, {}, self.clock.now())
        data |= self._body(kind, text, pictures, file, number, group)
        if quote:
            holder = data["text"] if kind == "text" else data["content"]
            words, speaker, message = (*((quote,) if isinstance(quote, str) else quote), "", "q")[:3]
            message = message or "q"
            said = {
                "msgId": message,
                "msgType": "text",
                "senderId": f"$:LWCP_v1:${speaker}",
                "content": {"text": words},
            }
            holder |= {"isReplyMsg": True, "repliedMsg": said}
        return Frame(f"f{number}", data, {}, self.clock.now())

    def _body(
        self,
        kind: str,
        text: str,
        pictures: int,
        file: tuple[str, bytes | ChannelFault] | None,
        number: int,
        group: str,
    ) -> Json:
        codes = [f"code{number}-{n}" for n in range(max(pictures, 1))]
        self.post.files.update({code: code.encode() for code in codes})
        match kind:
            case "text":
                return {"text": {"content": f" {text}" if group else text}}
            case "audio":
                return {"content": {"downloadCode": codes[0], "recognition": text, "duration": 4000}}
            case "picture":
                return {"content": {"downloadCode": codes[0], "pictureDownloadCode": codes[0]}}
            case "richText":
                words = [{"text": text}] if text else []
                return {"content": {"richText": [*words, *({"type": "picture", "downloadCode": c} for c in codes)]}}
            case "video":
                return {"content": {"downloadCode": codes[0], "videoType": "mp4", "duration": 5}}
            case "file":
                name, content = file or ("通知.txt", b"")
                self.post.files[codes[0]] = content
                return {"content": {"downloadCode": codes[0], "fileName": name}}
            case _:
                return {"content": {"unknownMsgType": "暂不支持"}}

    # --- what there is to see

    def heard(self, who: str) -> list[str]:
        """All that was said to somebody, or in a group."""
        return self.post.said[who]

    def shown(self, who: str) -> list[tuple[str, dict[str, str]]]:
        """The cards of somebody: key and variables."""
        return [(key, params) for key, (target, params) in self.post.cards.items() if target == who]

    def card(self, who: str) -> tuple[str, dict[str, str]]:
        """The one newest card of somebody."""
        return self.shown(who)[-1]

    async def cases_of(self, who: str) -> list[CaseView]:
        """The cases that somebody may see."""

        def call(tx: Any) -> list[CaseView]:
            person = directory.person(tx, who)
            assert person is not None
            return casebook.listed(tx, directory.scope_of(tx, person, self.clock.now()))

        return await self.db.read(call)

    async def tasks_of(self, who: str) -> list[TaskView]:
        """What waits for somebody."""
        return await self.db.read(lambda tx: tasks.of_person(tx, TOWN, who))

    async def calls_of(self, who: str) -> list[calllist.CallLine]:
        """The call list of somebody."""

        def call(tx: Any) -> list[calllist.CallLine]:
            person = directory.person(tx, who)
            assert person is not None
            return calllist.waiting(tx, directory.scope_of(tx, person, self.clock.now()))

        return await self.db.read(call)

    async def rows(self, table: sa.Table, *where: Any) -> list[Mapping[str, Any]]:
        """Rows of a table."""
        return await self.db.read(lambda tx: [dict(r) for r in tx.execute(sa.select(table).where(*where)).mappings()])

    async def inbox_states(self) -> list[str]:
        """States of what came in, in order."""
        rows = await self.db.read(
            lambda tx: tx.execute(sa.select(inbox.c.state).order_by(inbox.c.received_at, inbox.c.id)).all()
        )
        return [row.state for row in rows]
