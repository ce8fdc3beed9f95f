"""How much weight a rule has before it is read: the nation's laws before its decrees, both before other places' rules.

What the town itself was told, and what its county and province sent it, stands as high as a law of the nation: which
of those answers is for `levels` to decide. Pure.
"""

from knowledge.models import Level
from knowledge.structure.patterns import pattern

#: On the scale of fused scores. `dinglin eval law-retrieval`, dev half, citizens hit@1/5/10: none .376/.575/.652;
#: the nation .05 and laws .08 .392/.602/.678, .12 .396/.605/.693, .20 .390/.596/.688 (docs/decisions/0023).
NATION, LAW = 0.15, 0.12


def authority(level: Level, title: str, *, shared: bool) -> float:
    """Weigh a document by who passed it and what its title says it is."""
    if not shared:
        return NATION + LAW
    if level is not Level.nation:
        return 0.0
    return NATION + LAW if pattern("law_title").search(title) else NATION
