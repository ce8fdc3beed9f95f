"""One account's way over HTTP: tokens, rate limits, size caps, and every failure sorted into a fault.

Which calls exist is in `client.py` and `directory.py`; how answers are read is in `faults.py`. Why aiohttp: ADR 0004.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiolimiter import AsyncLimiter

from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.faults import (
    Answer,
    NotSent,
    QuotaExhausted,
    Rejected,
    Throttled,
    TokenExpired,
    TooBig,
    Unknown,
    check,
    parse,
)  # fmt: skip
from bot.dingtalk.tokens import Grant, Tokens

CALLS_PER_SECOND = 18.0
"""The standard edition allows 20 calls a second per app and API; with a burst of two this stays below."""
_BURST = 2
_AT_ONCE = 100
_IDLE_SECONDS = 4.0
"""Shorter than any server keeps a quiet connection: a POST that meets a closing one has an unknown outcome."""
_TOKEN_HEADER = "x-acs-dingtalk-access-token"
_NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
_NO_ANSWER = (aiohttp.ClientError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Credential:
    """Who an account is to DingTalk. Printing it does not show the secret."""

    account_id: str
    client_id: str
    client_secret: str
    robot_code: str = ""

    @property
    def robot(self) -> str:
        """The robot's code, which for an internal app is the client id."""
        return self.robot_code or self.client_id

    def __repr__(self) -> str:
        return f"Credential({self.account_id!r})"


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file fetched whole, with the hash of its content."""

    content: bytes
    content_type: str
    sha256: str


class Transport:
    """Sends requests of one account. Each account has its own, because limits and tokens are per app."""

    def __init__(
        self,
        credential: Credential,
        endpoints: Endpoints,
        *,
        calls_per_second: float = CALLS_PER_SECOND,
        timeout_seconds: float = 10.0,
        on_empty: Callable[[], None] = lambda: None,
        on_call: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_empty`: is told whenever the platform says that a month's pool is empty.

        `on_call`: is told when a request has its connection and is about to be written, in the caller's context.
        """
        self.credential = credential
        self.endpoints = endpoints
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=3.0, sock_read=timeout_seconds)
        self._on_empty = on_empty
        self._on_call = on_call
        self._session: aiohttp.ClientSession | None = None
        self._tokens = Tokens(self._fetch_token)
        self._limits: defaultdict[str, AsyncLimiter] = defaultdict(
            lambda: AsyncLimiter(_BURST, _BURST / calls_per_second)
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def api(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, limit: str = "") -> Answer:
        """Call the new OpenAPI. `limit` names the rate bucket where the path holds an id."""
        url = self.endpoints.api + path

        async def once(token: str) -> Answer:
            return await self._ask(method, url, json=body, headers={_TOKEN_HEADER: token})

        return await self._with_token(once, limit or path)

    async def unsigned(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, user_token: str = ""
    ) -> Answer:
        """Call the new OpenAPI without the token of the app: while a person signs in, with that person's own."""
        headers = {_TOKEN_HEADER: user_token} if user_token else {}
        return await self._ask(method, self.endpoints.api + path, json=body, headers=headers)

    async def legacy(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Call `topapi`, whose token travels in the query."""

        async def once(token: str) -> Answer:
            return await self._ask("POST", self.endpoints.oapi + path, params={"access_token": token}, json=body)

        return await self._with_token(once, path)

    async def upload(self, name: str, content: bytes, kind: str) -> Answer:
        """Post a file to the store of the platform."""

        async def once(token: str) -> Answer:
            form = aiohttp.FormData()
            form.add_field("media", content, filename=name, content_type="application/octet-stream")
            query = {"access_token": token, "type": kind}
            return await self._ask("POST", f"{self.endpoints.oapi}/media/upload", params=query, data=form)

        return await self._with_token(once, "/media/upload")

    async def reply(self, webhook: str, body: Mapping[str, Any]) -> Answer:
        """Post to a sessionWebhook: no token, no rate limit of ours, but only to DingTalk's own hosts."""
        if not self.endpoints.may_reply_to(webhook):
            raise Rejected("webhook.host", "not an address of DingTalk")
        return await self._ask("POST", webhook, json=body)

    async def fetch(self, url: str, *, most_bytes: int) -> Downloaded:
        """Download a file, giving up as soon as it proves larger than `most_bytes`."""
        if not self.endpoints.may_download(url):
            raise Rejected("download.host", "not an address where DingTalk keeps files")
        content = bytearray()
        try:
            async with self._http.get(url, allow_redirects=False) as response:
                if response.status != 200:
                    raise Rejected(f"http.{response.status}", "the file is not there any more")
                async for piece in response.content.iter_chunked(64 * 1024):
                    content += piece
                    if max(len(content), response.content_length or 0) > most_bytes:
                        raise TooBig("file.too_big", f"more than {most_bytes} bytes")
        except _NO_ANSWER as error:
            raise NotSent("download.broken", type(error).__name__) from error
        whole = bytes(content)
        return Downloaded(whole, response.content_type, hashlib.sha256(whole).hexdigest())

    async def _with_token(self, once: Any, limit: str) -> Answer:
        for _ in range(2):
            token = await self._token()
            async with self._limits[limit]:
                try:
                    answer: Answer = await once(token)
                except TokenExpired as expired:
                    self._tokens.forget(token)
                    refused = expired
                else:
                    return answer
        # Soon again, with growing waits: a wrong secret is refused where tokens are given out.
        raise Throttled(refused.code, "a fresh token is refused as well")

    async def _token(self) -> str:
        try:
            return await self._tokens.get()
        except Unknown as error:
            # Whatever happened to the token, the call that needed it has not left.
            raise NotSent(error.code, "no token") from error

    async def _fetch_token(self) -> Grant:
        body = {"appKey": self.credential.client_id, "appSecret": self.credential.client_secret}
        answer = await self._ask("POST", f"{self.endpoints.api}/v1.0/oauth2/accessToken", json=body)
        return Grant(str(answer["accessToken"]), float(str(answer.get("expireIn", 7200))))

    async def _ask(self, method: str, url: str, **sent: Any) -> Answer:
        try:
            async with self._http.request(method, url, allow_redirects=False, **sent) as response:
                content = await response.read()
        except _NEVER_LEFT as error:
            raise NotSent("not.sent", type(error).__name__) from error
        except _NO_ANSWER as error:
            raise Unknown("no.answer", type(error).__name__) from error
        try:
            return check(parse(content, response.status), response.status)
        except QuotaExhausted:
            self._on_empty()
            raise

    @property
    def _http(self) -> aiohttp.ClientSession:
        """The session, made when first needed because it belongs to the loop that runs then."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_AT_ONCE, keepalive_timeout=_IDLE_SECONDS),
                timeout=self._timeout,
                headers={"Accept": "application/json"},
                trust_env=not self.endpoints.on_loopback,
                trace_configs=[self._traces()],
            )
        return self._session

    def _traces(self) -> aiohttp.TraceConfig:
        async def connected(*_: object) -> None:
            self._on_call()

        traces = aiohttp.TraceConfig()
        traces.on_connection_create_end.append(connected)
        traces.on_connection_reuseconn.append(connected)
        return traces
