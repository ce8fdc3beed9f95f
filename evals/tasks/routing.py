"""Where a sentence goes: a trouble that is filed, a question that is looked up, or talk. A smoke test.

The data are of assistants and of cities, not of villages: that a song is asked for is talk here, a clerk's service or a
statute alike a question.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from bot.dialogue.hearing.emergency import recognise
from bot.dialogue.meaning.commands import Ask, Command, Feedback, Grievance, Scam, StartSkill
from bot.dialogue.meaning.sayings import Ear
from bot.dialogue.meaning.services import Services, services_of
from bot.dialogue.meaning.wishing import WantPaper
from evals.harness import Report
from evals.tasks.talk import TOWN, heard
from knowledge.embeddings import choose
from skills import registry
from township.db import Database
from township.settings import read_settings

TASK = "routing"
WANTED: Mapping[str, str] = {
    "issue_report": "report",
    "policy_question": "question",
    "gov_service": "question",
    "chitchat": "talk",
    "assistant": "talk",
}
"""What each route of the data is here."""


@dataclass(frozen=True, slots=True)
class Routed:
    """A sentence, the route of the data, and where we send it."""

    route: str
    went: str


def run(data: Path, *, embedder: str = "") -> Report:
    """Send every sentence somewhere; `accuracy`, and for each route which share went where."""
    settings = read_settings()
    chosen = choose(embedder or settings.embedder, settings.home, key=settings.embedder_key.get_secret_value())
    services = services_of({one.skill.id: one.skill.manifest for one in registry.load_all() if one.skill})
    with TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/routing.db")
        db.create_all()
        ear = Ear(db, chosen) if chosen else None
        if ear:
            ear.prepare(TOWN, services)
        routed = [Routed(route, went(text, services, ear)) for text, route in read(data)]
        db.close_now()
    right = [WANTED[one.route] == one.went for one in routed]
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for one in routed:
        table[one.route][one.went] += 1
    by = {
        route: {**{place: round(n / counts.total(), 4) for place, n in counts.items()}, "items": counts.total()}
        for route, counts in sorted(table.items())
    }
    accuracy = round(fmean(right), 4) if right else 0.0
    reports = table["issue_report"]
    found = round(reports["report"] / (reports.total() or 1), 4)
    talk = table["chitchat"] + table["assistant"]
    filed = round(talk["report"] / (talk.total() or 1), 4)
    metrics = {"accuracy": accuracy, "reports_found": found, "talk_filed": filed}
    return Report(TASK, len(routed), metrics, by, {"embedder": chosen.name if chosen else "none: rules only"})


def read(path: Path) -> Iterator[tuple[str, str]]:
    """Read a JSONL of `text` and `route`; routes that mean nothing here are passed over."""
    with path.open(encoding="utf-8") as lines:
        for line in filter(str.strip, lines):
            row = json.loads(line)
            if row["route"] in WANTED:
                yield str(row["text"]), str(row["route"])


def went(text: str, services: Services, ear: Ear | None) -> str:
    """Say where a sentence goes, an emergency first of all."""
    if recognise(text) is not None:
        return "report"
    return _place(heard(text, services, ear), services)


def _place(command: Command, services: Services) -> str:
    match command:
        case StartSkill(skill):
            return "report" if any(one.name == skill and one.is_report for one in services.words) else "question"
        case Grievance() | Feedback():
            return "report"
        case Ask() | WantPaper() | Scam():
            return "question"
    return "talk"
