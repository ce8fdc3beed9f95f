"""The turnable clock of the sandbox."""

from sandbox.clocks import BusinessClock


def test_two_lives_of_a_sandbox_share_no_version_however_often_each_is_turned() -> None:
    before, after = BusinessClock(lambda: 1000.0), BusinessClock(lambda: 1001.0)
    before.forward(60)
    after.forward(60)
    assert before.version != after.version
