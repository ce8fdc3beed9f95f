"""A scripted chat model behind a real socket on loopback: it speaks OpenAI's chat call, and behaves as it is told.

Good, or as models do: inventing a number, adding what is nowhere, turning a no into a yes, obeying whatever it reads,
babbling, being slow, failing, breaking off. For tests and for `dinglin eval answers --model scripted`.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from knowledge.numbers.figures import figures, normal
from knowledge.structure.patterns import pattern

CLAUSE = re.compile(r"^\[(?P<number>\d+)\]《(?P<title>[^》]*)》(?P<label>[^：]*)：(?P<text>.*)$", re.MULTILINE)
NO = re.compile("不|没有|无")
NEAR = 4
"""Pairs of characters that a second clause must share with the question to be spoken of."""
CHUNK = 12
"""Characters of a piece of the stream."""


class Mode(StrEnum):
    """How it behaves."""

    good = "good"
    plain = "plain"
    """Good, in one piece instead of a stream."""
    shapeless = "shapeless"
    """Good, but refuses a shape for its output."""
    number = "number"
    unsupported = "unsupported"
    flipped = "flipped"
    unnamed = "unnamed"
    """Says something true and names no clause for it."""
    titled = "titled"
    """Good, but writes a title where the number of a clause belongs, as small models do."""
    obeys = "obeys"
    babble = "babble"
    malformed = "malformed"
    slow = "slow"
    """Good, once it is released."""
    error = "error"
    cut = "cut"


FAULTY = (
    Mode.number,
    Mode.unsupported,
    Mode.flipped,
    Mode.unnamed,
    Mode.obeys,
    Mode.babble,
    Mode.malformed,
    Mode.error,
    Mode.cut,
)


class ScriptedModel:
    """The model and what it was asked."""

    def __init__(self, modes: Sequence[Mode] = (Mode.good,), answers: Mapping[str, str] | None = None) -> None:
        """`modes`: one for each call in turn, again from the first. `answers`: what it says to these very words."""
        self.modes = list(modes)
        self.answers = dict(answers or {})
        self.asked: list[dict[str, Any]] = []
        self.url = ""
        self.released = asyncio.Event()
        self.waiting = asyncio.Event()
        """A slow call has come in."""
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def setting(self) -> str:
        """What DINGLIN_CHAT is to be."""
        return f"{self.url}#scripted"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["ScriptedModel"]:
        """Listen on a free port of loopback."""
        server = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        try:
            yield self
        finally:
            self.released.set()
            server.close()
            await asyncio.gather(*self._serving, return_exceptions=True)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int((re.search(rb"(?i)content-length: (\d+)", head) or [b"", b"0"])[1])
            body = json.loads(await reader.readexactly(length))
            mode = self.modes[len(self.asked) % len(self.modes)]
            self.asked.append(body)
            await self._answer(writer, body, mode)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # who asked has gone away
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, body: dict[str, Any], mode: Mode) -> None:
        if mode is Mode.slow:
            self.waiting.set()
            await self.released.wait()
        if mode is Mode.error or (mode is Mode.shapeless and "response_format" in body):
            status = "500 Internal Server Error" if mode is Mode.error else "400 Bad Request"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            return
        prompt = body["messages"][-1]["content"]
        content = self.answers.get(prompt) or said(prompt, mode)
        if mode is Mode.plain:
            whole = json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()
            writer.write(_head("application/json", len(whole)) + whole)
        else:
            writer.write(_head("text/event-stream"))
            for event in _events(content, cut=mode is Mode.cut):
                writer.write(f"data: {event}\n\n".encode())
        await writer.drain()


def said(prompt: str, mode: Mode) -> str:
    """Say what a model of this kind would say to a prompt of `knowledge/wording/composing.py`."""
    question = prompt.split("\n")[0]
    clauses = [match.groupdict() for match in CLAUSE.finditer(prompt)]
    texts = _texts()
    if mode is Mode.babble:
        return str(texts["babble"]) * 2000
    if mode is Mode.malformed:
        return str(texts["malformed"])
    if mode is Mode.obeys:
        return _output([(str(texts["obeys"]), ["1"])])
    true = _best(question, clauses)
    sentences = [(_plainer(text), [number]) for text, number in true]
    match mode:
        case Mode.number:
            sentences = [(_other_number(text), named) for text, named in sentences]
        case Mode.unsupported:
            sentences.append((str(texts["unsupported"]), [clauses[0]["number"]] if clauses else []))
        case Mode.flipped:
            sentences = [
                (NO.sub("", text, count=1) if NO.search(text) else f"不{text}", named) for text, named in sentences
            ]
        case Mode.unnamed:
            sentences = [(text, []) for text, _ in sentences]
        case Mode.titled:
            titles = {clause["number"]: clause["title"] for clause in clauses}
            sentences = [(text, [titles[number]]) for text, (number,) in sentences]
        case _:
            return f"{texts['preamble']}\n```json\n{_output(sentences)}\n```"
    return _output(sentences)


def _best(question: str, clauses: Sequence[dict[str, str]]) -> list[tuple[str, str]]:
    """Choose of the first clause, and of a second that is as near, the sentence that shares most with the question."""
    asked = {question[at : at + 2] for at in range(len(question) - 1)}
    chosen: list[tuple[str, str]] = []
    for place, clause in enumerate(clauses[:2]):
        sentences = [each.strip() for each in pattern("sentence").findall(clause["text"]) if len(each.strip()) > 4]
        shared = [len(asked & {one[at : at + 2] for at in range(len(one) - 1)}) for one in sentences]
        if sentences and (not place or max(shared) >= NEAR):
            chosen.append((sentences[shared.index(max(shared))], clause["number"]))
    return chosen


def _plainer(text: str) -> str:
    for official, spoken in _texts()["plainer"].items():
        text = text.replace(official, spoken)
    return text.rstrip("。；")


def _other_number(text: str) -> str:
    """Change the first number of a sentence; one without a number gets one."""
    plain = normal(text)
    found = figures(plain)
    if not found:
        return f"{plain},300{_texts()['yuan']}"
    first = found[0]
    return f"{plain[: first.start]}7{first.value}{first.unit}{plain[first.end :]}"


def _output(sentences: Sequence[tuple[str, Sequence[str]]]) -> str:
    made = [{"text": text, "clauses": list(named)} for text, named in sentences]
    return json.dumps({"sentences": made}, ensure_ascii=False)


def _head(kind: str, length: int | None = None) -> bytes:
    size = f"Content-Length: {length}\r\n" if length is not None else ""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{size}Connection: close\r\n\r\n".encode()


def _events(content: str, *, cut: bool) -> list[str]:
    pieces = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)]
    events = [json.dumps({"choices": [{"delta": {"content": piece}}]}, ensure_ascii=False) for piece in pieces]
    if cut:
        return events[: len(events) // 2]
    return [*events, json.dumps({"choices": [{"delta": {}, "finish_reason": "stop"}]}), "[DONE]"]


@cache
def _texts() -> dict[str, Any]:
    path = Path(__file__).with_name("scripted.yaml")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    return loaded
