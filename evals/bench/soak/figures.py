"""What a soak came to: what the sandbox showed, held against the rows."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evals.bench.soak import services
from evals.bench.soak.cadres import Cadres, Tapped
from evals.bench.soak.fleet import Fleet, growth
from evals.bench.soak.ledger import Ledger, Owed
from evals.bench.soak.rows import Rows
from evals.bench.soak.told import Told
from evals.bench.soak.weather import Weather
from evals.harness import Report

TASK = "soak"
SHOWN = 40
"""How many of what went wrong stand in the report."""
SLOW = 5
"""How many of the slowest answers stand there too."""
REPORTS = "village_report"


@dataclass(frozen=True, slots=True)
class Played:
    """All that took part in a soak that is over."""

    ledger: Ledger
    told: Told
    cadres: Cadres
    fleet: Fleet
    weather: Weather
    rows: Rows
    wanted: float
    """Messages, at the pace that was asked for."""


def report(played: Played) -> Report:
    """Count; seconds are from a message to its answer, milliseconds are a tap as its person feels it."""
    ledger = played.ledger
    said = len(ledger.owed) + ledger.unheard + sum(ledger.unanswerable.values())
    taps = timed(played.cadres.taps, [*played.weather.rough, *played.fleet.down])
    metrics = {
        "messages": said,
        "pace": round(said / played.wanted, 2),
        "kills": played.fleet.kills,
        **_lost(played),
        **_doubled(played),
        **services.papers(played.told, played.rows),
        **services.broadcasts(played.told, ledger, played.rows),
        **services.posts(played.rows),
        "unreached": played.rows.unreached().total(),
        "in_doubt": played.rows.count("SELECT count(*) FROM outbox WHERE state = 'unknown'"),
        "growth": round(growth(played.fleet.weights), 3),
        "pss_mb": round(max((one.mb for one in played.fleet.weights), default=0.0), 1),
        "tap_p99_ms": round(float(np.percentile([one.ms for one in taps], 99)), 1) if taps else -1.0,
    }
    return Report(TASK, said, metrics, {}, _about(played, taps))


def timed(taps: Sequence[Tapped], rough: Iterable[tuple[float, float]]) -> list[Tapped]:
    """Leave out the taps of moments in which nobody could have answered: a process was away, or the platform hung."""
    spans = list(rough)
    return [tap for tap in taps if not any(begin <= tap.at + tap.ms / 1000 and tap.at <= end for begin, end in spans)]


def _lost(played: Played) -> dict[str, float]:
    """Count what came to nothing: messages, cases that were promised, messages that ended in a bug."""
    rows, cases = played.rows, played.rows.cases(REPORTS)
    return {
        "lost": len(lost(played.ledger, rows)),
        "lost_cases": sum(number not in cases for number in played.told.filed),
        "broken": rows.count("SELECT count(*) FROM inbox WHERE state = 'failed'"),
        "stuck": rows.waiting(),
    }


def lost(ledger: Ledger, rows: Rows) -> list[Owed]:
    """List what nobody answered, without what the platform itself refused to bring, one for one."""
    refused = rows.unreached()
    found = []
    for one in ledger.waiting():
        refused[one.place] -= 1
        if refused[one.place] < 0:
            found.append(one)
    return found


def _doubled(played: Played) -> dict[str, float]:
    """Count what was done more often than it was asked for; text that was only said again stands apart."""
    reported = played.told.reported
    opened = Counter(played.rows.cases(REPORTS).values())
    cards = defaultdict[str, list[str]](list)
    for card, task in played.rows.all("SELECT id, task_id FROM cards WHERE face = 'card'"):
        cards[task] += [card] if card in played.ledger.shown else []
    again = [
        count - 1
        for texts in played.ledger.texts.values()
        for text, count in texts.items()
        if re.search(played.told.words["filed"], text)
    ]
    return {
        "doubled_cases": sum(max(0, count - reported[person]) for person, count in opened.items()),
        "doubled_cards": sum(len(shown) - 1 for shown in cards.values() if len(shown) > 1),
        "said_again": sum(again),
    }


def _about(played: Played, taps: Sequence[Tapped]) -> dict[str, Any]:
    ledger, rows = played.ledger, played.rows
    unsent = rows.all(
        "SELECT kind, state, CAST(receipt AS TEXT), count(*) FROM outbox"
        " WHERE state NOT IN ('done', 'merged') GROUP BY kind, state, CAST(receipt AS TEXT)"
    )
    cases = rows.all("SELECT skill, stage, count(*) FROM cases GROUP BY skill, stage")
    return {
        "weather": by_weather(ledger.owed),
        "stories": dict(Counter(owed.story for owed in ledger.owed) + ledger.unanswerable),
        "unheard": ledger.unheard,
        "lost": [_told(one, ledger) for one in lost(ledger, rows)[:SHOWN]],
        "slow_answers": [
            {"seconds": round(one.seconds, 1), "answer": one.answer, **_told(one, ledger)}
            for one in sorted((one for one in ledger.owed if one.answer), key=lambda one: -one.seconds)[:SLOW]
        ],
        "taps": {"all": len(played.cadres.taps), "timed": len(taps), "unanswered": _unanswered(played.cadres.taps)},
        "slow_taps": _slow(taps, played.fleet.down),
        "unsent": [[str(value) for value in row] for row in unsent],
        "unfinished_papers": services.unfinished(played.told, rows),
        "cases": [[str(value) for value in row] for row in cases],
        "restarts_s": [round(one, 1) for one in played.fleet.restarts],
        "weights_mb": [[one.process, one.life, round(one.age), round(one.mb, 1)] for one in played.fleet.weights],
    }


def _slow(taps: Sequence[Tapped], down: Sequence[tuple[float, float]]) -> list[tuple[float, str, float]]:
    """List the slowest taps: milliseconds, the weather, and how many seconds before a process had been away."""
    slow = sorted(taps, key=lambda tap: -tap.ms)[:SHOWN]
    since = [min((tap.at - end for _, end in down if end <= tap.at), default=-1.0) for tap in slow]
    return [(tap.ms, tap.weather, round(ago, 1)) for tap, ago in zip(slow, since, strict=True)]


def by_weather(owed: Iterable[Owed]) -> dict[str, dict[str, float]]:
    """Say for each weather in which things were said: how many, the median and the longest wait, the unanswered."""
    waits = defaultdict[str, list[Owed]](list)
    for one in owed:
        waits[one.weather].append(one)
    return {name: _waits(some) for name, some in waits.items()}


def _waits(some: Sequence[Owed]) -> dict[str, float]:
    waits = sorted(one.seconds for one in some if one.answer)
    middle, longest = (round(waits[len(waits) // 2], 2), round(waits[-1], 1)) if waits else (0.0, 0.0)
    return {"said": len(some), "median_s": middle, "longest_s": longest, "unanswered": len(some) - len(waits)}


def _unanswered(taps: Sequence[Tapped]) -> dict[str, int]:
    return dict(Counter(f"{tap.weather}: {tap.reason}" for tap in taps if not tap.ok))


def _told(owed: Owed, ledger: Ledger) -> dict[str, Any]:
    before = [one for one in ledger.owed if one.place == owed.place and one.said_at < owed.said_at]
    return {
        "by": owed.place,
        "story": owed.story,
        "said": owed.words,
        "weather": owed.weather,
        "wanted": owed.expect.pattern,
        "instead": owed.heard[-3:],
        "before": [[one.words, one.answer, one.weather] for one in before[-5:]],
    }
