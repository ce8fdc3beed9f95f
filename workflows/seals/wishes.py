"""What somebody wants who wants a paper or a stamp: which one, for whom, and who asked for it. Pure; no model.

`classify` reads a villager's own words against the policy; how people speak is in `phrases.py`. A refused paper is
never read as an allowed one: what is named by its name counts before what the words only hint at.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from workflows.seals import phrases, policy
from workflows.seals.policy import LOAN, OTHER, Kind, Row

NAMED, HINTED, MENTIONED = 3, 2, 1
"""How sure a paper is: its name before the word for paper, a way of putting it, or its name somewhere."""
OBJECT = 0.5
"""More for what follows the verb: that is what the paper is to say."""
LONGEST = 150
"""Characters of a wish; what is longer is a letter, and a paper is only one of the things that it speaks of."""
MOST = 3
"""Papers that one sentence is taken to ask for."""


class Wish(Struct, frozen=True):
    """One paper that somebody wants, and what was said of it."""

    kind: Kind
    paper: str = ""
    """Id of the row; empty when unclear."""
    called: str = ""
    """How people call it."""
    text: str = ""
    receiver: str = ""
    """The body that asks for it, one of a closed list."""
    purpose: str = ""
    for_whom: str = ""
    """As said; empty: for who speaks."""
    loan: bool = False
    basis: bool = False
    """A rule was named by which it is wanted."""
    angry: bool = False


class Found(Struct, frozen=True):
    """A row that may be meant."""

    score: float
    kind: Kind
    row: Row
    called: str


def classify(text: str, *, wished: bool = False, around: str = "") -> tuple[Wish, ...]:
    """Read which papers are wanted; none if no paper is wished for. Each paper once, the refused first.

    `wished`: that it is a wish is known (it answers our question, or is like one); `around`: the whole message.
    """
    heard = phrases.hear(text)
    if not wished and not is_wish(heard):
        return ()
    about = _about(text, heard, phrases.hear(around) if around else heard)
    return tuple(
        _judged(replace(about, kind=one.kind, paper=one.row.id, called=one.called)) for one in _papers(heard)
    ) or (about,)


def is_wish(heard: str) -> bool:
    """Tell whether words in plain form wish for a paper, and do not only ask about one."""
    words = phrases.load()
    if len(heard) > LONGEST:
        return False
    is_verb = any(words.find(name, heard) for name in ("verb", "apply"))
    if not (is_verb or words.find("paper", heard)) or words.find("not", heard):
        return False
    if any(pattern.search(heard) for pattern in words.strong):
        return True
    if words.find("question", heard):
        return False
    if any(pattern.search(heard) for pattern in words.firm):
        return True
    if words.find("asks_softly", heard):
        return False
    return is_verb or any(pattern.search(heard) for pattern in words.weak)


def has_basis(text: str) -> bool:
    """Tell whether a rule is named by which a paper is wanted."""
    words, heard = phrases.load(), phrases.hear(text)
    return words.find("basis", heard) is not None and words.find("no_basis", heard) is None


def _about(text: str, heard: str, around: str) -> Wish:
    words = phrases.load()
    return Wish(
        Kind.UNCLEAR,
        text=text,
        receiver=phrases.receiver(heard) or phrases.receiver(around),
        purpose=phrases.purpose(heard),
        for_whom=phrases.for_whom(heard, around),
        loan=words.find("loan", heard) is not None and words.find("not_loan", heard) is None,
        basis=has_basis(heard),
        angry=words.find("angry", around) is not None,
    )


def _judged(wish: Wish) -> Wish:
    """What is wanted for a loan is asked about first, whatever the paper."""
    return replace(wish, kind=Kind.ASK_FIRST) if wish.loan and wish.kind is Kind.ALLOWED else wish


def _papers(heard: str) -> list[Found]:
    """Find the papers that are named; else the one that is most likely meant; else what stands in no list."""
    found = sorted(_found(heard), key=lambda one: -one.score)
    if never := [one for one in found if one.kind is Kind.NEVER]:
        return never[:1]
    if named := [one for one in found if one.score >= NAMED]:
        return _refused_first(named)[:MOST]
    return (found[:1] if found and not _is_stamp_for_loan(heard) else []) or _unlisted(heard)


def _is_stamp_for_loan(heard: str) -> bool:
    words = phrases.load()
    return (
        words.find("loan", heard) is not None and not words.find("not_loan", heard) and not words.find("written", heard)
    )


def _refused_first(found: Sequence[Found]) -> list[Found]:
    order = [Kind.REFUSED, Kind.ASK_FIRST, Kind.ALLOWED]
    return sorted(found, key=lambda one: order.index(one.kind))


def _unlisted(heard: str) -> list[Found]:
    """A paper by a name that no row knows, or by what it is to say."""
    words, row = phrases.load(), policy.load().row(OTHER)
    if words.find("loan", heard):
        row = policy.load().row(LOAN)
        return [Found(MENTIONED, Kind.ASK_FIRST, row, row.name)]
    named = words.find("named", heard)
    name = words.patterns["lead"].sub("", named["name"]) if named else ""
    if len(name) > 1:
        return [Found(MENTIONED, Kind.ASK_FIRST, row, f"{name}{words.word}")]
    return [Found(MENTIONED, Kind.ASK_FIRST, row, row.name)] if words.find("verb", heard) else []


def _found(heard: str) -> Iterator[Found]:
    """Score every row once: by name, by a way of putting it, or by its name somewhere."""
    for kind, row in policy.load().rows():
        score, called = max(_scores(heard, row), default=(0.0, ""))
        if score:
            yield Found(score, kind, row, called)


def _scores(heard: str, row: Row) -> Iterator[tuple[float, str]]:
    words = phrases.load()
    for alias in row.alias:
        for at in re.finditer(re.escape(alias), heard):
            if words.patterns["paper_after"].match(heard, at.end()) or alias.endswith(words.own_names):
                yield NAMED + len(alias) / 100, _called(alias, row)
            elif len(alias) > 1:
                yield MENTIONED + len(alias) / 100, _called(alias, row)
    if row.says and (said := row.says.search(heard)):
        verb = words.find("verb", heard)
        is_its_object = verb is not None and row.says.search(heard, verb.end()) is not None
        yield HINTED + min(len(said.group()), 20) / 100 + OBJECT * is_its_object, row.name


def _called(alias: str, row: Row) -> str:
    """Call a paper by the name that was said for it."""
    word = phrases.load().word
    if alias.endswith(phrases.load().own_names) or row.name.startswith(alias):
        return row.name
    return f"{alias}{word}"
