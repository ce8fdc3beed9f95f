"""What a villager means, of one sentence without any talk before it: right command, and right kind of a report.

`evals/datasets/talk.jsonl` holds sentences of an author who saw neither rules nor sayings; nothing is learned from it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from bot.dialogue.hearing.emergency import recognise
from bot.dialogue.meaning.commands import Chitchat, Command, Feedback, Menu, Remark, StartSkill
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.pieces import LONELY
from bot.dialogue.meaning.sayings import Ear
from bot.dialogue.meaning.services import Services, services_of
from bot.dialogue.meaning.understanding import doubts, understand
from bot.dialogue.meaning.wishing import WantPaper
from evals.harness import Report
from knowledge.embeddings import choose
from skills import registry
from township.clock import SHANGHAI
from township.db import Database
from township.settings import read_settings

TASK = "talk"
OURS = Path(__file__).parents[1] / "datasets" / "talk.jsonl"
TOWN = "eval"
TODAY = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI).date()
ALIKE: dict[type[Command], str] = {Menu: "Chitchat", Chitchat: "Chitchat", Feedback: "Unknown"}
"""Commands that answer a sentence as well as the one that is written beside it."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was said, and what it means: a command, or skill and kind."""

    text: str
    means: str

    @property
    def command(self) -> str:
        return "StartSkill" if ":" in self.means else self.means


def run(data: Path | None = None, *, embedder: str = "") -> Report:
    """Understand every sentence; `command` and `kind` are shares of the right ones, `alarms` of false emergencies."""
    settings = read_settings()
    chosen = choose(embedder or settings.embedder, settings.home, key=settings.embedder_key.get_secret_value())
    services = services_of({one.skill.id: one.skill.manifest for one in registry.house() if one.skill})
    sentences = list(read(data or OURS))
    with TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/talk.db")
        db.create_all()
        ear = Ear(db, chosen) if chosen else None
        if ear:
            ear.prepare(TOWN, services)
        commands = [heard(each.text, services, ear) for each in sentences]
        db.close_now()
    by, right_kind, wrong = defaultdict(list), [], []
    for sentence, command in zip(sentences, commands, strict=True):
        is_right = _name(command) == sentence.command
        by[sentence.command].append(is_right)
        if ":" in sentence.means and isinstance(command, StartSkill):
            kind = command.fields.get("kind") or services.kind_of(command.skill, command.text)
            right_kind.append(f"{command.skill}:{kind}" == sentence.means)
        if not is_right:
            wrong.append(f"{sentence.text} → {_name(command)}")
    alarms = [each.text for each in sentences if recognise(each.text) is not None]
    metrics = {
        "command": fmean(right for rows in by.values() for right in rows),
        "kind": fmean(right_kind or [0.0]),
        "alarms": len(alarms) / (len(sentences) or 1),
    }
    return Report(
        TASK,
        len(sentences),
        {name: round(value, 4) for name, value in metrics.items()},
        {name: {"right": round(fmean(rows), 4), "items": len(rows)} for name, rows in by.items()},
        {"embedder": chosen.name if chosen else "none: rules only", "wrong": wrong, "alarmed": alarms},
    )


def read(path: Path) -> Iterator[Sentence]:
    """Read a JSONL of `text` and `means`."""
    with path.open(encoding="utf-8") as lines:
        for line in filter(str.strip, lines):
            row = json.loads(line)
            yield Sentence(str(row["text"]), str(row["means"]))


def heard(text: str, services: Services, ear: Ear | None) -> Command:
    """Understand one sentence that stands by itself."""
    context = Context(today=TODAY, skills=services.words, terms=services.terms)
    commands = understand(text, context)
    if ear and (pieces := doubts(text, commands, context)):
        commands = understand(text, replace(context, guesses=ear.guesses(TOWN, services, pieces)))
    return commands[0]


def _name(command: Command) -> str:
    if isinstance(command, Remark):
        return "Chitchat" if command.name == LONELY else "Unknown"
    if isinstance(command, WantPaper):
        return "Paper"
    return ALIKE.get(type(command), type(command).__name__)
