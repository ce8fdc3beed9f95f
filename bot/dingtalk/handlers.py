"""What becomes of a frame: it crosses to the loop of the app, and the outcome becomes its acknowledgement.

A frame is acknowledged when the callback has returned, that is, when its row is committed.
"""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dingtalk_stream import AckMessage, CallbackHandler, CallbackMessage, EventHandler, EventMessage
from dingtalk_stream.frames import Headers as SdkHeaders

from bot.dingtalk.bridge import Bridge
from bot.dingtalk.wire import Frame, MalformedFrame, moment

log = logging.getLogger(__name__)

TAP_SECONDS = 1.5
"""A tap must be answered in 2 s; later the person sees an error although the act went through."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What the app does with frames, on its own loop. A frame is acknowledged when the callback has returned."""

    on_message: Callable[[Frame], Awaitable[None]]
    on_tap: Callable[[Frame], Awaitable[Mapping[str, Any]]]
    on_event: Callable[[Frame], Awaitable[bool]]
    """False: not now, deliver it again."""
    under_way: Mapping[str, Any]
    """The answer to a tap that takes longer than its window."""
    on_late_tap: Callable[[Frame], Awaitable[None]]
    """Called when such a tap has come to its end, well or not: the card is to show the truth."""


class Messages(CallbackHandler):
    """Robot messages: nothing rides back, the reply goes out by the outbox."""

    def __init__(self, bridge: Bridge, take: Callable[[Frame], Awaitable[None]]) -> None:
        super().__init__()
        self._bridge, self._take = bridge, take

    async def process(self, message: CallbackMessage) -> tuple[int, object]:
        frame = _frame(message.headers, message.data)
        code, _ = await _answer(self._bridge.call(lambda: self._take(frame)), frame)
        return code, None


class Taps(CallbackHandler):
    """Taps on cards: the card as it now stands rides back in the ack, or that it is being worked on."""

    def __init__(self, bridge: Bridge, callbacks: Callbacks) -> None:
        super().__init__()
        self._bridge, self._callbacks = bridge, callbacks

    async def process(self, message: CallbackMessage) -> tuple[int, object]:
        frame = _frame(message.headers, message.data)
        act = self._bridge.call(lambda: self._callbacks.on_tap(frame))
        done, _ = await asyncio.wait({act}, timeout=TAP_SECONDS)
        if not done:
            act.add_done_callback(lambda late: self._repaint(frame, late))
            log.warning("tap answered before its outcome", extra={"action": "tap_late", "frame": frame.id})
            return AckMessage.STATUS_OK, dict(self._callbacks.under_way)
        code, response = await _answer(act, frame)
        return code, dict(response or {})

    def _repaint(self, frame: Frame, late: "asyncio.Future[Any]") -> None:
        """Have the card drawn anew; an app that is stopping leaves it as it is, and a later tap tells the truth."""
        error = None if late.cancelled() else late.exception()
        if error is not None:
            log.error("late tap failed", extra={"action": "late_tap_failed", "frame": frame.id, **place(error)})
        if not isinstance(error, ConnectionAbortedError):
            self._bridge.call(lambda: self._callbacks.on_late_tap(frame)).add_done_callback(_told)


class Events(EventHandler):
    """Events of the directory and the groups: taken, or asked for again."""

    def __init__(self, bridge: Bridge, take: Callable[[Frame], Awaitable[bool]]) -> None:
        super().__init__()
        self._bridge, self._take = bridge, take

    async def raw_process(self, event_message: EventMessage) -> AckMessage:
        headers = event_message.headers
        frame = _frame(headers, event_message.data)
        code, is_taken = await _answer(self._bridge.call(lambda: self._take(frame)), frame)
        # What cannot be read will not be better next time.
        is_over = is_taken or code == AckMessage.STATUS_BAD_REQUEST
        ack = AckMessage()
        ack.headers.message_id = headers.message_id
        ack.headers.content_type = SdkHeaders.CONTENT_TYPE_APPLICATION_JSON
        ack.message = "OK"
        ack.data = {"status": "SUCCESS" if is_over else "LATER", "message": "OK"}
        return ack


def _told(work: "asyncio.Future[Any]") -> None:
    """Write down that a card could not be put right."""
    if not work.cancelled() and (error := work.exception()) is not None:
        log.error("card not repainted", extra={"action": "repaint_failed", **place(error)})


async def _answer(work: "asyncio.Future[Any]", frame: Frame) -> tuple[int, Any]:
    """Await the app and turn its failure into an ack code instead of silence."""
    try:
        return AckMessage.STATUS_OK, await work
    except MalformedFrame as malformed:
        extra = {"action": "frame_malformed", "what": malformed.what, "frame": frame.id}
        log.warning("frame cannot be read", extra=extra)
        return AckMessage.STATUS_BAD_REQUEST, None
    except Exception as error:
        log.error("handler failed", extra={"action": "handler_failed", "frame": frame.id, **place(error)})
        return AckMessage.STATUS_SYSTEM_EXCEPTION, None


def _frame(headers: SdkHeaders, data: object) -> Frame:
    names = {
        "eventId": headers.event_id,
        "eventType": headers.event_type,
        "eventCorpId": headers.event_corp_id,
        "eventBornTime": headers.event_born_time,
    }
    if not isinstance(data, dict):
        raise MalformedFrame("data is not a JSON object")
    at = moment(headers.time) or datetime.now(UTC)
    return Frame(headers.message_id or "", data, {name: value for name, value in names.items() if value}, at)


def place(error: BaseException) -> dict[str, str]:
    """Say what failed and where, without the message, which may hold a person's words."""
    steps = traceback.extract_tb(error.__traceback__)
    where = f"{steps[-1].filename.rpartition('/')[2]}:{steps[-1].lineno}" if steps else ""
    return {"error": type(error).__name__, "where": where}
