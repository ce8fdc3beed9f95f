"""Write a text as it sounds: one private character per syllable, dialect and recognition errors merged.

Same length as the text, so that a place in one is the same place in the other. Used to find emergency words.
"""

from functools import cache
from threading import Lock

from township.pinyin import reading

_FIRST = 0xF0000  # a private plane: a syllable can never be mistaken for a written character
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_FINALS = (("ing", "in"), ("eng", "en"), ("ang", "an"))
_READINGS = {0x7740: "zhao"}  # the dictionary gives the particle (zhe) first; fire, bite and hit need the verb
_codes: dict[str, str] = {}
_lock = Lock()


def merged(syllable: str) -> str:
    """Merge what speakers and recognisers confuse: flat and curled initials, n and l, front and back nasals."""
    for long, short in _INITIALS:
        syllable = syllable.replace(long, short, 1) if syllable.startswith(long) else syllable
    for long, short in _FINALS:
        syllable = syllable.removesuffix(long) + short if syllable.endswith(long) else syllable
    return "l" + syllable[1:] if syllable.startswith("n") and len(syllable) > 1 else syllable


def _code(syllable: str) -> str:
    with _lock:
        return _codes.setdefault(merged(syllable), chr(_FIRST + len(_codes)))


@cache
def _of_character(character: str) -> str:
    sound = _READINGS.get(ord(character)) or reading(character)
    return _code(sound) if sound else character


def as_heard(text: str) -> str:
    """Write each character of a message by its commonest reading."""
    return "".join(map(_of_character, text))


def is_sound(piece: str) -> bool:
    """Tell whether a piece of a text written as it sounds is made of syllables only."""
    return bool(piece) and all(ord(character) >= _FIRST for character in piece)


def spelling(heard: str) -> str:
    """Spell syllables with letters, to be stored: the codes are another process's own."""
    with _lock:
        letters = {code: syllable for syllable, code in _codes.items()}
    return " ".join(letters[code] for code in heard)


def from_spelling(letters: str) -> str:
    """Give the syllables that were spelled."""
    return "".join(map(_code, letters.split()))
