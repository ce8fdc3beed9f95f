"""Times: is what people write of days and hours read as the references read it, start and end?

Scored as the data's own script does: an item without an accepted value does not count, a date is compared by its day, a
time by its minute, and of a range both ends count for `full_ok`. `first_start_ok` counts the first reading alone; the
others allow those that "the 29th" or "at eight" leave open.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from evals.harness import Report, Sample, evaluate
from township.clock import SHANGHAI
from workflows.moments.reading import Kind, Lean, Moment, find
from workflows.moments.spans import Grain

TASK = "datetime"
NOBODY_KNOWS_WHEN = "2026-11-22T00:00:00"
RANGES = ("daterange", "datetimerange", "timerange")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
Accepted = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Read:
    """One reading as it is compared."""

    start: str
    end: str


def run(data: Path) -> Report:
    """Read every text as of its own day."""
    items = {item["id"]: item for item in _items(data)}
    samples = [
        Sample(one["id"], one["id"], frozenset(), (one["source"].split("/")[0], one["type"]))
        for one in items.values()
        if one["accept"] or one["type"] == "none"
    ]
    scorers = {
        "detect": lambda answer, _: float(_detects(items[answer[0]], _readings(answer))),
        "start_ok": lambda answer, _: float(_starts(items[answer[0]], _readings(answer))),
        "full_ok": lambda answer, _: float(_fits(items[answer[0]], _readings(answer))),
        "first_start_ok": lambda answer, _: float(_starts(items[answer[0]], _readings(answer)[:1])),
    }
    return evaluate(TASK, samples, lambda key: [key, *_read(items[key])], scorers, settings={"asked_as_of": "ref"})


def _items(data: Path) -> Iterator[dict[str, Any]]:
    for line in data.read_text("utf-8").splitlines():
        yield json.loads(line)


def _read(item: Mapping[str, Any]) -> Iterator[str]:
    """Read the first time of a text: as it stands, then as the next and as the last such day."""
    now = datetime.fromisoformat(item["ref"] or NOBODY_KNOWS_WHEN).replace(tzinfo=SHANGHAI)
    for lean in (Lean.THIS, Lean.NEXT, Lean.PAST):
        for found in find(item["input"], now, lean)[:1]:
            yield json.dumps(written(found))


def written(found: Moment) -> dict[str, str]:
    """Write a moment as the data does: days or seconds, `inf` where it is open."""
    if found.kind is Kind.LENGTH:
        seconds = found.length.seconds if found.length else 0
        return {"start": str(seconds), "end": ""}
    start = _start(found) if found.start else "-inf"
    return {"start": start, "end": _last_second(found) if found.end else "inf"}


def _start(found: Moment) -> str:
    assert found.start is not None
    is_day = found.grain >= Grain.DAY and found.start.time() == time()
    return found.start.date().isoformat() if is_day else _plain(found.start)


def _last_second(found: Moment) -> str:
    """A day ends with its last second, an hour when it is reached."""
    assert found.end is not None
    is_day = found.grain >= Grain.DAY and found.end.time() == time()
    return _plain(found.end - SECOND if is_day else found.end)


def _plain(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")


def _readings(answer: Sequence[str]) -> list[Read]:
    return [Read(**json.loads(one)) for one in answer[1:]]


def _detects(item: Mapping[str, Any], read: Sequence[Read]) -> bool:
    return not read if item["type"] == "none" else bool(read)


def _starts(item: Mapping[str, Any], read: Sequence[Read]) -> bool:
    if item["type"] == "none" or not read:
        return _detects(item, read)
    accepted: list[Accepted] = item["accept"]
    if all("start" not in one for one in accepted):
        return True
    return any(
        _same_start(one.start, wanted["start"], item["type"])
        for one in read
        for wanted in accepted
        if wanted.get("start")
    )


def _fits(item: Mapping[str, Any], read: Sequence[Read]) -> bool:
    if item["type"] not in RANGES:
        return _starts(item, read)
    first = read[0] if read else None
    if first is None or not _starts(item, read):
        return False
    return any(
        ("start" not in wanted or _same_start(first.start, wanted["start"], item["type"]))
        and _same_end(first.end, wanted, item["type"])
        for wanted in item["accept"]
    )


def _same_start(said: str, wanted: str, kind: str) -> bool:
    said, wanted = said.replace("T", " "), wanted.replace("T", " ")[:19]
    if kind in ("date", "daterange"):
        return said[:10] == wanted[:10]
    if kind in ("time", "timerange"):
        return len(said) >= 5 and said[-8:].startswith(wanted[:5])
    if kind == "duration":
        return (_is_number(said) and _is_number(wanted) and abs(float(said) - float(wanted)) < 1) or said == wanted
    one, other = _moment(said), _moment(wanted)
    return one == other if one and other else said == wanted


def _same_end(said: str, wanted: Accepted, kind: str) -> bool:
    if "end" in wanted:
        return _same_excluded(said, wanted["end"].replace("T", " ")[:19], kind)
    if "end_inclusive" in wanted:
        end, ours = _moment(wanted["end_inclusive"].replace("T", " ")[:19]), _moment(said)
        if end is None or ours is None:
            return False
        if kind == "daterange":
            return ours.date() in (end.date(), (end + DAY).date())
        return abs(ours - end) <= SECOND or ours == end.replace(second=0)
    return True


def _same_excluded(said: str, wanted: str, kind: str) -> bool:
    if kind == "timerange":
        return said[-8:][:5] == wanted[:5]
    end, ours = _moment(wanted), _moment(said)
    if end is None or ours is None:
        return said == wanted
    if said.endswith("23:59:59"):
        return ours.date() in (end.date(), (end - DAY).date())
    return ours in (end, end - SECOND)


def _moment(written_: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written_).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


def _is_number(said: str) -> bool:
    return said.replace(".", "", 1).isdigit()
