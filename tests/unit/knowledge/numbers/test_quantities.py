"""What a clause says in numbers, and of what."""

import pytest

from knowledge.numbers.quantities import Statement, exclusive, statements


def said(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.kind, one.value) for one in statements(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("每人每月六十元", [("money", ("6000",))]),
        ("最多补1.2万元", [("money", ("1200000",))]),
        ("一次760元至4560元", [("money", ("76000", "456000"))]),
        ("处500元以上2000元以下罚款", [("money", ("50000", "200000"))]),
        ("报85%", [("percent", ("850",))]),
        ("按百分之三十补", [("percent", ("300",))]),
        ("报七成半", [("percent", ("750",))]),
        ("八十至八十九周岁", [("age", ("80岁", "89岁"))]),
        ("年满60周岁", [("age", ("60岁",))]),
        ("五个工作日内办完", [("span", ("7200",))]),
        ("公示7天。", [("span", ("10080",))]),
        ("30日内告诉", [("span", ("43200",))]),
        ("每12个月做一次", [("span", ("M12",))]),
        ("有效期一年。", [("span", ("M12",))]),
        ("打533-1012问", [("phone", ("533-1012",))]),
        ("先打95598", [("phone", ("95598",))]),
        ("2026年9月15日至2026年12月31日", [("date", ("2026-9-15", "2026-12-31"))]),
        ("每月25日前发", [("date", ("M25",))]),
        ("晚上7点半到11点半", [("clock", ("19:30", "11:30"))]),
        ("到6号窗口", [("window", ("6号窗口",))]),
        ("面积不超过200平方米", [("size", ("200平方米",))]),
        ("2026年养老认证", []),
        ("示例政发〔2026〕8号第六条", []),
    ],
)
def test_a_number_is_read_in_one_unit(text: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert said(text) == found


def of(text: str, value: str) -> Statement:
    return next(one for one in statements(text) if value in one.value)


def test_each_number_of_a_list_has_its_own_words() -> None:
    text = "生活补贴每人每月160元；护理补贴一级每人每月170元、二级每人每月140元。"
    assert "生活补贴" in of(text, "16000").near
    assert "一级" in of(text, "17000").near
    assert "二级" in of(text, "14000").near
    assert "一级" not in of(text, "14000").near
    assert of(text, "17000").per == {"人", "月"}


def test_what_a_number_holds_for_is_its_bracket() -> None:
    text = "八十至八十九周岁每人每月三十元，九十至九十九周岁每人每月一百元。"
    assert of(text, "3000").brackets == {"age": {"80岁", "89岁"}}
    assert of(text, "10000").brackets == {"age": {"90岁", "99岁"}}


def test_the_line_above_a_list_belongs_to_its_items() -> None:
    text = "每人每月的标准：\n（一）八十至八十九周岁，六十元；\n（二）一百周岁以上，五百元。"
    assert of(text, "6000").per == {"人", "月"}
    assert "标准" in of(text, "50000").around


def test_words_that_exclude_each_other_are_known() -> None:
    assert list(exclusive("小学报名").values()) == [{"小学"}, {"报名"}]
    assert exclusive("高龄津贴") == {}
