from typing import Any

import pytest

from bot.dingtalk import faults
from bot.dingtalk.faults import (
    ChannelFault,
    Denied,
    QuotaExhausted,
    Rejected,
    Throttled,
    TokenExpired,
    Unknown,
    Unsafe,
    WebhookExpired,
)

DENIED = "Forbidden.AccessDenied.AccessTokenPermissionDenied"


@pytest.mark.parametrize(
    ("status", "answer", "fault"),
    [
        (400, {"code": "InvalidAuthentication", "message": "不合法的access_token"}, TokenExpired),
        (200, {"errcode": 40014, "errmsg": "不合法的access_token"}, TokenExpired),
        (200, {"errcode": 88, "sub_code": "40014", "errmsg": "ding talk error"}, TokenExpired),
        (200, {"errcode": 300001, "errmsg": "session 不存在"}, WebhookExpired),
        (403, {"code": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"}, Throttled),
        (403, {"code": "Forbidden.AccessDenied.QpsLimitForApi"}, Throttled),
        (200, {"errcode": "90018"}, Throttled),
        (200, {"errcode": -1, "errmsg": "系统繁忙"}, Throttled),
        (500, {"code": "system.busy"}, Throttled),
        (403, {"code": "Forbidden.AccessDenied.ApiCountLimitForOrg"}, QuotaExhausted),
        (200, {"errcode": 90020}, QuotaExhausted),
        (400, {"code": "param.contentUnsafe"}, Unsafe),
        (400, {"code": "contain.notAllowed.text"}, Unsafe),
        (400, {"code": "contain.unsafe.url"}, Unsafe),
        (200, {"errcode": 310000}, Unsafe),
        (403, {"code": DENIED}, Denied),
        (400, {"code": "invalidClientIdOrSecret"}, Denied),
        (403, {"code": "Forbidden.AccessDenied.IpNotInWhiteList"}, Denied),
        (400, {"code": "param.cardNotExist"}, Rejected),
        (404, {"code": "InvalidAction.NotFound"}, Rejected),
        (200, {"errcode": 33012, "errmsg": "无效的userId"}, Rejected),
        (504, {"code": "ServiceTimeout"}, Unknown),
        (500, {"code": "system.error"}, Unknown),
        (502, {}, Unknown),
    ],
)
def test_every_refusal_has_its_fault(status: int, answer: dict[str, Any], fault: type[ChannelFault]) -> None:
    with pytest.raises(ChannelFault) as caught:
        faults.check(answer, status)
    assert type(caught.value) is fault


@pytest.mark.parametrize("answer", [{}, {"errcode": 0}, {"errcode": "0"}, {"success": True}, {"code": "anything"}])
def test_yes_is_yes(answer: dict[str, Any]) -> None:
    assert faults.check(answer, 200) is answer


def test_denied_names_the_permissions_to_apply_for() -> None:
    answer = {"code": DENIED, "accessdenieddetail": {"requiredScopes": ["Card.Instance.Write"]}}
    with pytest.raises(Denied) as caught:
        faults.check(answer, 403)
    assert caught.value.scopes == ("Card.Instance.Write",)


@pytest.mark.parametrize(("code", "seconds"), [("X.QpsLimitForApi", 1.0), ("X.QpmLimitForApi", 60.0)])
def test_throttled_says_how_long_to_wait(code: str, seconds: float) -> None:
    with pytest.raises(Throttled) as caught:
        faults.check({"code": code}, 403)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("content", [b"<html>busy</html>", b"", b"[]", b"\xff"])
def test_page_instead_of_json_means_another_try_soon(content: bytes) -> None:
    with pytest.raises(Throttled) as caught:
        faults.parse(content, 200)
    assert caught.value.retry_after == faults.PAGE_SECONDS


def test_ban_is_waited_out() -> None:
    with pytest.raises(Throttled) as caught:
        faults.parse(b'{"status":1111,"wait":5}', 200)
    assert caught.value.retry_after == faults.BANNED_SECONDS


def test_page_of_a_broken_gateway_leaves_the_outcome_open() -> None:
    with pytest.raises(Unknown):
        faults.parse(b"<html>Bad gateway</html>", 502)
