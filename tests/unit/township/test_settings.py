"""Settings that look at each other."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from township.errors import Mistake
from township.settings import Settings, read_settings


def test_the_sandbox_seals_for_show_and_a_township_by_hand() -> None:
    assert Settings().seals == "demo"
    assert Settings(seal_backend="counter").seals == "counter"
    assert Settings(profile="group", api_url="https://api.dingtalk.com").seals == "counter"
    assert Settings(api_url="https://api.dingtalk.com").seals == "counter"


@pytest.mark.parametrize("real", [{"profile": "group"}, {"api_url": "https://api.dingtalk.com"}])
def test_a_township_never_seals_for_show(real: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(seal_backend="demo", **real)


def test_the_sentence_names_the_setting_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINGLIN_SEAL_BACKEND", "demo")
    monkeypatch.setenv("DINGLIN_PROFILE", "county")
    with pytest.raises(Mistake) as refused:
        read_settings()
    assert refused.value.values["name"] == "DINGLIN_SEAL_BACKEND"
    assert refused.value.values["reason"] == "demo_seal"


@pytest.mark.parametrize("given", ["gpt", "http://127.0.0.1/v1", "#model", "ftp://host/v1#model"])
def test_a_chat_model_is_an_address_and_a_name(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(chat="http://127.0.0.1:8080/v1#model").chat
    monkeypatch.setenv("DINGLIN_CHAT", given)
    with pytest.raises(Mistake) as refused:
        read_settings()
    assert (refused.value.values["name"], refused.value.values["reason"]) == ("DINGLIN_CHAT", "chat")


@pytest.mark.parametrize("seconds", [-1, 61])
def test_nobody_waits_for_a_model_longer_than_a_minute(seconds: float) -> None:
    with pytest.raises(ValidationError):
        Settings(chat_wait=seconds)


@pytest.mark.parametrize(
    ("written", "code", "line"),
    [
        ("# 中文\nDINGLIN_PORT=9601\n".encode("gbk"), "env_encoding", None),
        (b"DINGLIN_PORT=9601\nthis is no setting\n", "env_line", 2),
        (b'DINGLIN_PORT="96', "env_line", 1),
    ],
    ids=["gbk", "no setting", "open quote"],
)
def test_a_file_of_settings_that_cannot_be_read_is_named_with_its_line(
    written: bytes, code: str, line: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(written)
    with pytest.raises(Mistake) as refused:
        read_settings()
    assert refused.value.code == code
    assert refused.value.values["path"] == str(tmp_path / ".env")
    assert refused.value.values.get("line") == line


def test_a_file_of_settings_as_a_notepad_saves_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes("\ufeffDINGLIN_PORT=9601\r\n# 说明\r\nexport DINGLIN_HOST=10.0.0.1\r\n".encode())
    assert (read_settings().port, read_settings().host) == (9601, "10.0.0.1")
