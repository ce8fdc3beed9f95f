"""JSON as it is stored: written and read in C, and by the standard library what C refuses.

Either way gives the same text and the same values, so rows of every version are read alike.
"""

import json
from typing import Any

import msgspec
import orjson

_PLAIN = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS | _PLAIN


def written(value: Any) -> str:
    """Write a value, its keys in their order, letters as they are."""
    try:
        return orjson.dumps(value, option=_PLAIN).decode()
    except TypeError:
        return _written(value)


_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def read(text: str) -> Any:
    """Read a value; ValueError for what is no JSON."""
    try:
        return _read(text)
    except (msgspec.DecodeError, UnicodeError):
        return json.loads(text)  # NaN, half a pair of surrogates: what the standard library may have written


_read = msgspec.json.Decoder().decode


def canonical(value: Any) -> bytes:
    """Write a value in the one way that a hash is taken over: keys sorted, no spaces, UTF-8.

    A hash stands for ever, and numbers with a point are written otherwise by others: those are left to the standard
    library.
    """
    if not _has_point(value):
        try:
            return orjson.dumps(value, option=_SORTED)
        except TypeError:
            pass
    return _canonical(value).encode()


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _has_point(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return any(map(_has_point, value.values()))
    if kind is list or kind is tuple:
        return any(map(_has_point, value))
    return kind is float
