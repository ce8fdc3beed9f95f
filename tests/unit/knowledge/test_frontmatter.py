"""What a document says of itself."""

from datetime import date

import pytest

from knowledge.frontmatter import FrontMatter, normal_number, read, read_date
from knowledge.lines import Line

NOTICE = """示例镇临时救助办法
（样例文件，内容虚构）
示例政发〔2026〕3号
第一条 给难处的人帮忙。
第二条 本办法自2026年3月1日起施行，有效期至2028年2月29日。《旧办法》（示例政发〔2020〕7号）同时废止。
示例镇人民政府
2026年2月25日"""


def matter(text: str, name: str = "") -> FrontMatter:
    return read([Line(line) for line in text.splitlines()], name)


def test_everything_that_stands_there_is_found() -> None:
    found = matter(NOTICE)
    assert (found.title, found.doc_no, found.issuer) == ("示例镇临时救助办法", "示例政发〔2026〕3号", "示例镇人民政府")
    assert found.issued_on == date(2026, 2, 25)
    assert (found.in_force_from, found.in_force_until) == (date(2026, 3, 1), date(2028, 2, 29))
    assert found.replaces == ("示例政发〔2020〕7号",)
    assert found.sample
    assert found.missing == ()
    assert [line.text[:3] for line in found.body] == ["第一条", "第二条"]


def test_what_is_not_said_is_listed_not_guessed() -> None:
    found = matter("今天下午开会，大家都来。", "开会.txt")
    assert found.title == "开会"
    assert found.missing == ("doc_no", "issuer", "issued_on", "in_force_from", "in_force_until")
    assert not found.sample


@pytest.mark.parametrize(
    "written", ["示例政发[2026]3号", "示例政发（2026）3 号", "示例政发〔 2026 〕3号", "示例政发［2026］3号"]
)
def test_a_number_has_one_form(written: str) -> None:
    assert normal_number(written) == "示例政发〔2026〕3号"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026年3月1日", date(2026, 3, 1)),
        ("二〇二六年十二月三十一日", date(2026, 12, 31)),
        ("2026 年 11 月 5 日", date(2026, 11, 5)),
        ("2026年2月30日", None),
        ("没有日子", None),
    ],
)
def test_dates_in_both_numerals(written: str, meant: date | None) -> None:
    assert read_date(written) == meant


def test_in_force_from_the_day_of_issue_for_some_years() -> None:
    found = matter("某某办法\n示例镇人民政府\n2024年5月6日\n第一条 本办法自发布之日起施行，有效期5年。")
    assert (found.in_force_from, found.in_force_until) == (date(2024, 5, 6), date(2029, 5, 5))


def test_a_number_that_is_only_mentioned_is_not_its_own() -> None:
    found = matter("关于转发的通知\n根据《旧办法》（示例政发〔2020〕7号）的要求，请各村照着办，不要拖。")
    assert found.doc_no == ""
    assert found.replaces == ()
