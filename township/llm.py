"""The one door to a chat model: any endpoint that speaks OpenAI's chat call, as a chat model of LangChain.

Over httpx, which is loaded anyhow: 19 MB and 0.8 s, where langchain-openai takes 52 MB and 2.4 s for the same calls
(ADR 0027). Any other chat model of LangChain may stand in its place. Imported only where a model is set.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, convert_to_openai_messages
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import ConfigDict, PrivateAttr, SecretStr

from township.errors import Mistake

MOST_TOKENS = 700
"""Tokens that an answer may take: some sentences, not an essay."""
MOST_CHARACTERS = 8000
"""Characters after which an answer is babble and is not read any further."""
DONE = "[DONE]"
NOT_UNDERSTOOD = frozenset({400, 404, 415, 422, 501})
"""What endpoints answer that do not know a shape for their output: they are asked again without one."""


class ModelFailed(Exception):
    """A model did not answer, or not to its end."""


class EndpointChat(BaseChatModel):
    """A chat model behind `url` (…/v1), read as a stream: what stops in the middle is told from what is complete."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    url: str
    model: str
    key: SecretStr = SecretStr("")
    seconds: float = 180.0
    """How long it may be silent between two pieces of its answer."""
    _client: httpx.AsyncClient | None = PrivateAttr(default=None)
    _shapeless: bool = PrivateAttr(default=False)

    @property
    def _llm_type(self) -> str:
        return "openai-compatible"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return asyncio.run(self._once(messages, kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        if self._client is None:
            self._client = self._opened()
        return _result(await self._said(self._client, messages, kwargs))

    async def aclose(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _once(self, messages: Sequence[BaseMessage], kwargs: dict[str, Any]) -> ChatResult:
        async with self._opened() as client:
            return _result(await self._said(client, messages, kwargs))

    def _opened(self) -> httpx.AsyncClient:
        key = self.key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.AsyncClient(timeout=httpx.Timeout(self.seconds, connect=5.0), headers=headers)

    async def _said(self, client: httpx.AsyncClient, messages: Sequence[BaseMessage], kwargs: dict[str, Any]) -> str:
        shape = None if self._shapeless else kwargs.get("response_format")
        body = {"model": self.model, "messages": convert_to_openai_messages(list(messages)), "temperature": 0}
        body |= {"max_tokens": MOST_TOKENS, "stream": True}
        try:
            return await self._streamed(client, body | ({"response_format": shape} if shape else {}))
        except httpx.HTTPStatusError as error:
            if shape is None or error.response.status_code not in NOT_UNDERSTOOD:
                raise
        said = await self._streamed(client, body)
        self._shapeless = True
        return said

    async def _streamed(self, client: httpx.AsyncClient, body: dict[str, Any]) -> str:
        async with client.stream("POST", f"{self.url.rstrip('/')}/chat/completions", json=body) as answer:
            answer.raise_for_status()
            if "event-stream" not in answer.headers.get("content-type", ""):
                return _whole(await answer.aread())
            said = ""
            async for piece in _pieces(answer):
                said += piece
                if len(said) > MOST_CHARACTERS:
                    raise ModelFailed("babble")
            return said


def open_chat(setting: str, key: str = "") -> EndpointChat:
    """Make the chat model that a setting names: `https://host/v1#model`."""
    url, _, model = setting.partition("#")
    if urlsplit(url).scheme not in {"http", "https"} or not model:
        raise Mistake("chat_setting", value=setting)
    return EndpointChat(url=url, model=model, key=SecretStr(key))


async def _pieces(answer: httpx.Response) -> AsyncIterator[str]:
    """Read what is said piece by piece; a stream that ends before it says so is a ModelFailed."""
    finished = False
    async for line in answer.aiter_lines():
        data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
        if data == DONE:
            return
        if not data:
            continue
        for choice in _object(data).get("choices", ())[:1]:
            finished = finished or bool(choice.get("finish_reason"))
            yield str((choice.get("delta") or {}).get("content") or "")
    if not finished:
        raise ModelFailed("cut")


def _whole(content: bytes) -> str:
    """Read an answer that came in one piece."""
    choices = _object(content.decode("utf-8", "replace")).get("choices") or [{}]
    said = (choices[0].get("message") or {}).get("content")
    if not isinstance(said, str):
        raise ModelFailed("nothing said")
    return said


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ModelFailed("no JSON") from error
    if not isinstance(found, dict):
        raise ModelFailed("no object")
    return found


def _result(said: str) -> ChatResult:
    return ChatResult(generations=[ChatGeneration(message=AIMessage(content=said))])
