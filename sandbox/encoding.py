"""JSON as fast as the machine offers: orjson where it is installed, the standard library elsewhere."""

import json
from typing import Any

Json = dict[str, Any]

try:
    import orjson
except ImportError:

    def dumps(value: object) -> bytes:
        """Encode a value as compact UTF-8 JSON."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def loads(raw: bytes | str) -> Any:
        """Decode JSON; ValueError when it is none."""
        return json.loads(raw)
else:

    def dumps(value: object) -> bytes:
        """Encode a value as compact UTF-8 JSON."""
        return orjson.dumps(value)

    def loads(raw: bytes | str) -> Any:
        """Decode JSON; ValueError when it is none."""
        return orjson.loads(raw)


def as_object(raw: bytes | str) -> Json | None:
    """Decode a JSON object; None when the bytes are anything else."""
    try:
        value = loads(raw)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
