"""Settings that look at each other."""

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
