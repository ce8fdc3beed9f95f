"""What a document says of itself."""

from datetime import date

import pytest

from knowledge.numbers.dates import read_date
from knowledge.structure.frontmatter import FrontMatter, normal_number, read
from knowledge.structure.lines import Line

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


RED = """示例镇人民政府文件
示例政发〔2026〕18号
签发人：样例
示例镇人民政府关于进一步做好
农村饮水安全工作的通知
各村民委员会，镇直各单位：
现将有关事项通知如下。
一、每季度查一次水质，结果贴在村公开栏上。
二、坏了的水管三天以内修好，修不好的用水车送。
三、水费每吨2.6元，每两个月抄一次表。
四、本通知自2026年6月1日起施行。
附件：1.水质检测表
2.报修电话表
示例镇人民政府
2026年5月20日
（此件公开发布）
附件1
水质检测表
检测一次要三天，不收村民的钱。
附件2
报修电话表
水厂电话533-1188，夜里也有人接。
抄送：镇党委办公室。
示例镇党政办公室　　　2026年5月21日印发"""


def test_a_document_with_red_head_is_taken_apart() -> None:
    found = matter(RED)
    assert found.title == "示例镇人民政府关于进一步做好农村饮水安全工作的通知"
    assert (found.doc_no, found.issuer) == ("示例政发〔2026〕18号", "示例镇人民政府")
    assert (found.issued_on, found.in_force_from) == (date(2026, 5, 20), date(2026, 6, 1))
    left = [line.text for line in found.body]
    assert left[0] == "各村民委员会，镇直各单位："
    assert left[-1] == "水厂电话533-1188，夜里也有人接。"
    assert not any(word in text for text in left for word in ("抄送", "印发", "公开发布", "签发人", "文件"))


def test_the_issuer_stands_in_the_title_and_the_day_of_printing_for_that_of_issue() -> None:
    text = "示例镇人民政府\n关于夏天防汛的通知\n一、每天有人值班，夜里也有人接。\n示例镇党政办公室 2026年5月21日印发"
    found = matter(text)
    assert (found.title, found.issuer) == ("示例镇人民政府关于夏天防汛的通知", "示例镇人民政府")
    assert found.issued_on == date(2026, 5, 21)


def test_a_first_line_of_a_few_words_is_the_title_and_a_sentence_is_none() -> None:
    assert matter("村里的老井怎么用\n打水排队，老人先打。").title == "村里的老井怎么用"
    assert matter("问：几点开门？\n答：八点半。", "问答.txt").title == "问答"
    assert matter("一、带身份证来办\n二、不收钱。", "办事.txt").title == "办事"
