"""The evals of times and addresses, over items of our own: what counts as right, and what is learned out of fold."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals.tasks import address
from evals.tasks import datetime as times


def written(path: Path, items: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in items), "utf-8")
    return path


def item(number: int, text: str, kind: str, *accept: dict[str, str]) -> dict[str, Any]:
    return {
        "id": f"t{number}",
        "source": "ours",
        "input": text,
        "ref": "2026-11-22T09:00:00",
        "type": kind,
        "accept": accept,
    }


def test_starts_and_both_ends_are_scored(tmp_path: Path) -> None:
    items = [
        item(1, "明天来", "date", {"start": "2026-11-23"}),
        item(2, "12月3日到5日", "daterange", {"start": "2026-12-03", "end_inclusive": "2026-12-05 23:59:59"}),
        item(3, "12月3日到5日", "daterange", {"start": "2026-12-03", "end": "2026-12-09"}),
        item(4, "三天", "duration", {"start": "259200"}),
        item(5, "明天九点", "datetime", {"start": "2026-11-23 10:00:00"}),
        item(6, "没有时间", "none"),
        item(7, "每天", "set"),
        item(8, "29号", "date", {"start": "2026-10-29"}),
    ]
    report = times.run(written(tmp_path / "times.jsonl", items))
    assert report.metrics["n"] == 7
    assert report.metrics["start_ok"] == pytest.approx(6 / 7, abs=1e-4)
    assert report.metrics["full_ok"] == pytest.approx(5 / 7, abs=1e-4)
    assert report.metrics["first_start_ok"] == pytest.approx(5 / 7, abs=1e-4)


def test_levels_of_addresses_are_scored_by_their_first_mention(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINGLIN_CACHE", str(tmp_path / "cache"))
    spans = [
        {"label": "district", "text": "示范"},
        {"label": "town", "text": "示例镇"},
        {"label": "road", "text": "河边路"},
    ]
    items = [{"id": f"a{n}", "text": "示范示例镇河边路", "spans": spans} for n in range(40)]
    data = written(tmp_path / "addresses.jsonl", items)
    assert address.run(data).metrics["district"] == 0
    learned = address.run(data, fit=data)
    assert learned.metrics["district"] == learned.metrics["town"] == 1
    assert learned.settings["out_of_fold"] == 40
    assert learned.by["precision"]["district"] == 1
