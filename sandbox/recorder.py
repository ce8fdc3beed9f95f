"""What went over the wire, kept while somebody wants to see it: each call with its answer, each frame, each ack.

Off unless asked for; it holds the newest entries only.
"""

from collections import deque

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.encoding import Json, as_object

MOST = 5000
CONTROL = "/_sandbox"


class Recorder:
    """The newest exchanges. `keep` says how many; 0 keeps nothing."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque(maxlen=0)

    @property
    def is_on(self) -> bool:
        """Say whether anything is kept."""
        return bool(self._entries.maxlen)

    def keep(self, count: int) -> None:
        """Keep so many entries from now on, and forget what was kept."""
        self._entries = deque(maxlen=min(max(count, 0), MOST))

    def note(self, entry: Json) -> None:
        """Keep an entry."""
        self._entries.append(entry)

    def entries(self) -> list[Json]:
        """List what is kept, oldest first."""
        return list(self._entries)

    def frame(self, way: str, text: str | bytes) -> None:
        """Keep a frame that went `down` to the bot, or what came `up`."""
        if self.is_on:
            self.note({way: as_object(text) or str(text)})


class Recording:
    """Around the app: keeps its calls, but for those of the control API and the pages."""

    def __init__(self, app: ASGIApp, recorder: Recorder) -> None:
        self._app = app
        self._recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._recorder.is_on or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        asked, answered = bytearray(), bytearray()
        status = 0

        async def hear() -> Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def say(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            answered.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, hear, say)
        request = Request(scope)
        call: Json = {"method": request.method, "path": request.url.path, "query": dict(request.query_params)}
        sent: Json = {"request": _read(bytes(asked)), "status": status, "answer": _read(bytes(answered))}
        self._recorder.note(call | sent)


def _read(body: bytes) -> object:
    """Return JSON as it is, and of anything else its length only: files are nobody's business here."""
    return (as_object(body) if body.strip() else None) or {"bytes": len(body)}
