import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from township.logs import MaskingFormatter
from township.privacy import mask, mask_name


@pytest.mark.parametrize(
    ("text", "hidden", "kept"),
    [
        ("电话13812345678，快来", "1234", "138****5678"),
        ("+86 138 1234 5678", "1234", "138****5678"),
        ("身份证110101199003074258没带", "19900307", "110101"),
        ("卡号 6222 0202 0000 1234 567", "0202", "6222"),
        ("GET /robot/sendBySession?session=abc123def", "abc123def", "session=***"),
    ],
)
def test_numbers_that_name_a_person_are_hidden(text: str, hidden: str, kept: str) -> None:
    masked = mask(text)
    assert hidden not in masked
    assert kept in masked


@pytest.mark.parametrize("text", ["533-1234", "120", "示例政发〔2026〕8号", "200000元", "2026-11-23 09:00"])
def test_what_names_nobody_stays_readable(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="你好，打电话 a", max_size=8), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_mobile_survives_in_a_log_line(before: str, phone: str) -> None:
    record = logging.makeLogRecord({"msg": f"{before}{phone}", "action": phone})
    assert phone not in MaskingFormatter("%(message)s").format(record)


def test_of_a_name_the_family_name_is_shown() -> None:
    assert mask_name("王秀英") == "王**"
    assert mask_name("") == ""
