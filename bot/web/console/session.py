"""Who sits at the console: a signed cookie, a token in every form, and the person with the scope behind both.

The cookie holds no name, only the person's id; whoever may see what is read anew with every page.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bot.web.doors import Deps
from township import directory
from township.db import Tx
from township.directory import Person
from township.errors import Mistake, Refused
from township.models import people
from township.scope import Scope

COOKIE: Final = "dinglin_console"
PATH: Final = "/console"
LASTS: Final = timedelta(hours=10)
LEFT: Final = "left"
"""Among a person's flags: the sessions that were signed out of, until they would have lapsed by themselves."""
MOST_BYTES: Final = 100_000_000
"""Of all that one page posts: what is a little too long is named, what is far too long is not read."""


@dataclass(frozen=True, slots=True)
class Session:
    """What the cookie says."""

    person_id: str
    nonce: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    """A cadre at the console, with what he or she may see at this moment."""

    person: Person
    scope: Scope
    csrf: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A form as it was posted: texts, and files as name and bytes."""

    fields: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes]]


class NeedsLogin(Exception):
    """Nobody has signed in, or not lately: the browser is sent to the login page and back to `path`."""

    def __init__(self, path: str, *, is_form: bool = False) -> None:
        super().__init__(path)
        self.path = path
        self.is_form = is_form
        """What was filled in is not kept."""


def sign(key: bytes, purpose: str, value: str) -> str:
    """Sign `value` for one purpose only."""
    return hmac.new(key, f"{purpose}\n{value}".encode(), sha256).hexdigest()


def seal(key: bytes, session: Session) -> str:
    """Write a session as cookie text."""
    body = {"person": session.person_id, "nonce": session.nonce, "until": session.until.timestamp()}
    text = urlsafe_b64encode(json.dumps(body).encode()).decode()
    return f"{text}.{sign(key, 'session', text)}"


def unseal(key: bytes, cookie: str, now: datetime) -> Session | None:
    """Read cookie text; forged or lapsed is nobody. `now` is machine time."""
    text, _, signature = cookie.rpartition(".")
    if not hmac.compare_digest(signature.encode(), sign(key, "session", text).encode()):
        return None
    body = json.loads(urlsafe_b64decode(text))
    session = Session(body["person"], body["nonce"], datetime.fromtimestamp(body["until"], UTC))
    return session if now < session.until else None


class Guard:
    """Lets cadres in, and their own forms only."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def enter(self, request: Request, response: Response, person_id: str) -> None:
        """Begin a session in this browser."""
        session = Session(person_id, token_hex(16), self._deps.clock.machine() + LASTS)
        seconds = int(LASTS.total_seconds())
        cookie = seal(self._deps.key, session)
        response.set_cookie(
            COOKIE, cookie, seconds, path=PATH, httponly=True, samesite="lax", secure=request.url.scheme == "https"
        )

    async def leave(self, request: Request, response: Response) -> None:
        """End the session of this browser: the cookie goes, and a copy of it opens nothing."""
        now = self._deps.clock.machine()
        session = unseal(self._deps.key, request.cookies.get(COOKIE, ""), now)
        if session is not None:
            await self._deps.db.write(lambda tx: _end(tx, session, now))
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")

    async def visitor(self, request: Request) -> Visitor:
        """Say who asks; nobody is NeedsLogin, somebody who is no cadre is Refused."""
        session = unseal(self._deps.key, request.cookies.get(COOKIE, ""), self._deps.clock.machine())
        if session is None:
            raise NeedsLogin(_page_of(request), is_form=request.method == "POST")
        now = self._deps.clock.now()

        def look(tx: Tx) -> tuple[Person, Scope] | None:
            found = None if _is_over(tx, session) else directory.person(tx, session.person_id)
            return (found, directory.scope_of(tx, found, now)) if found else None

        seen = await self._deps.db.read(look)
        if seen is None:
            raise NeedsLogin(PATH)
        person, scope = seen
        if not person.is_cadre:
            raise Refused("not_a_cadre")
        return Visitor(person, scope, sign(self._deps.key, "form", session.nonce))

    async def form(self, request: Request, *, file_bytes: int = 0) -> tuple[Visitor, Posted]:
        """Read a form that one of our own pages posted; a form from elsewhere is Refused.

        Of a file one byte more than `file_bytes` is read, so that whoever asked sees that it is too long.
        """
        visitor = await self.visitor(request)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            raise Mistake("posted_too_much", most=MOST_BYTES // 1_000_000)
        async with request.form() as form:
            token = str(form.get("csrf", ""))
            if not hmac.compare_digest(token.encode(), visitor.csrf.encode()) or not _is_own(request):
                raise Refused("foreign_form")
            fields = {key: value for key, value in form.items() if isinstance(value, str)}
            files = {
                key: (value.filename or "", await value.read(file_bytes + 1))
                for key, value in form.items()
                if isinstance(value, UploadFile)
            }
        return visitor, Posted(fields, files)


def _is_over(tx: Tx, session: Session) -> bool:
    return session.nonce in _flags(tx, session).get(LEFT, {})


def _end(tx: Tx, session: Session, now: datetime) -> None:
    """Write down that a session is over; those that would have lapsed by now are forgotten."""
    flags = _flags(tx, session)
    kept = {nonce: until for nonce, until in flags.get(LEFT, {}).items() if until > now.timestamp()}
    left = {**kept, session.nonce: session.until.timestamp()}
    tx.execute(sa.update(people).where(people.c.id == session.person_id).values(flags={**flags, LEFT: left}))


def _flags(tx: Tx, session: Session) -> dict[str, Any]:
    return dict(tx.execute(sa.select(people.c.flags).where(people.c.id == session.person_id)).scalar() or {})


def _page_of(request: Request) -> str:
    """Name the page to come back to: the one asked for, or the one of ours whose form was sent."""
    asked = request.url if request.method == "GET" else urlsplit(request.headers.get("referer", ""))
    if request.method != "GET" and asked.netloc != request.headers.get("host"):
        return PATH
    return f"{asked.path}?{asked.query}" if asked.query else asked.path


def _is_own(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
