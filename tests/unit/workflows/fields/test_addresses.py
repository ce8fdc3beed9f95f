"""Addresses of an invented county, taken apart."""

import pytest

from workflows.fields.addresses import Address, parse


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "示范县示例镇柳树村三组12号",
            Address(district="示范县", town="示例镇", community="柳树村", group="三组", rest="12号"),
        ),
        ("浙江省杭州市示范区示例街道桃园社区", Address("浙江省", "杭州市", "示范区", "示例街道", "桃园社区")),
        ("浙江 杭州 示范区，示例镇石桥村", Address("浙江", "杭州", "示范区", "示例镇", "石桥村")),
        ("中国浙江省示范市示例乡", Address(prov="浙江省", district="示范市", town="示例乡")),
        ("杭州杭州市示范区", Address(city="杭州市", district="示范区")),
        ("温州路5号", Address(rest="温州路5号")),
        ("示例镇路口", Address(town="示例镇", rest="路口")),
        ("", Address()),
    ],
)
def test_each_level_is_found(text: str, address: Address) -> None:
    assert parse(text) == address


def test_a_name_without_its_ending_is_known_when_it_was_learnt() -> None:
    assert parse("示范示例镇").district == ""
    assert parse("示范示例镇", {"district": ["示范"]}) == Address(district="示范", town="示例镇")
