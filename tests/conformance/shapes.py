"""A small language for the shape of JSON, as `calls.yaml` and `frames.yaml` speak it.

text, whole, yes_no, any      a string, an integer, a boolean, whatever it is
{name: shape, name?: shape}   an object with these fields and no others; `?` may be absent
{"*": shape}                  an object with any names
[shape]                       a list
{json: shape}                 a string that holds JSON
one of: [shape, …]            any of several
exactly: value                this very value
"""

import json
from typing import Any

KINDS: dict[str, Any] = {"text": str, "whole": int, "yes_no": bool, "any": object}


def flaws(value: object, shape: Any, at: str = "") -> list[str]:
    """List in what a value differs from a shape; empty when it conforms."""
    if isinstance(shape, str):
        is_kind = isinstance(value, KINDS[shape]) and not (shape == "whole" and isinstance(value, bool))
        return [] if is_kind else [f"{at}: {shape} wanted, {value!r} found"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{at}: a list wanted, {value!r} found"]
        return [flaw for number, one in enumerate(value) for flaw in flaws(one, shape[0], f"{at}[{number}]")]
    match dict(shape):
        case {"json": inner, **rest} if not rest:
            return _json(value, inner, at)
        case {"one of": choices}:
            several = [flaws(value, choice, at) for choice in choices]
            return [] if [] in several else min(several, key=len)
        case {"exactly": wanted}:
            return [] if value == wanted else [f"{at}: {wanted!r} wanted, {value!r} found"]
        case {"*": inner}:
            if not isinstance(value, dict):
                return [f"{at}: an object wanted, {value!r} found"]
            return [flaw for name, one in value.items() for flaw in flaws(one, inner, f"{at}.{name}")]
    return _object(value, shape, at)


def _json(value: object, inner: Any, at: str) -> list[str]:
    try:
        return flaws(json.loads(str(value)), inner, at) if isinstance(value, str) else [f"{at}: JSON as text wanted"]
    except ValueError:
        return [f"{at}: text that is JSON wanted, {value!r} found"]


def _object(value: object, shape: dict[str, Any], at: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at}: an object wanted, {value!r} found"]
    known = {name.removesuffix("?"): (inner, name.endswith("?")) for name, inner in shape.items()}
    found = [f"{at}.{name}: the documentation knows no such field" for name in value if name not in known]
    found += [f"{at}.{name}: missing" for name, (_, may) in known.items() if not may and name not in value]
    for name, one in value.items():
        if name in known:
            found += flaws(one, known[name][0], f"{at}.{name}")
    return found
