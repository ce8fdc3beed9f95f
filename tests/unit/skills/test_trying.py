"""Lines of somebody who tries a service by hand: each gets a sentence, whatever was written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skills import checks, registry
from skills.trying import Trial

ROOT = Path(__file__).with_name("booked")
SKILLS = {one.id: one.skill for one in registry.load_all(ROOT) if one.skill}
LENT = "王婶 报了 旋耕机=4 哪几天用=这周六到周日"


@pytest.fixture
def trial() -> Iterator[Trial]:
    with Trial.begun(SKILLS["tiller"]) as begun:
        yield begun


def test_what_cannot_be_read_says_how_it_is_written(trial: Trial) -> None:
    (said,) = trial.line("王婶 报了 周六还有多少桌子")
    assert "读不懂，写法如" in said


def test_a_refusal_is_said_as_it_is_heard(trial: Trial) -> None:
    trial.line(LENT)
    (said,) = trial.line("赵大爷 报了 旋耕机=3 哪几天用=这周六到周日")
    assert "旋耕机那几天只剩 2 台，不够 3 台" in said


def test_what_is_free_is_said(trial: Trial) -> None:
    trial.line(LENT)
    assert trial.line("空着的 旋耕机 哪几天用=这周日") == ["空着 2。"]
    assert trial.line("王婶 空着的 旋耕机 哪几天用=下周一") == ["空着 6。"]
    assert "要写清哪几天用" in trial.line("空着的 旋耕机")[0]
    assert "没有“桌子”" in trial.line("空着的 桌子 哪几天用=这周日")[0]


def test_everybody_acts_on_the_own_case_or_on_the_named_one(trial: Trial) -> None:
    trial.line(LENT)
    trial.line("赵大爷 报了 旋耕机=2 哪几天用=这周六到周日")
    assert any("改好了" in one for one in trial.line("王婶 做了 改日子 哪几天用=下周一到下周二"))
    assert any("办结" in one for one in trial.line("小周 做了 都还了 谁的那一件=赵大爷"))
    assert trial.line("空着的 旋耕机 哪几天用=下周一") == ["空着 2。"]
    assert trial.line("空着的 旋耕机 哪几天用=这周六") == ["空着 6。"]


def test_a_free_hour_is_counted_too() -> None:
    with Trial.begun(SKILLS["hall"]) as trial:
        line = "空着的 哪个时段 哪个时段=后天上午九点到十一点"
        before = trial.line(line)
        trial.line("王婶 报了 哪个时段=后天上午九点到十一点")
        assert (before, trial.line(line)) == (["空着 1。"], ["空着 0。"])


def test_what_is_never_asked_is_no_question_and_told_where_it_is_borrowed() -> None:
    skill = SKILLS["tiller"]
    files = {**skill.files}
    files["skill.yaml"] = files["skill.yaml"].replace("least: 0, most: 20}", "least: 0, most: 20, optional: true}")
    changed = registry.load_files("tiller", files).skill
    assert changed is not None
    assert checks.price(changed).questions == checks.price(skill).questions - 1
    assert any("“旋耕机”可以不填，就不会问" in one for one in checks.warnings(changed))
