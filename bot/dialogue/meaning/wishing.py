"""What is said of papers in talk: a wish for one, the answer to our question about it, and "3". Pure.

What a wish is and which paper is meant is read by `workflows/seals/wishes.py`; what follows is in `certificates.py`.
Only the words of a message are read here: what it quotes, and what a document or a model says, starts nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from bot.dialogue.hearing import words
from workflows.seals import phrases, policy, wishes
from workflows.seals.policy import Kind
from workflows.seals.wishes import Wish

OF_PAPER = ("purpose", "receiver")
"""What the form of a paper asks for in words."""
LETTER, BODY = "letter_to_body", "body"
"""The service by which the town writes to whoever asked, and where its form says who that is."""
WHY_REVOKED = ("paper_revocation", "reason")
"""Why a paper is to count no more: what happened is said there, and reports no trouble."""
WHY = 0
LONGEST_ANSWER = 24
"""Characters of an answer to such a question."""


@dataclass(frozen=True, slots=True)
class WantPaper:
    """Somebody wants a paper or a stamp."""

    wish: Wish
    asked: bool = False
    """Our question about it was asked already: no second one is."""


@dataclass(frozen=True, slots=True)
class Insist:
    """The answer to a refusal: 3, the body does not take it; 1 and 2 ask after the two papers; WHY, why not."""

    answer: int


def gathered(pieces: Sequence[str], stands_alone: Callable[[str], bool]) -> list[str]:
    """Put what belongs to a wish for a paper beside it: what it is for, who asks, anger. Other pieces stay."""
    kinds = [_kind(piece) for piece in pieces]
    if not any(kinds):
        whole = "，".join(pieces)
        is_one = len(pieces) > 1 and not any(map(stands_alone, pieces)) and _kind(whole) not in (None, Kind.UNCLEAR)
        return [whole] if is_one else list(pieces)
    return list(_segments(pieces, kinds, stands_alone))


def _segments(
    pieces: Sequence[str], kinds: Sequence[Kind | None], stands_alone: Callable[[str], bool]
) -> Iterator[str]:
    """Cut before each paper that is named and each other matter; what says nothing by itself joins a wish."""
    loose: list[str] = []
    wish: list[str] = []
    for piece, kind in zip(pieces, kinds, strict=True):
        is_alone = kind is None and stands_alone(piece)
        if wish and (is_alone or kind not in (None, Kind.UNCLEAR)):
            yield "，".join(wish)
            wish = []
        if is_alone:
            yield from (*loose, piece)
            loose = []
        elif wish or kind is not None:
            wish, loose = [*wish, *loose, piece], []
        else:
            loose.append(piece)
    yield from ["，".join(wish)] if wish else loose


def wanted(piece: str, around: str) -> list[WantPaper]:
    """Take the papers that a piece of a message wishes for; `around` is the whole message."""
    return [WantPaper(wish) for wish in wishes.classify(piece, around=around)]


def others(wanted: Sequence[WantPaper], skill: str) -> list[WantPaper]:
    """Choose the wishes for another paper than the one whose form is open; an unclear one is no other."""
    rules = policy.load()
    return [one for one in wanted if one.wish.paper and rules.row(one.wish.paper).skill != skill]


def said_of(wanted: Sequence[WantPaper], field: str, said: str) -> str:
    """Take out of the same wish, said once more, what the form asks for; empty if it says nothing of it."""
    wish = wanted[0].wish
    return said if wish.loan else wish.purpose if field == "purpose" else wish.receiver


def is_wish(piece: str) -> bool:
    """Tell whether a piece wishes for a paper."""
    return wishes.is_wish(phrases.hear(piece))


def like_a_wish(piece: str) -> WantPaper | None:
    """Take a piece that its nearest sayings call a wish: only where it speaks of a paper and does not plainly ask."""
    known, heard = phrases.load(), phrases.hear(piece)
    if known.find("paper", heard) is None or known.find("question", heard) or known.find("not", heard):
        return None
    return WantPaper(wishes.classify(piece, wished=True)[0])


def is_of_policy(skill: str) -> bool:
    """Tell whether a service issues papers: it is begun by a wish that the policy allows, and by nothing else."""
    return skill in policy.load().skills()


def for_service(piece: str) -> WantPaper | None:
    """Read what was taken for a service that issues papers; None for a question about it."""
    heard = phrases.hear(piece)
    if phrases.load().find("question", heard) and not wishes.is_wish(heard):
        return None
    return WantPaper(wishes.classify(piece, wished=True)[0])


def is_about_paper(piece: str) -> bool:
    """Tell whether a piece speaks of a paper, of who asks for it, or of having been sent away."""
    heard = phrases.hear(piece)
    return any(phrases.load().find(name, heard) for name in ("paper", "angry", "whole_body", "basis"))


def answered(raw: str, before: str) -> list[WantPaper]:
    """Read the answer to our question which paper it is, or who asks for it, together with what was said before."""
    now = wishes.classify(raw)
    if now and now[0].paper:
        earlier = wishes.classify(before, wished=True)[0]
        if earlier.paper and earlier.paper != now[0].paper:
            return [WantPaper(wish) for wish in now]
    found = wishes.classify(_with_name(raw, before), wished=True)
    return [WantPaper(replace(wish, basis=wishes.has_basis(raw)), asked=True) for wish in found[:1]]


def is_unnamed(wish: Wish) -> bool:
    """Tell whether a paper is wanted for somebody who was called "my mother" or "her", and not by name."""
    return any(phrases.load().find(name, wish.for_whom) for name in ("relation", "pronoun"))


def _with_name(raw: str, before: str) -> str:
    """Put an answer behind what was said before; a name stands beside whom it names."""
    wish = wishes.classify(before, wished=True)[0]
    name = words.load().patterns["own_name"].fullmatch(raw.strip())
    if name and wish.for_whom and is_unnamed(wish) and wish.for_whom in before:
        return before.replace(wish.for_whom, f"{wish.for_whom}{name['name']}", 1)
    return f"{before}，{raw}"


def insisted(heard: str) -> list[Insist]:
    """Read the answer to a refusal."""
    return why(heard) or [Insist(number) for number in (1, 2, 3) if words.load().fits(f"refused.{number}", heard)]


def why(heard: str) -> list[Insist]:
    """Read the question why a paper is refused."""
    return [Insist(WHY)] if words.load().fits("refused.why", heard) else []


def body_in(raw: str) -> str:
    """Name the body that somebody speaks of, whatever else is said of it; empty if none of the list is."""
    return phrases.receiver(phrases.hear(raw))


def _kind(piece: str) -> Kind | None:
    found = wishes.classify(piece)
    return found[0].kind if found else None
