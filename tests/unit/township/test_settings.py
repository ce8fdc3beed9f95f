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
