"""How alike two short texts are, by the pairs of characters that they share. Pure."""

ENOUGH = 0.5
"""From here on a text counts as said like another."""


def likeness(left: str, right: str) -> float:
    """Compare two texts by their character pairs (Dice), between 0 and 1."""
    one, other = _pairs(left), _pairs(right)
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
