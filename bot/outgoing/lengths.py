"""How long a text may be: the platform refuses a message of more than 15,000 bytes, and then nobody hears a word. Pure.

What is too long ends at the end of a line or sentence that still fits, and says that there is more.
"""

import json

MOST_BYTES = 14_000
"""Of a text as it travels, in JSON; names, marks and mentions need the rest of the 15,000."""
ENDS = "\n。！？；"
"""Signs after which a text may be cut."""


def fits(text: str, most: int = MOST_BYTES) -> bool:
    """Tell whether a text can be sent as it is."""
    return _bytes(text) <= most


def cut(text: str, ending: str, most: int = MOST_BYTES) -> str:
    """Cut a text where a line or sentence ends, and put `ending` behind it; one that fits stays as it is."""
    if fits(text, most):
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _bytes(f"{text[:middle]}\n{ending}") <= most else (low, middle - 1)
    head = text[:low]
    end = max(head.rfind(sign) for sign in ENDS) + 1
    return f"{head[: end if end > low // 2 else low].rstrip()}\n{ending}"


def _bytes(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode())
