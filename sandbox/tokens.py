"""App tokens, user tokens, login codes and webhook sessions: who may call, and for how long."""

import hmac
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from secrets import token_bytes, token_hex
from typing import TypeVar

from sandbox.clocks import MachineTime, Windows

MAX_CODES = 10_000

K = TypeVar("K")


class CodeKind(StrEnum):
    """The two codes that name a person; what takes the one refuses the other."""

    web = "web"
    """Out of the login page in a browser, for userAccessToken."""
    inside = "inside"
    """Out of `dd.requestAuthCode` in a page inside the app, for getuserinfo."""


@dataclass(frozen=True, slots=True)
class Session:
    """Where a sessionWebhook leads: the account it answers, and the group when the message came from one."""

    account: str
    group: str | None
    is_alive: bool


class Tokens:
    """One app with its credentials, and everything handed out to it."""

    def __init__(self, machine: MachineTime, windows: Windows, client_id: str, client_secret: str) -> None:
        self._machine = machine
        self._windows = windows
        self._client_id = client_id
        self._client_secret = client_secret
        self._secret = token_bytes(16)
        self._app: tuple[str, float] | None = None
        self._users: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._codes: OrderedDict[tuple[CodeKind, str], tuple[str, float]] = OrderedDict()

    def knows(self, client_id: object, client_secret: object) -> bool:
        """Say whether these are the app's credentials."""
        return (client_id, client_secret) == (self._client_id, self._client_secret)

    def is_client(self, client_id: str) -> bool:
        """Say whether this names the app."""
        return client_id == self._client_id

    def app_token(self) -> str:
        """Return the app's token with renewed life; the same one while it lives."""
        now = self._machine.now()
        token = self._app[0] if self._app and self._app[1] > now else token_hex(16)
        self._app = (token, now + self._windows.token)
        return token

    def is_app_token(self, token: str) -> bool:
        """Say whether a token is the app's and alive."""
        return self._app is not None and token == self._app[0] and self._machine.now() < self._app[1]

    def expire_app_token(self) -> None:
        """End the app's token before its time."""
        self._app = None

    def login_code(self, account: str, kind: CodeKind) -> str:
        """Give out a code that names an account once, within its window."""
        code = token_hex(16)
        _remember(self._codes, (kind, code), (account, self._machine.now() + self._windows.auth_code))
        return code

    def redeem(self, code: str, kind: CodeKind) -> str | None:
        """Return the account behind a login code and use the code up; a code of the other kind names nobody."""
        account, until = self._codes.pop((kind, code), ("", 0.0))
        return account if self._machine.now() < until else None

    def user_token(self, account: str) -> str:
        """Give out a token that speaks for an account."""
        token = token_hex(16)
        _remember(self._users, token, (account, self._machine.now() + self._windows.token))
        return token

    def user_of(self, token: str) -> str | None:
        """Return the account a user token speaks for."""
        account, until = self._users.get(token, ("", 0.0))
        return account if self._machine.now() < until else None

    def session(self, account: str, group: str | None, since_ms: int) -> tuple[str, int]:
        """Return the webhook session of a message and when it dies, both moments in milliseconds.

        The session carries its own meaning and a signature, so nothing is kept for it.
        """
        until = since_ms + int(self._windows.session * 1000)
        meaning = f"{account}.{group or ''}.{until:x}"
        return f"{meaning}.{self._sign(meaning)}", until

    def read_session(self, text: str) -> Session | None:
        """Return where a session leads, None when it was never given out."""
        meaning, _, signature = text.rpartition(".")
        parts = meaning.split(".")
        if len(parts) != 3 or not hmac.compare_digest(self._sign(meaning), signature):
            return None
        return Session(parts[0], parts[1] or None, self._machine.now() * 1000 < int(parts[2], 16))

    def _sign(self, meaning: str) -> str:
        return blake2b(meaning.encode(), key=self._secret, digest_size=8).hexdigest()


def _remember(shelf: OrderedDict[K, tuple[str, float]], key: K, held: tuple[str, float]) -> None:
    shelf[key] = held
    while len(shelf) > MAX_CODES:
        shelf.popitem(last=False)
