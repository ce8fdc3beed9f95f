"""The second ear: a cry no rule names is heard, everyday talk is not, and its weights are found again as stored."""

import json
from pathlib import Path

from bot.dialogue import likeness, signs
from bot.dialogue.sounds import as_heard, from_spelling, is_sound, spelling


def test_a_cry_for_help_weighs_more_than_everyday_talk() -> None:
    weigh = likeness.learned().of
    assert weigh("娃掉井里了快来救") > likeness.THRESHOLD > weigh("俺想问问低保咋办")


def test_a_long_text_is_never_taken_for_an_emergency_by_likeness_alone() -> None:
    assert signs.by_likeness("救命快来人" * 20) is None


def test_a_word_or_two_in_answer_to_us_is_no_cry_for_help() -> None:
    assert [said for said in ("好了", "行了", "来了", "弄好了", "好了好了") if signs.by_likeness(said)] == []


def test_what_is_past_is_no_emergency_however_like_one() -> None:
    assert signs.by_likeness("去年掉井里了") is None


def test_syllables_are_spelled_and_read_again() -> None:
    heard = as_heard("着火")
    assert is_sound(heard)
    assert not is_sound("着火")
    assert from_spelling(spelling(heard)) == heard == as_heard("找火")


def test_every_stored_piece_is_a_character_or_two(second_ear: Path) -> None:
    stored = json.loads(second_ear.read_text(encoding="utf-8"))
    assert {len(piece) for piece in stored["written"]} <= {1, 2}
    assert not any(is_sound(character) for piece in stored["written"] for character in piece)
    assert {len(piece.split()) for piece in stored["heard"]} <= {1, 2}
