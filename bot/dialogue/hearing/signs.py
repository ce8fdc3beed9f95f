"""Find the signs of an emergency in a text: word lists that stand near each other, and guards.

The lists, rules and guards are data in signs.yaml. A word counts as written, or as it sounds: speech recognition and
dialect write the same syllable with other characters. What an emergency is and what is said back: emergency.py.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

import ahocorasick_rs
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from bot.dialogue.hearing import likeness
from bot.dialogue.hearing.sounds import as_heard

SOURCE = Path(__file__).with_name("signs.yaml")
WINDOW, NEAR, SHORT, HEARD_LIMIT, SOUND_ALONE, HEARD_ANYWHERE = 24, 12, 16, 48, 20, 3
"""Characters between the first and last word of a rule; the same for `near:`; a `short:` message; longest text in
which words are also searched by sound; longest in which two syllables by sound suffice; least syllables of a word
searched by sound in lists that are not in `by_sound`."""
LEAST_TO_WEIGH, BRIEF = 3, 3
"""Characters below which a text is like nothing, and up to which it must be plainly like a cry: a word or two answers a
question of ours."""
BELIEVED = ("child", "child_told", "suicide")
"""Kinds whose plain words are always believed."""
AIDED = ("fire", "flood", "collapse", "traffic", "machine", "bite", "medical", "unknown")
"""Kinds after which people ask for money or a rating."""
CHILD = "child"
"""The kind of a child who speaks of harm at home."""
LOST = ("missing", "unknown")
"""Kinds for which a lost animal or thing is taken."""
SWINDLED = (*LOST, "medical")
"""Kinds for which somebody is taken who is gone with the money."""
POWER = ("electric", "unknown")
"""Kinds for which a line is taken that carries no power."""
BURNING = ("fire", "electric", "gas", "unknown")
"""Kinds for which a machine is taken that smoked and was switched off."""
QUIET = ("collapse", "trapped", "medical", "unknown")
"""Kinds for which ordinary doings are taken: people under a tree, a tractor in the mud, a cramp at night."""
WEIGHED = ("past", "over", "elsewhere", "now", "ask", "anger")
"""Guards that the second ear weighs as well."""

BY_LIKENESS = "likeness"
"""The sign of what only the second ear hears."""


class Guards(BaseModel):
    """The regular expressions that tell what is not happening here and now."""

    model_config = ConfigDict(extra="forbid")
    before: str
    after: str
    elsewhere: str
    past: str
    over: str
    now: str
    surely: str
    anger: str
    ask: str
    aside: str
    aid: str
    belongings: str
    ordinary: str
    feared: str
    swindled: str
    no_power: str
    switched_off: str
    stove: str
    one_each: str
    by_elders: str
    spouse: str
    as_it_stands: str
    not_habit: str
    long: int
    told: int


class Lexicon(BaseModel):
    """The part of emergency.yaml that recognises."""

    model_config = ConfigDict(extra="ignore")
    words: dict[str, str]
    by_sound: list[str]
    as_written_only: list[str]
    rules: dict[str, list[str | dict[str, str]]]
    guards: Guards
    who: dict[str, str]


@dataclass(frozen=True, slots=True)
class Token:
    """One word of one list found in the text."""

    list_name: str
    start: int
    end: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds: its kind, its first list, whom the text is about, the words that were heard."""

    kind: str
    sign: str
    who: str
    heard: tuple[str, ...]
    denial: float = float("-inf")
    """The weight of the second ear below which this rule does not count: the broader the rule, the sooner."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The lists that must stand near each other."""

    kind: str
    lists: tuple[str, ...]
    needed: frozenset[str]
    window: int
    mode: str
    """`near`, `short` (the whole message is), `told` (short and no question), `wide` (the same, but tried last),
    `soft` (not in anger), `ever` (also when it is past), `habit` (also when it is usual), or empty."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """An automaton over the words, written or by sound, and the lists each word belongs to."""

    automaton: ahocorasick_rs.AhoCorasick
    lists: tuple[tuple[str, ...], ...]

    def find(self, text: str, *, exact: bool) -> Iterator[Token]:
        for index, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True):
            for name in self.lists[index]:
                yield Token(name, start, end, exact)


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Everything emergency.yaml says, made ready once."""

    rules: tuple[Rule, ...]
    written: Matcher
    heard: Matcher
    guards: dict[str, re.Pattern[str]] = field(hash=False)
    who: dict[str, re.Pattern[str]] = field(hash=False)
    long: int
    told: int


_CHOICE = re.compile(r"(?:\[([^\]]*)\]|(.))(\?)?")


def expand(word: str) -> list[str]:
    """Write out a word with choices: `a[b|c]` gives `ab` and `ac`, `d?` is a choice between `d` and nothing."""
    parts = []
    for brackets, plain, optional in _CHOICE.findall(word):
        choices = [plain] if plain else brackets.split("|")
        parts.append([*choices, ""] if optional else choices)
    return ["".join(choice) for choice in product(*parts)]


def _matcher(words: dict[str, set[str]]) -> Matcher:
    of_word: dict[str, list[str]] = {}
    for name, group in words.items():
        for word in group:
            of_word.setdefault(word, []).append(name)
    keys = sorted(of_word)
    same: dict[tuple[str, ...], tuple[str, ...]] = {}  # the words are many, the groups of lists they belong to few
    lists = (tuple(of_word[key]) for key in keys)
    # 67,000 words are two megabytes so, ten by default, and found as fast.
    compact = ahocorasick_rs.Implementation.ContiguousNFA
    automaton = ahocorasick_rs.AhoCorasick(keys, implementation=compact, store_patterns=False)
    return Matcher(automaton, tuple(same.setdefault(names, names) for names in lists))


def _rule(kind: str, line: str | dict[str, str]) -> Rule:
    mode, lists = next(iter(line.items())) if isinstance(line, dict) else ("", line)
    if ":" in lists:
        mode, lists = lists.split(":", 1)
    names = tuple(name.strip() for name in lists.split("+"))
    return Rule(kind, names, frozenset(names), NEAR if mode == "near" else WINDOW, mode)


@cache
def load(source: Path = SOURCE) -> Recogniser:
    """Read the lexicon and build the automata; a rule that names an unknown list is an error."""
    lexicon = Lexicon.model_validate(YAML(typ="safe", pure=True).load(source))
    written = {name: {e for word in group.split() for e in expand(word) if e} for name, group in lexicon.words.items()}
    heard = {
        name: {as_heard(word) for word in group if len(word) >= (2 if name in lexicon.by_sound else HEARD_ANYWHERE)}
        for name, group in written.items()
        if name not in lexicon.as_written_only
    }
    rules = [_rule(kind, line) for kind, lines in lexicon.rules.items() for line in lines]
    unknown = {name for rule in rules for name in rule.lists} - set(written)
    if unknown:
        raise ValueError(f"{source.name}: rules name unknown word lists: {sorted(unknown)}")
    guards = lexicon.guards.model_dump(exclude={"long", "told"})
    return Recogniser(
        rules=tuple(sorted(rules, key=lambda rule: rule.mode == "wide")),
        written=_matcher(written),
        heard=_matcher(heard),
        guards={name: re.compile(text) for name, text in guards.items()},
        who={name: re.compile(text) for name, text in lexicon.who.items()},
        long=lexicon.guards.long,
        told=lexicon.guards.told,
    )


_BREAKS = re.compile(r"[\s!?。;…~,、:\"'“”‘’()\[\]【】《》.]+")


def plain(text: str) -> str:
    """Bring a text to one form: width and case folded, every break one comma."""
    return _BREAKS.sub("，", unicodedata.normalize("NFKC", text).lower()).strip("，")


def _tokens(text: str, recogniser: Recogniser) -> dict[str, list[Token]]:
    found: dict[str, list[Token]] = {}
    for token in recogniser.written.find(text, exact=True):
        found.setdefault(token.list_name, []).append(token)
    if len(text) <= HEARD_LIMIT:
        meant = [written.span() for written in recogniser.guards["as_it_stands"].finditer(text)]
        for token in recogniser.heard.find(as_heard(text), exact=False):
            if not any(start < token.end and token.start < end for start, end in meant):
                found.setdefault(token.list_name, []).append(token)
    for tokens in found.values():
        tokens.sort(key=lambda token: (token.start, -token.end))
    return found


def _nearest(tokens: Sequence[Token], anchor: Token) -> Token:
    at = bisect_left(tokens, anchor.start, key=lambda token: token.start)
    return min(tokens[max(0, at - 2) : at + 3], key=lambda token: abs(token.start - anchor.start))


def _places(rule: Rule, found: dict[str, list[Token]]) -> Iterator[tuple[Token, ...]]:
    """Yield each group of words, one of every list of the rule, that stand together."""
    groups = sorted((found[name] for name in rule.lists), key=len)
    for anchor in groups[0]:
        place = (anchor, *(_nearest(group, anchor) for group in groups[1:]))
        inner = max(token.start for token in place) - min(token.end for token in place)
        if inner <= rule.window:
            yield place


def _is_sure(text: str, place: tuple[Token, ...], found: dict[str, list[Token]], recogniser: Recogniser) -> bool:
    """Accept words known only by sound when they are long, or of one's kin, or beside a plain cry for help."""
    if len({(token.start, token.end) for token in place}) < len(place):
        return False
    if all(token.exact for token in place):
        return True
    longest = max(token.end - token.start for token in place if not token.exact)
    if longest >= 3 or any(token.exact and token.end - token.start > 1 for token in place):
        return True
    cried = any(token.exact and token.end - token.start > 1 for token in found.get("cry", ()))
    kin = any(pattern.search(text) for pattern in recogniser.who.values())
    return cried or (kin and len(text) <= SOUND_ALONE)


def _is_here_and_now(text: str, place: tuple[Token, ...], recogniser: Recogniser, mode: str = "") -> bool:
    guards = recogniser.guards
    start = min((token.start for token in place), default=0)
    end = max((token.end for token in place), default=len(text))
    before = (text[max(0, token.start - 6) : token.start] for token in place)
    if any(map(guards["before"].search, before)) or guards["after"].match(text[end:]):
        return False
    around = text if len(text) <= recogniser.long else text[max(0, start - 40) : end + 40]
    if guards["surely"].search(around):
        return True
    if mode == "habit":
        return len(text) <= recogniser.long and not guards["not_habit"].search(text)
    if len(text) > recogniser.long or guards["elsewhere"].search(text):
        return False
    if mode == "ever":
        return True
    if guards["over"].search(text):
        return False
    return not guards["past"].search(text) or bool(guards["now"].search(text))


def _closed(text: str, recogniser: Recogniser) -> set[str]:
    """Name the modes whose rules do not count for this text."""
    guards = recogniser.guards
    closed = {"short"} if len(text) > SHORT else set()
    if guards["anger"].search(text):
        closed.add("soft")
    if len(text) > recogniser.told or guards["ask"].search(text):
        closed |= {"told", "wide"}
    return closed


def _holds(rule: Rule, text: str, found: dict[str, list[Token]], recogniser: Recogniser) -> tuple[Token, ...]:
    for place in _places(rule, found):
        if _is_sure(text, place, found, recogniser) and _is_here_and_now(text, place, recogniser, rule.mode):
            return place
    return ()


def _who(text: str, recogniser: Recogniser) -> str:
    return next((name for name, pattern in recogniser.who.items() if pattern.search(text)), "")


def _by_rule(text: str, found: dict[str, list[Token]], recogniser: Recogniser) -> Finding | None:
    closed = _closed(text, recogniser)
    is_grown = recogniser.guards["spouse"].search(text) is not None
    for rule in recogniser.rules:
        if rule.mode in closed or not rule.needed <= found.keys() or (is_grown and rule.kind == CHILD):
            continue
        if place := _holds(rule, text, found, recogniser):
            heard = tuple(text[token.start : token.end] for token in place)
            return Finding(rule.kind, rule.lists[0], _who(text, recogniser), heard, _denial(rule, place))
    return None


def _denial(rule: Rule, place: tuple[Token, ...]) -> float:
    """Say how strongly the second ear must deny: hardly when whole classes of words or only sounds agree."""
    if rule.mode == "wide" or not all(token.exact for token in place):
        return likeness.THRESHOLD
    if rule.kind in BELIEVED:
        return float("-inf")
    return likeness.DENIAL_OF_ONE if len(rule.lists) == 1 else likeness.DENIAL


def by_rule(text: str) -> Finding | None:
    """Find the first rule that holds in a plain text."""
    recogniser = load()
    return _by_rule(text, _tokens(text, recogniser), recogniser)


def _pieces(text: str, lists: Iterable[str], recogniser: Recogniser) -> set[str]:
    spoken = (name for name in WEIGHED if recogniser.guards[name].search(text))
    return likeness.pieces(text, lists=lists, guards=spoken)


def pieces(text: str) -> set[str]:
    """Take a plain text to the pieces that the second ear weighs."""
    recogniser = load()
    return _pieces(text, _tokens(text, recogniser), recogniser)


def _weight(text: str, lists: Iterable[str], recogniser: Recogniser) -> float | None:
    """Weigh a text; None where the ear was not taught or the text is too short or too long."""
    learned = likeness.learned()
    if learned is None or not LEAST_TO_WEIGH <= len(text) <= recogniser.told:
        return None
    return learned.of(_pieces(text, lists, recogniser))


def is_faint(text: str) -> bool:
    """Tell whether the second ear is too little sure of a plain text to hear a cry in what answers our question."""
    weighed = _weight(text, _tokens(text, load()), load())
    return weighed is not None and weighed < likeness.THRESHOLD_OF_ANSWER


def _asks_for_aid(text: str, recogniser: Recogniser) -> bool:
    """Tell whether somebody asks what is given after a misfortune, and nothing says that it goes on."""
    guards = recogniser.guards
    return bool(guards["aid"].search(text)) and not (guards["now"].search(text) or guards["surely"].search(text))


def speaks_of_belongings(text: str) -> bool:
    """Tell whether a plain text says that an animal or a thing is lost or found, and nobody."""
    return load().guards["belongings"].search(text) is not None


def may_be_child(text: str) -> bool:
    """Tell whether whoever says that somebody beats him or her may be a child: a parent does, and no age is said."""
    return load().guards["by_elders"].search(text) is not None


def _is_silenced(text: str, finding: Finding | None, weighed: float | None, recogniser: Recogniser) -> bool:
    """Tell whether a guard says that what was found, or may be heard, is not happening."""
    guards, kind = recogniser.guards, finding.kind if finding else "unknown"
    is_surely = guards["surely"].search(text) is not None
    is_calm = weighed is None or weighed < likeness.CRY
    may_be_past = not finding or kind in AIDED or finding.denial >= likeness.THRESHOLD
    silenced_by = {
        "belongings": kind in LOST and not is_surely,
        "swindled": kind in SWINDLED and not is_surely,
        "feared": kind not in BELIEVED,
        "ordinary": is_calm and kind in QUIET,
        "one_each": is_calm and kind in QUIET,
        "no_power": kind in POWER and not is_surely,
        "switched_off": is_calm and kind in BURNING and not is_surely,
        "stove": is_calm and kind in BURNING and not is_surely,
    }
    if may_be_past and _asks_for_aid(text, recogniser):
        return True
    return any(may and guards[name].search(text) for name, may in silenced_by.items())


def _hear(text: str, recogniser: Recogniser) -> Finding | None:
    """Hear a text with both ears: a rule holds unless the second ear denies it, and what no rule names it may hear."""
    found = _tokens(text, recogniser)
    weighed = _weight(text, found, recogniser)
    finding = _by_rule(text, found, recogniser)
    if _is_silenced(text, finding, weighed, recogniser):
        return None
    if weighed is None or (finding and recogniser.guards["surely"].search(text)):
        return finding
    if finding:
        return finding if weighed > finding.denial else None
    least = likeness.THRESHOLD if len(text) > BRIEF else likeness.THRESHOLD_OF_BRIEF
    return Finding("unknown", BY_LIKENESS, _who(text, recogniser), ()) if weighed > least else None


def find(text: str) -> Finding | None:
    """Find what a plain text says is happening now: in all of it, else in what follows when it puts a matter aside."""
    recogniser = load()
    if finding := _hear(text, recogniser):
        return finding
    turns = (text[turn.end() :].strip("，") for turn in recogniser.guards["aside"].finditer(text))
    return next((finding for rest in turns if (finding := _hear(rest, recogniser))), None)


def has_soft_words(text: str) -> bool:
    """Tell whether a text holds, as written, words of a rule that counts only outside anger."""
    recogniser = load()
    found = _tokens(text, recogniser)
    soft = (name for rule in recogniser.rules if rule.mode == "soft" for name in rule.lists)
    return any(token.exact for name in soft for token in found.get(name, ()))
