"""What a log line may hold: no number of a person, and of what broke only where and of what kind."""

import io
import logging

from township.errors import Mistake
from township.logs import MaskingFormatter

WORDS = "俺娘摔倒了叫不应"


def written(words: str, broken: BaseException | None = None, **extra: object) -> str:
    """Log a line, about an error where there is one, and return it as it is written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter("%(levelname)s %(message)s"))
    own = logging.Logger("of this test")
    own.addHandler(handler)
    try:
        if broken is not None:
            raise broken
    except BaseException as error:
        own.error(words, exc_info=error, extra=extra)
    else:
        own.warning(words, extra=extra)
    return stream.getvalue()


def test_what_broke_is_told_by_kind_and_place_and_never_in_its_own_words() -> None:
    line = written("a turn failed", ValueError(f"cannot read {WORDS}"), action="turn_failed")
    assert WORDS not in line
    assert "ValueError" in line
    assert "test_logs.py" in line
    assert "action=turn_failed" in line


def test_what_led_to_it_is_told_too() -> None:
    broken = RuntimeError(WORDS)
    broken.__cause__ = KeyError(WORDS)
    line = written("a turn failed", broken)
    assert WORDS not in line
    assert line.index("KeyError") < line.index("RuntimeError")


def test_what_was_raised_from_itself_is_told_once() -> None:
    broken = RuntimeError(WORDS)
    broken.__cause__ = broken
    assert written("a turn failed", broken).count("RuntimeError") == 1


def test_an_error_of_the_house_is_told_by_its_code() -> None:
    line = written("a turn failed", Mistake("not_a_number", given=WORDS))
    assert "Mistake not_a_number" in line
    assert WORDS not in line


def test_numbers_of_people_are_masked_wherever_they_stand() -> None:
    line = written("called 13812345678", who="110101199003078515")
    assert "13812345678" not in line
    assert "199003078515" not in line
