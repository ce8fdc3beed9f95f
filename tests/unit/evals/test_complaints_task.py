"""The eval of written complaints: what was learned from is judged out of fold, names of a taxonomy are a floor."""

import json
from pathlib import Path

import pytest

from evals.tasks import complaints

SAID = {
    "环境": ["河里的水又黑又臭{}", "工厂半夜排黑烟{}", "养猪场的粪水流进河里{}", "垃圾堆得发臭没人清{}"],
    "教育": ["学校补课收费{}", "幼儿园老师打孩子{}", "中学食堂饭菜不干净{}", "老师要求家长买教辅{}"],
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DINGLIN_CACHE", str(tmp_path / "cache"))
    rows = [
        {"text": text.format(f"，第{n}次反映"), "category": category, "form": "raw" if n % 2 else "short"}
        for category, texts in SAID.items()
        for text in texts
        for n in range(6)
    ]
    path = tmp_path / "complaints.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    names = [
        {"一级分类": "环境", "二级分类": "水污染", "三级分类": "河水黑臭"},
        {"一级分类": "教育", "二级分类": "学校", "三级分类": "补课"},
    ]
    (tmp_path / "complaint_taxonomy.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")
    return path


def test_what_was_learned_from_is_judged_by_machines_that_never_saw_it(data: Path) -> None:
    report = complaints.run(data, data)
    assert report.settings["out_of_fold"] == report.items == 48
    assert report.metrics == {"accuracy": 1.0, "macro_f1": 1.0}
    assert set(report.by) == {"raw", "short", "环境", "教育"}


def test_what_was_learned_is_kept_outside_the_project_and_used_again(data: Path, tmp_path: Path) -> None:
    first = complaints.run(data, data)
    (kept,) = (tmp_path / "cache").iterdir()
    stamp = (kept / "machine.npz").stat().st_mtime_ns
    assert complaints.run(data, data).metrics == first.metrics
    assert (kept / "machine.npz").stat().st_mtime_ns == stamp


def test_other_texts_are_judged_by_the_machine_of_all(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text(
        json.dumps({"text": "老师逼着买教辅", "category": "教育", "form": "raw"}, ensure_ascii=False), "utf-8"
    )
    report = complaints.run(other, data)
    assert (report.settings["out_of_fold"], report.metrics["accuracy"]) == (0, 1.0)


def test_without_lessons_only_the_names_of_the_taxonomy_are_known(data: Path) -> None:
    report = complaints.run(data)
    assert 0.4 <= report.metrics["accuracy"] < 1.0


def test_scores_are_those_of_the_book() -> None:
    found = complaints.scores(["a", "a", "b", "b"], ["a", "b", "b", "b"])
    assert found == {"accuracy": 0.75, "macro_f1": round((2 / 3 + 0.8) / 2, 4)}
