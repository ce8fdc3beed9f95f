"""What a chat model proposes where no rule is sure: the same commands as structured output, held to what was said.

Where a proposal stands in the place of what the rules took is said in reconciling.py. A model never decides,
approves, closes, seals, publishes or complains: those commands are not offered to it, and what it makes up (a service,
a kind, words that nobody said) is dropped. An answer is one that the open question can hold, a correction one of what
was filed a moment ago. Without a model the rules and likeness stand alone.
"""

import asyncio
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML

from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning import pieces, unread
from bot.dialogue.meaning.commands import (
    Ask,
    Chitchat,
    Command,
    Correct,
    FillField,
    Handoff,
    StartSkill,
    Status,
    Unknown,
)
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.services import Services
from township import privacy

log = logging.getLogger(__name__)

Invoke = Callable[..., Awaitable[Any]]
"""`ainvoke` of any chat model of LangChain."""
MOST = 3
REST = 20.0
"""Seconds after a failure in which nobody waits for the model again."""
EXAMPLES = 4
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


class Do(StrEnum):
    """What a model may propose."""

    START = "start"
    ASK = "ask"
    STATUS = "status"
    PERSON = "person"
    TALK = "talk"
    FILL = "fill"
    CORRECT = "correct"
    UNKNOWN = "unknown"


class Proposal(BaseModel):
    """One command as a model writes it."""

    model_config = ConfigDict(extra="forbid")
    do: Do
    text: str = Field(max_length=2000)
    service: str = ""
    kind: str = ""
    """Of a report its kind, of an answer its option."""
    old: str = Field(default="", max_length=200)
    new: str = Field(default="", max_length=200)


class Proposals(BaseModel):
    """All that a model says."""

    model_config = ConfigDict(extra="forbid")
    commands: list[Proposal] = Field(min_length=1, max_length=MOST)


class Proposer:
    """Asks a model; whatever goes wrong, the rules stand."""

    def __init__(self, invoke: Invoke, seconds: float) -> None:
        """`seconds`: how long a turn waits for it."""
        self._invoke, self._seconds, self._rests_until = invoke, seconds, 0.0

    async def propose(self, text: str, context: Context, services: Services) -> Sequence[Command]:
        """Propose commands for a whole message; empty where the model failed or nothing of it holds."""
        if time.monotonic() < self._rests_until:
            return []
        shown, hidden = privacy.hide(text)
        messages = [("system", instructions(services, context)), ("human", shown)]
        try:
            made = await asyncio.wait_for(self._invoke(messages, response_format=shape()), self._seconds)
        except Exception as error:  # any chat model of LangChain: each has errors of its own
            log.warning("a chat model failed", extra={"action": "chat_model_failed", "error": type(error).__name__})
            self._rests_until = time.monotonic() + REST
            return []
        return checked(privacy.restore(str(made.content), hidden), text, context, services)


def instructions(services: Services, context: Context) -> str:
    """Tell a model what it may propose: the services of the town with examples and kinds, and what waits for a word."""
    told = _texts()
    lines = []
    for skill in services.words:
        kinds = [f"{key}={words[0]}" for key, words in services.manifests[skill.name].words().items()]
        said = told["kinds"].format(kinds=" ".join(kinds)) if kinds else ""
        examples = "、".join(skill.examples[:EXAMPLES])
        lines.append(told["service"].format(id=skill.name, name=skill.title, examples=examples, kinds=said))
    return told["system"].format(services="\n  ".join(lines)) + _waiting(context, told)


def _waiting(context: Context, told: Mapping[str, str]) -> str:
    """Tell what was asked, with its options, or that something filed may be put right."""
    spec = unread.asked_of(context)
    if spec is None:
        return told["correct"] if context.just_opened else ""
    options = " ".join(f"{key}={one.name}" for key, one in spec.options.items())
    return told["fill"].format(name=spec.name, options=told["options"].format(options=options) if options else "")


def shape() -> dict[str, Any]:
    """Describe the answer to endpoints that know how to keep to a shape."""
    return {"type": "json_schema", "json_schema": {"name": "commands", "schema": Proposals.model_json_schema()}}


def checked(said: str, text: str, context: Context, services: Services) -> list[Command]:
    """Hold what a model said against what was said to it, and make commands of what holds."""
    found = _OBJECT.search(said)
    try:
        proposals = Proposals.model_validate(json.loads(found[0])) if found else None
    except (ValueError, ValidationError):
        proposals = None
    if proposals is None:
        log.warning("a model proposed nothing that can be read", extra={"action": "proposal_unread"})
        return []
    commands = [_command(one, text, context, services) for one in proposals.commands]
    return [one for one in commands if one is not None]


def _command(one: Proposal, text: str, context: Context, services: Services) -> Command | None:
    """Make a command of a proposal; None where it names what is not there, or words that nobody said."""
    own = plain(one.text)
    if not own or own not in plain(text):
        return None
    match one.do:
        case Do.START:
            return _started(one, context, services)
        case Do.ASK:
            return Ask(one.text)
        case Do.STATUS:
            return Status(one.text)
        case Do.PERSON:
            return Handoff(one.text)
        case Do.TALK:
            return Chitchat(one.text)
        case Do.FILL:
            return _filled(one, context)
        case Do.CORRECT:
            return _corrected(one, text, context)
        case Do.UNKNOWN:
            return Unknown(one.text)


def _filled(one: Proposal, context: Context) -> Command | None:
    """Take an answer that the open question can hold: words that can be read, or one of its options."""
    spec = unread.asked_of(context)
    if spec is None:
        return None
    words = spec.options[one.kind].name if one.kind in spec.options else one.text
    return FillField(context.asked_field, words) if unread.holds(spec, words, context) else None


def _corrected(one: Proposal, text: str, context: Context) -> Command | None:
    """Take a correction of what was filed a moment ago; both its sides are words that were said."""
    old, new, said = plain(one.old), plain(one.new), plain(text)
    if not context.just_opened or not new or new not in said or old not in said or old == new:
        return None
    return Correct(one.old.strip(), one.new.strip())


def _started(one: Proposal, context: Context, services: Services) -> Command | None:
    if one.service not in {skill.name for skill in services.words}:
        return None
    command = pieces.begun(one.service, one.text, context)
    if isinstance(command, StartSkill) and one.kind in services.manifests[one.service].words():
        return StartSkill(command.skill, command.text, {**command.fields, "kind": one.kind}, urgent=command.urgent)
    return command


@cache
def _texts() -> dict[str, str]:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return {name: str(text) for name, text in loaded.items()}
