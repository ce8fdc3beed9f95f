import subprocess
import sys

import pytest
from pydantic import ValidationError

from township.settings import Settings

DIES = "from township import killpoints as k; k.arm({!r}); [k.reach(k.Point.SEND) for _ in range(3)]; print('lives')"


@pytest.mark.parametrize(("armed", "dies"), [("send:3", True), ("send", True), ("send:4", False), ("ack", False)])
def test_a_process_dies_when_its_point_is_reached_so_often(armed: str, dies: bool) -> None:
    ended = subprocess.run([sys.executable, "-c", DIES.format(armed)], capture_output=True, text=True)
    assert ended.returncode == (-9 if dies else 0)
    assert ended.stdout == ("" if dies else "lives\n")


def test_only_a_rehearsal_may_be_killed() -> None:
    assert Settings(kill_at="send:2").kill_at == "send:2"
    with pytest.raises(ValidationError):
        Settings(kill_at="send", profile="group")
    with pytest.raises(ValidationError):
        Settings(kill_at="send", api_url="https://api.dingtalk.com")
    with pytest.raises(ValidationError):
        Settings(kill_at="lunch")
