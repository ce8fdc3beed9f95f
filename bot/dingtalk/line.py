"""One connection to the gateway: the official SDK, subclassed here and nowhere else.

Kept from the SDK: frames, routing, acks. Mended: opening blocked the loop without a time limit and logged the ticket; a
failing handler was answered with silence; events were acknowledged with their own data; acks went to whatever socket
was newest; one frame that was not JSON cost the connection; pings were logged whole. When to open the next line is
decided in `stream.py`.
"""

import asyncio
import json
import logging
import platform
import time
from typing import Any
from urllib.parse import quote_plus, urlsplit

import aiohttp
import websockets
from dingtalk_stream import AckMessage, DingTalkStreamClient
from dingtalk_stream import Credential as SdkCredential
from dingtalk_stream.version import VERSION_STRING

from bot.dingtalk.bridge import Bridge
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.handlers import Callbacks, Events, Messages, Taps, place
from bot.dingtalk.transport import Credential
from bot.dingtalk.wire import MalformedFrame, parse_object

log = logging.getLogger(__name__)

MESSAGES = "/v1.0/im/bot/messages/get"
TAPS = "/v1.0/card/instances/callback"
_OPEN_SECONDS = 5.0
_PING_SECONDS = 10.0
_MOST_BYTES = 4 * 1024 * 1024


class OpenFailed(Exception):
    """The gateway gave no ticket, or took no connection."""


class Line(DingTalkStreamClient):
    """One socket from open to close. Acks go to the socket their frame came from."""

    def __init__(self, credential: Credential, endpoints: Endpoints, bridge: Bridge, callbacks: Callbacks) -> None:
        super().__init__(SdkCredential(credential.client_id, credential.client_secret), log)
        self.register_all_event_handler(Events(bridge, callbacks.on_event))
        self.register_callback_handler(MESSAGES, Messages(bridge, callbacks.on_message))
        self.register_callback_handler(TAPS, Taps(bridge, callbacks))
        self.leaving = asyncio.Event()
        """Set when the gateway has said goodbye or the socket is gone: open the next line."""
        self.heard_at = time.monotonic()
        self.has_spoken = False
        """Whether any frame has come, a ping included."""
        self._endpoints = endpoints
        self._tasks: set[asyncio.Task[None]] = set()
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Get a ticket, connect, and begin to read. Raises OpenFailed; never takes longer than its time limits."""
        ticket = await self.open_connection()
        uri = f"{ticket['endpoint']}?ticket={quote_plus(ticket['ticket'])}"
        try:
            self.websocket = await websockets.connect(
                uri,
                open_timeout=_OPEN_SECONDS,
                close_timeout=2,
                ping_interval=_PING_SECONDS,
                ping_timeout=_PING_SECONDS,
                max_size=_MOST_BYTES,
                compression=None,
                proxy=None if self._endpoints.on_loopback else True,
            )
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            raise OpenFailed(f"websocket: {type(error).__name__}") from None
        self._reader = asyncio.create_task(self._read())

    async def close(self, *, patience: float) -> None:
        """Close the socket after what is being worked on was acknowledged, but no later than `patience` seconds."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        if self._reader is not None:
            await self.websocket.close()
            await asyncio.wait({self._reader}, timeout=5)

    async def open_connection(self) -> dict[str, str]:
        """Ask for an endpoint and its one-use ticket, which is never logged."""
        body = {
            "clientId": self.credential.client_id,
            "clientSecret": self.credential.client_secret,
            "subscriptions": [{"type": "EVENT", "topic": "*"}]
            + [{"type": "CALLBACK", "topic": topic} for topic in self.callback_handler_map],
            "ua": f"dingtalk-sdk-python/v{VERSION_STRING}-union",
            "localIp": "127.0.0.1",
        }
        agent = f"DingTalkStream/1.0 SDK/{VERSION_STRING} Python/{platform.python_version()}"
        try:
            async with aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_OPEN_SECONDS),
                headers={"Accept": "application/json", "User-Agent": agent},
                trust_env=not self._endpoints.on_loopback,
            ) as http:
                response = await http.post(f"{self._endpoints.api}/v1.0/gateway/connections/open", json=body)
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OpenFailed(f"open: {type(error).__name__}") from None
        if response.status != 200:
            raise OpenFailed(f"open: HTTP {response.status}")
        return _ticket(content)

    async def _read(self) -> None:
        try:
            async for raw in self.websocket:
                self.heard_at = time.monotonic()
                self.has_spoken = True
                task = asyncio.create_task(self.background_task(raw))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        except websockets.ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else None
            log.warning("stream closed", extra={"action": "stream_closed", "code": code})
        finally:
            self.leaving.set()

    async def background_task(self, raw: str | bytes) -> None:
        """Open, route and acknowledge one frame. Nothing that stands in a frame ends the connection."""
        frame: dict[str, Any] = {}
        try:
            frame = parse_object(raw, "frame")
            await self.route_message(frame)
        except websockets.ConnectionClosed:
            log.warning("ack came too late: the socket is closed", extra={"action": "ack_lost", "frame": _id(frame)})
        except MalformedFrame as malformed:
            extra = {"action": "frame_malformed", "what": malformed.what, "bytes": len(raw), "frame": _id(frame)}
            log.warning("frame cannot be read", extra=extra)
            await self._refuse(frame, AckMessage.STATUS_BAD_REQUEST, malformed.what)
        except Exception as error:
            log.error("frame failed", extra={"action": "frame_failed", "frame": _id(frame), **place(error)})
            # Before the handler ran it is the frame that is bad; handlers answer for themselves.
            await self._refuse(frame, AckMessage.STATUS_BAD_REQUEST, type(error).__name__)

    async def route_message(self, frame: dict[str, Any]) -> None:
        """Send a frame to its handler and the outcome up the same socket."""
        kind = frame.get("type")
        if kind == "SYSTEM":
            await self._system(frame)
        elif kind == "CALLBACK" and _topic(frame) not in self.callback_handler_map:
            extra = {"action": "frame_unhandled", "topic": _topic(frame), "frame": _id(frame)}
            log.warning("nobody handles this frame", extra=extra)
            await self._refuse(frame, AckMessage.STATUS_NOT_IMPLEMENT, "no handler")
        elif kind in ("CALLBACK", "EVENT"):
            await super().route_message(frame)
        else:
            raise MalformedFrame("type is none of SYSTEM, EVENT, CALLBACK")

    async def _system(self, frame: dict[str, Any]) -> None:
        if _topic(frame) == self.TAG_DISCONNECT:
            log.info("gateway says goodbye", extra={"action": "stream_disconnect"})
            self.leaving.set()
        elif _topic(frame) == "ping":
            await self._send(frame, AckMessage.STATUS_OK, "OK", frame.get("data") or "{}")

    async def _refuse(self, frame: dict[str, Any], code: int, message: str) -> None:
        if not _id(frame):
            return
        try:
            await self._send(frame, code, message, json.dumps({"response": None}))
        except websockets.ConnectionClosed:
            log.warning("ack came too late: the socket is closed", extra={"action": "ack_lost", "frame": _id(frame)})

    async def _send(self, frame: dict[str, Any], code: int, message: str, data: object) -> None:
        headers = {"messageId": _id(frame), "contentType": "application/json"}
        await self.websocket.send(json.dumps({"code": code, "headers": headers, "message": message, "data": data}))


def _ticket(content: bytes) -> dict[str, str]:
    try:
        answer = parse_object(content, "answer to open")
    except MalformedFrame as malformed:
        raise OpenFailed(malformed.what) from None
    endpoint, ticket = str(answer.get("endpoint", "")), str(answer.get("ticket", ""))
    if urlsplit(endpoint).scheme not in ("ws", "wss") or not ticket:
        raise OpenFailed("answer to open holds no websocket address or no ticket")
    return {"endpoint": endpoint, "ticket": ticket}


def _headers(frame: dict[str, Any]) -> dict[str, Any]:
    headers = frame.get("headers")
    return headers if isinstance(headers, dict) else {}


def _id(frame: dict[str, Any]) -> str:
    return str(_headers(frame).get("messageId") or "")


def _topic(frame: dict[str, Any]) -> str:
    return str(_headers(frame).get("topic") or "")
