import pytest

from bot.dingtalk.endpoints import Endpoints

REAL = Endpoints()
PLAYED = Endpoints("http://127.0.0.1:9700", "http://127.0.0.1:9700")
BUCKET = "http://wukong-file.oss-cn-zhangjiakou.aliyuncs.com/x?Signature=a%3D"


@pytest.mark.parametrize(
    ("url", "real", "played"),
    [
        ("https://oapi.dingtalk.com/robot/sendBySession?session=a", True, True),
        ("https://api.dingtalk.com/v1.0/x", True, True),
        ("http://oapi.dingtalk.com/robot/sendBySession?session=a", False, False),
        ("https://oapi.dingtalk.com.evil.cn/robot", False, False),
        ("https://oapi.dingtalk.com@evil.cn/robot", False, False),
        ("https://user@oapi.dingtalk.com/robot", False, False),
        ("https://oapi.dingtalk.com:8443/robot", False, False),
        ("https://oapi.dingtalk.com:443443/robot", False, False),
        ("https://[oapi.dingtalk.com/robot", False, False),
        ("https://192.168.1.1/robot", False, False),
        ("http://127.0.0.1:9700/robot/sendBySession?session=a", False, True),
        ("http://localhost:9700/robot", False, True),
        ("http://x@127.0.0.1:9700/robot", False, False),
        ("file:///etc/passwd", False, False),
        ("", False, False),
    ],
)
def test_replies_go_to_dingtalk_only(url: str, real: bool, played: bool) -> None:
    assert REAL.may_reply_to(url) == real
    assert PLAYED.may_reply_to(url) == played


@pytest.mark.parametrize(
    ("url", "real"),
    [
        (BUCKET, True),
        ("https://static.dingtalk.com/media/x", True),
        ("http://169.254.169.254/latest/meta-data", False),
        ("https://aliyuncs.com.evil.cn/x", False),
        ("ftp://a.aliyuncs.com/x", False),
        ("https://a.aliyuncs.com:port/x", False),
        ("http://127.0.0.1:9700/media/1", False),
    ],
)
def test_files_come_from_dingtalk_only(url: str, real: bool) -> None:
    assert REAL.may_download(url) == real


def test_played_platform_keeps_its_files_on_loopback() -> None:
    assert PLAYED.on_loopback
    assert not REAL.on_loopback
    assert PLAYED.may_download("http://127.0.0.1:9700/media/1")
