"""What can go wrong with a call to DingTalk, and how to read it from an answer. Pure.

The names say what the caller may do: wait (Throttled), take another road (WebhookExpired, Unsafe, QuotaExhausted),
send again without fear (NotSent), ask a person or a key (Unknown), or give up (Rejected).
"""

import json
from collections.abc import Mapping

Answer = Mapping[str, object]


class ChannelFault(Exception):
    """A call that did not do what was asked; `code` is DingTalk's own."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class Throttled(ChannelFault):
    """Too fast: nothing was done, try again after `retry_after` seconds."""

    def __init__(self, code: str, message: str = "", *, retry_after: float = 1.0) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after


class QuotaExhausted(ChannelFault):
    """The month's pool is empty: nothing was done, and nothing will be until the first of the month."""


class WebhookExpired(ChannelFault):
    """The sessionWebhook is dead: send the same words through the OpenAPI."""


class Unsafe(ChannelFault):
    """Content moderation refused the words: nothing was shown, send the plain text instead."""


class TokenExpired(ChannelFault):
    """The access token is not accepted: fetch another and repeat once."""


class Denied(ChannelFault):
    """The robot or its key lacks a right; `scopes` are the permissions to apply for."""

    def __init__(self, code: str, message: str = "", *, scopes: tuple[str, ...] = ()) -> None:
        super().__init__(code, message)
        self.scopes = scopes


class Rejected(ChannelFault):
    """DingTalk understood and refused: the same call will fail again."""


class NotSent(ChannelFault):
    """The request surely never reached DingTalk: it may be repeated."""


class Unknown(ChannelFault):
    """The effect may have happened: repeat only what a key protects."""


class TooBig(ChannelFault):
    """A file is larger than the limit of this channel."""


BANNED_SECONDS = 300.0
"""10,000 calls in 20 s from one address are answered for five minutes with {"status": 1111}, or with a page."""
PAGE_SECONDS = 10.0
"""A page alone may also come of a proxy on the way: tried again sooner, and ever more seldom."""

_TOKEN_CODES = frozenset({"InvalidAuthentication", "40014", "42001", "40001", "88"})
_QUOTA_CODES = frozenset({"90020", "ding.serverquota.insufficient"})
_BUSY_CODES = frozenset(
    {"-1", "system.busy", "400001", "todo.taskCreate.lockError", "todo.taskCreate.flowControlError"}
)
_WAITS = {"QpsLimit": 1.0, "QpmLimit": 60.0, "toomuch.msg": 60.0, "90018": 1.0, "90002": 1.0, "410100": 600.0}
_UNSAFE_MARKS = ("contentUnsafe", "contain.notAllowed", "contain.unsafe")
_CREDENTIAL_CODES = frozenset({"invalidClientIdOrSecret", "authFailed"})


def parse(content: bytes, status: int) -> Answer:
    """Return the JSON object of an answer. A page or a ban instead of JSON raises Throttled or Unknown."""
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if isinstance(answer, Mapping):
        if answer.get("status") == 1111:
            raise Throttled("banned", f"HTTP {status}", retry_after=BANNED_SECONDS)
        return answer
    if status >= 500:
        raise Unknown(f"http.{status}", "not JSON")
    raise Throttled("not.json", f"HTTP {status}", retry_after=PAGE_SECONDS)


def check(answer: Answer, status: int) -> Answer:
    """Return an answer that says yes, or raise the fault it names (new style by status, old style by errcode)."""
    code = str(answer.get("errcode") or "0")
    if status < 400 and code == "0":
        return answer
    if code == "0":
        code = str(answer.get("code") or f"http.{status}")
    raise _fault(code, str(answer.get("message") or answer.get("errmsg") or ""), answer, status)


def _fault(code: str, message: str, answer: Answer, status: int) -> ChannelFault:
    if code in _TOKEN_CODES:
        return TokenExpired(code, message)
    if code == "300001":
        return WebhookExpired(code, message)
    if code in _QUOTA_CODES or "ApiCountLimit" in code:
        return QuotaExhausted(code, message)
    for mark, seconds in _WAITS.items():
        if mark in code:
            return Throttled(code, message, retry_after=seconds)
    if code in _BUSY_CODES:
        return Throttled(code, message)
    if code == "310000" or any(mark in code for mark in _UNSAFE_MARKS):
        return Unsafe(code, message)
    if code.startswith("Forbidden") or code in _CREDENTIAL_CODES or status in (401, 403):
        return Denied(code, message, scopes=_scopes(answer))
    return Unknown(code, message) if status >= 500 else Rejected(code, message)


def _scopes(answer: Answer) -> tuple[str, ...]:
    detail = answer.get("accessdenieddetail")
    scopes = detail.get("requiredScopes") if isinstance(detail, Mapping) else None
    return tuple(map(str, scopes)) if isinstance(scopes, list) else ()
