"""`dinglin doctor`: looks over what a township needs, and says of each thing whether it is right and what to do."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from bot import usage
from bot.commands import vacancies
from bot.dingtalk.client import Client
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.faults import ChannelFault, Denied
from bot.dingtalk.transport import Credential, Transport
from bot.reading import open_embedder
from bot.registration import ACCOUNT
from bot.spending import limits_of
from bot.wording import sentence, texts
from knowledge.search import embedders
from township import broker, directory, outbox, processes, schema
from township.clock import SystemClock
from township.db import Database, Tx
from township.directory import Role
from township.errors import Mistake, TownshipError
from township.settings import LOOPBACK, Settings
from workflows import belongings, definitions
from workflows.seals.paper import typesetting

T = TypeVar("T")

CHAT_WAIT = 30
"""Seconds that a chat model has to say something."""
NOT_LONG_AGO = timedelta(days=7)
LEAST_FREE = 2 * 1024**3
"""Bytes of disk below which a backup or an index may not fit."""


class Verdict(StrEnum):
    """How a thing is."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    words: str

    @property
    def is_bad(self) -> bool:
        return self.verdict is Verdict.BAD

    def line(self) -> str:
        """Say it in one line."""
        return f"{texts().say('doctor_' + self.verdict.value)} {self.words}"

    def figures(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)


async def look(settings: Settings, *, dingtalk: bool) -> list[Finding]:
    """Look at everything on this machine, and with `dingtalk` at the platform's side."""
    found = [*_database(settings), _model(settings), *await _chat(settings)]
    found += [look_at_fonts(), _disk(settings), *_profile(settings), *_officers(settings)]
    found += [*_quota(settings), *_not_arrived(settings)]
    if dingtalk:
        found += await _platform(settings)
    return found


def _database(settings: Settings) -> list[Finding]:
    db = Database(settings.database)
    try:
        schema.reach(db)
        schema.check(db)
        shared = [] if db.dialect == "sqlite" else db.read_now(_shared)
    except TownshipError as error:
        return [Finding("database", Verdict.BAD, sentence(error))]
    finally:
        db.close_now()
    return [Finding("database", Verdict.GOOD, texts().say("doctor_database", kind=db.dialect)), *shared]


def _shared(tx: Tx) -> list[Finding]:
    """Who lives on a database that several may share, and who does its deferred work."""
    living = [one.address for one in processes.living(tx)]
    words = texts().say("doctor_processes", count=len(living), addresses=", ".join(living))
    how = "doctor_jobs_broker" if broker.serves(tx) else "doctor_jobs_rows"
    return [
        Finding("processes", Verdict.GOOD, words.rstrip()),
        Finding("jobs", Verdict.GOOD, texts().say(how)),
    ]


def _model(settings: Settings) -> Finding:
    """Open the embedder of the settings as the bot would, and say who answers while it is not ready."""
    folder = settings.home / "models"
    if settings.embedder == "onnx" and not list(folder.glob("*/model_int8.onnx")):
        return Finding("embedder", Verdict.WARN, texts().say("embedder_missing", path=folder))
    serving = _rows(settings, embedders.serving)
    try:
        embedder = open_embedder(settings)
        if embedder is None:
            return Finding("embedder", Verdict.GOOD, texts().say("doctor_embedder", name=settings.embedder))
        left = _rows(settings, partial(embedders.left, name=embedder.name, dimensions=embedder.dimensions)) or 0
    except Mistake as mistake:
        why = sentence(mistake)
        words = texts().say("doctor_embedder_stays", why=why, serving=serving.name) if serving else why
        return Finding("embedder", Verdict.BAD, words)
    key = "doctor_embedder_first" if serving is None or serving.name == embedder.name else "doctor_embedder_filling"
    about = {"name": embedder.name, "left": left, "serving": serving.name if serving else ""}
    return Finding("embedder", Verdict.GOOD, texts().say(key if left else "doctor_embedder", **about))


def _rows(settings: Settings, read: Callable[[Tx], T]) -> T | None:
    """Read something of a database that can be read; what is wrong with another is said elsewhere."""
    db = Database(settings.database)
    try:
        schema.reach(db)
        schema.check(db)
    except TownshipError:
        return None
    else:
        return db.read_now(read)
    finally:
        db.close_now()


async def _chat(settings: Settings) -> list[Finding]:
    """Let the chat model of the settings say something, where one is set; without it answers are quoted."""
    if not settings.chat:
        return []
    from township import llm

    model = llm.open_chat(settings.chat, settings.chat_key.get_secret_value())
    about = {"model": model.model, "host": urlsplit(model.url).netloc}
    try:
        async with asyncio.timeout(CHAT_WAIT):
            await model.ainvoke(texts().say("doctor_chat_asks"))
    except (httpx.HTTPError, llm.ModelFailed, TimeoutError) as error:
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else ""
        why = f"{type(error).__name__} {status}".strip()
        return [Finding("chat", Verdict.BAD, texts().say("doctor_chat_silent", **about, why=why))]
    finally:
        await model.aclose()
    return [Finding("chat", Verdict.GOOD, texts().say("doctor_chat", **about))]


def look_at_chains(settings: Settings) -> list[Finding]:
    """Play every service for every village, with each person ill, away or applying."""
    played, found = _rows(settings, partial(vacancies.look, at=SystemClock().now())) or (0, [])
    words = dict.fromkeys(str(one["words"]) for one in found)
    if not words:
        return [Finding("chains", Verdict.GOOD, texts().say("doctor_chains", count=played))]
    return [Finding("chains", Verdict.WARN, line) for line in words]


def _officers(settings: Settings) -> list[Finding]:
    """Whether each town has somebody who hears what children say of harm at home."""

    def call(tx: Tx) -> list[str]:
        at = SystemClock().now()
        without = (
            town_id
            for town_id in definitions.towns(tx)
            if not directory.people_with_role(tx, town_id, Role.CHILD_PROTECTION, at)
        )
        return [directory.town_names(tx, town_id)[0] for town_id in without]

    towns = _rows(settings, call)
    if towns is None:
        return []
    missing = [Finding("officers", Verdict.WARN, texts().say("doctor_no_officer", town=town)) for town in towns]
    return missing or [Finding("officers", Verdict.GOOD, texts().say("doctor_officers"))]


def _quota(settings: Settings) -> list[Finding]:
    """What the month's talking has cost, and whether the platform has said that it is used up."""
    of = _rows(settings, partial(usage.usage, account_id=ACCOUNT, limits=limits_of(settings), now=SystemClock().now()))
    if of is None:
        return []
    verdict = Verdict.BAD if of.refused_at else Verdict.WARN if of.step else Verdict.GOOD
    return [Finding("quota", verdict, " ".join(usage.sentences(of)))]


def _not_arrived(settings: Settings) -> list[Finding]:
    """What was said in the last days and did not leave, or may not have: somebody should ring about it."""
    since = SystemClock().now() - NOT_LONG_AGO

    def call(tx: Tx) -> tuple[int, list[str]]:
        lost = outbox.not_arrived(tx, since=since)
        cases = {case_id for one in lost if (case_id := getattr(one.effect, "case_id", None))}
        return len(lost), belongings.numbers(tx, sorted(cases))

    count, numbers = _rows(settings, call) or (0, [])
    if not count:
        return []
    cases = texts().say("doctor_lost_cases", numbers="、".join(numbers)) if numbers else ""
    return [Finding("messages", Verdict.WARN, texts().say("doctor_lost", count=count, cases=cases))]


def look_at_fonts() -> Finding:
    """Papers need a Chinese serif font."""
    try:
        typesetting.check_fonts()
    except TownshipError as error:
        return Finding("fonts", Verdict.WARN, sentence(error))
    return Finding("fonts", Verdict.GOOD, texts().say("doctor_fonts", font=typesetting.FONT))


def _disk(settings: Settings) -> Finding:
    home = settings.home if settings.home.exists() else Path()
    free = shutil.disk_usage(home).free
    verdict = Verdict.GOOD if free >= LEAST_FREE else Verdict.WARN
    return Finding("disk", verdict, texts().say("doctor_disk", free=f"{free / 1e9:.1f}"))


def _profile(settings: Settings) -> list[Finding]:
    """A real township must not run with the sandbox's secret, nor a demonstration with a real host."""
    is_local = urlsplit(settings.api_url).hostname in LOOPBACK
    found = [Finding("profile", Verdict.GOOD, texts().say("doctor_profile", profile=settings.profile))]
    if (settings.profile == "sandbox") != is_local:
        found.append(Finding("profile", Verdict.BAD, texts().say("doctor_mixed", url=settings.api_url)))
    if not is_local and settings.client_id == "dinglin-sandbox":
        found.append(Finding("credentials", Verdict.BAD, texts().say("doctor_no_credentials")))
    return found


async def _platform(settings: Settings) -> list[Finding]:
    """Try a token and each permission that we use, without sending anything to anybody."""
    credential = Credential("doctor", settings.client_id, settings.client_secret.get_secret_value())
    client = Client(Transport(credential, Endpoints(settings.api_url, settings.oapi)))
    tries: dict[str, Callable[[], Awaitable[object]]] = {
        "directory": client.list_departments,
        "roles": lambda: anext(client.list_roles(), None),
    }
    try:
        return [await _attempt(name, attempt) for name, attempt in tries.items()]
    finally:
        await client.close()


async def _attempt(name: str, attempt: Callable[[], Awaitable[object]]) -> Finding:
    what = texts().say(f"doctor_what_{name}")
    try:
        await attempt()
    except Denied as denied:
        scopes = ", ".join(denied.scopes) or denied.code
        return Finding(name, Verdict.BAD, texts().say("doctor_denied", what=what, scopes=scopes))
    except ChannelFault as fault:
        return Finding(name, Verdict.BAD, texts().say("doctor_fault", what=what, code=fault.code))
    return Finding(name, Verdict.GOOD, texts().say("doctor_fine", what=what))
