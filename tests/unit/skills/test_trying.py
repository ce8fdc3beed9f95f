"""Lines of somebody who tries a service by hand: each gets a sentence, whatever was written."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from skills import checks, registry
from skills.rehearsal.founding import TOWN
from skills.rehearsal.hall import hall
from skills.rehearsal.trying import Trial
from township.clock import SHANGHAI

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


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("小周 做了 都换了", "是不是想写“都还了”"),
        ("小周 都还了", "办结"),
        ("小周都还了", "办结"),
        ("赵大爷报了 旋耕机=1 哪几天用=这周日", "赵大爷听到"),
        ("赵大娘 报了 旋耕机=1", "没有“赵大娘”这个人。是不是想写“赵大爷”？"),
        ("过了 一小会儿", "时限“一小会儿”读不懂，写法如：30 分钟"),
        ("到了哪个环节 借出去了 谁的那一件=王婶", "现在在“借出去了”"),
        ("小周 手上有这件事 谁的那一件=王婶", "现在在“借出去了”"),
        ("李海 手上有这件事", "现在在“借出去了”，手上有的是小周"),
        ("钱婶 在电话单上", "电话单上没有 钱婶"),
        ("小周 做了 都还了；", "办结"),
    ],
)
def test_a_line_is_understood_or_its_slip_is_named(trial: Trial, line: str, told: str) -> None:
    trial.line(LENT)
    said = "\n".join(trial.line(line))
    assert told in said, said
    assert "None" not in said


def test_whoever_has_no_phone_is_found_on_the_list_of_calls_whoever_holds_it(trial: Trial) -> None:
    assert not any("手上" not in one and "听到" not in one for one in trial.line("赵大爷 报了 旋耕机=1 哪几天用=今天"))
    trial.line("过了 2 个工作日")
    assert "没有" not in "".join(trial.line("赵大爷 在电话单上 该还了"))


def test_another_case_that_is_moved_is_told_with_its_owner() -> None:
    with Trial.begun(SKILLS["thresher"]) as trial:
        trial.line("王婶 报了 哪个场=东场")
        trial.line("赵大爷 报了 哪个场=东场")
        said = trial.line("小周 做了 打完了 谁的那一件=王婶")
        assert any("王婶的那件现在在“办结”" in one for one in said)
        assert any("赵大爷的那件现在在“正在打”" in one and "小周" in one for one in said)


def test_a_list_is_brought_worked_off_and_given_back() -> None:
    gallery = {one.id: one.skill for one in registry.load_all(ROOT.parents[3] / "skills" / "gallery") if one.skill}
    with Trial.begun(gallery["insurance_reminder"]) as trial:
        brought = "周文书 导了一张表 村,户主,组,金额（换行）柳树村,钱大,一组,400"
        assert any("新开 1 行" in one for one in trial.line(brought))
        assert any("钱大" in one for one in trial.line("小周 单子上有"))
        assert any("记" in one or "办完" in one for one in trial.line("小周 对单子说 1 已缴"))
        assert any("钱大" in one for one in trial.line("周文书 这一行填回去是 钱大"))
        assert any("办结" in one for one in trial.line("看表里这一行 钱大"))


def test_rows_that_are_open_are_marked_in_the_words_they_began_with() -> None:
    gallery = registry.load_all(ROOT.parents[3] / "skills" / "gallery")
    skill = next(one.skill for one in gallery if one.skill and one.id == "insurance_reminder")
    reworded = {name: text.replace("不在家", "家里没人") for name, text in skill.files.items()}
    changed = registry.load_files(skill.id, reworded).skill
    assert changed is not None
    with hall() as place, place.begun(skill, datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)) as stage:
        trial = Trial(skill, stage)
        trial.line("周文书 导了一张表 村,户主,组,金额（换行）柳树村,钱大,一组,400")
        stage.db.write_now(lambda tx: registry.install(tx, TOWN, changed, by=None, now=stage.now))
        said = "".join(trial.line("小周 对单子说 1 不在家"))
        assert "钱大" in said, said
        assert "听不懂" not in said
