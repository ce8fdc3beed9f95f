"""How a broadcast is ordered and changed in words: time and villages before and after a verb, then what is said. Pure.

Only a time that stands before the verb, or at the very end with "then broadcast it", is the minute of the broadcast:
"tell them that there is no water at eight" speaks of the water.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from workflows.broadcasts.drafts import Draft, with_zones
from workflows.broadcasts.moments import Spoken, find, words
from workflows.broadcasts.policy import Level

LONGEST_HEAD = 40
"""Characters before the verb in which time, villages and level may stand."""
_PLAIN = str.maketrans("０１２３４５６７８９，；", "0123456789,,")


class Known(Struct, frozen=True):
    """What helps to read an order: the moment, and the villages of the town by id."""

    now: datetime
    villages: Mapping[str, str]
    own: tuple[str, ...] = ()
    """Those for which the speaker may order; "everybody" means them."""
    hears_all: bool = False
    """Everyday words count as well ("tell the villages"): only from somebody who may order."""


class Zones(Struct, frozen=True):
    """Villages that a text names, and where they stood."""

    ids: tuple[str, ...]
    start: int
    end: int


@cache
def _compiled(name: str) -> re.Pattern[str]:
    known = words()
    return re.compile(known["changes"][name] if name in known["changes"] else known[name])


def order(said: str, known: Known) -> Draft | None:
    """Read an order to broadcast; None when the sentence is none."""
    text = _plain(said)
    if _compiled("asks").search(text):
        return None
    found = _told_first(text, known)
    return _told_last(text, known) if found is None and known.hears_all else found


def _told_first(text: str, known: Known) -> Draft | None:
    """Read an order that stands before its words."""
    if known.hears_all and (put := _loose("noun").match(text) or _loose("lets").match(text)):
        draft = _by_verb(_in_canon(put), replace(known, hears_all=False))
        if draft is not None and (draft.zones or "whom" not in put.groupdict()):
            return draft
    return _by_verb(text, known)


def _in_canon(put: re.Match[str]) -> str:
    """Put "let every village know" and "draft a notice of" as "tell every village"."""
    told = words()["loose"]["canon"]
    return str(told["whom" if "whom" in put.groupdict() else "nobody"]).format(**put.groupdict())


def _by_verb(text: str, known: Known) -> Draft | None:
    verbs = list(_compiled("verb").finditer(text))
    if known.hears_all:
        verbs = sorted([*verbs, *_loose("verb").finditer(text)], key=lambda one: (one.start(), -one.end()))
    for verb in verbs:
        if verb.start() > LONGEST_HEAD:
            return None
        if (head := _head(text[: verb.start()], known)) is None:
            continue
        draft = _after(head, verb.group(), text[verb.end() :], known)
        is_meant = draft is not None and _is_meant(verb.group(), text[: verb.start()], draft)
        return _without_known(draft) if draft and is_meant and known.hears_all else draft if is_meant else None
    return None


def _without_known(draft: Draft) -> Draft:
    """Leave "what we always say" out: it is no text, and is asked for."""
    return replace(draft, text="") if _loose("refers").match(draft.text) else draft


def _is_meant(verb: str, head: str, draft: Draft) -> bool:
    """Say whether an everyday verb orders: it must say to whom, or when."""
    if _loose("to_whom").match(verb):
        return bool(draft.zones) and (not draft.text or _loose("names_whom").search(head) is not None)
    is_bare = _loose("with_time").match(verb) is not None
    return not is_bare or bool(draft.text and (draft.spoken.is_whole or draft.zones))


def _told_last(text: str, known: Known) -> Draft | None:
    """Read an order that stands behind its words: a time before it belongs to them."""
    for name in ("tail", "ending"):
        found = _loose(name).match(text)
        if found is None or _loose("reports").search(found["order"]):
            continue
        whom = found.groupdict().get("whom")
        canon = words()["loose"]["canon"]["whom"].format(lead="", whom=whom, rest="") if whom else found["order"]
        draft = _by_verb(canon.strip(" :："), known)
        if draft is not None and not draft.text and (not whom or draft.zones):
            draft = _graver(replace(draft, text=finished(found["rest"].strip(" ,，。"))), found["rest"])
            return with_zones(draft, draft.zones, known.villages)
    return None


def _loose(name: str) -> re.Pattern[str]:
    return _everyday()[name]


@cache
def _everyday() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(value) for name, value in words()["loose"].items() if isinstance(value, str)}


def has_verb(said: str) -> bool:
    """Say whether a sentence has a verb of telling many."""
    text = _plain(said)
    return any(one.search(text) is not None for one in (_compiled("verb"), _loose("verb"), _loose("lets")))


def is_order(said: str, known: Known) -> bool:
    """Say whether a sentence orders a broadcast and says to whom or when: a cry for help does neither."""
    text = _plain(said)
    draft = None if _compiled("asks").search(text) else _told_first(text, known)
    return draft is not None and bool(draft.zones or draft.spoken.is_whole)


def _head(head: str, known: Known) -> Draft | None:
    """Take time, villages and level from what stands before the verb; None when anything else stands there."""
    draft, rest = Draft(), head
    if named := zones_in(rest, known):
        draft, rest = replace(draft, zones=named.ids), _without(rest, named.start, named.end)
    level, rest = _level_in(rest)
    draft = replace(draft, level=level or Level.DAILY)
    while found := find(rest, known.now):
        draft = replace(draft, spoken=_joined(draft.spoken, found.spoken))
        rest = _without(rest, found.start, found.end)
    left = re.sub(f"{words()['filler']}|{_to(known)}", "", rest)
    return draft if not left.strip() else None


def _joined(before: Spoken, now: Spoken) -> Spoken:
    """ "At once" adds nothing to a time that was said."""
    return before if now.is_now and before.is_whole else now.over(before)


def _after(draft: Draft, verb: str, rest: str, known: Known) -> Draft | None:
    """Take villages and words after the verb, and a time at the very end that says when to broadcast."""
    if re.match(words()["not_verb"], rest):
        return None
    rest = rest.lstrip(" :：,，") if not zones_in(rest, known) else rest
    named = zones_in(rest, known)
    if named and re.fullmatch(f"(?:{_to(known)})?", rest[: named.start].strip(" :：,，")):
        draft = replace(draft, zones=(*draft.zones, *named.ids))
        rest = re.sub(f"^{words()['counted']}(?=[：:，, ])", "", rest[named.end :])
    rest, spoken = _last_time(rest, known)
    if spoken is not None and not draft.spoken.is_whole:
        draft = replace(draft, spoken=spoken.over(draft.spoken))
    text = _compiled("text_starts").sub("", rest).strip(" ,，")
    if _compiled("asks_first").match(text):
        return None
    if not draft.zones and _compiled("complains").search(rest):
        return None
    is_weak = verb in words()["weak"]
    if is_weak and (re.match(words()["not_text"], text) or not (draft.zones or draft.spoken != Spoken())):
        return None
    draft = _graver(replace(draft, level=_level_in(verb)[0] or draft.level), text)
    return with_zones(replace(draft, text=finished(text)), draft.zones, known.villages)


def _to(known: Known) -> str:
    return str(words()["loose"]["to"] if known.hears_all else words()["to"])


def _graver(draft: Draft, text: str) -> Draft:
    """Words of danger make it important, and urgent where it is for now; what is urgent does not wait for a minute."""
    if draft.level is Level.DAILY and re.search(words()["danger"], text):
        draft = replace(draft, level=Level.URGENT if draft.spoken.is_now else Level.IMPORTANT)
    is_at_once = draft.level is Level.URGENT and not draft.spoken.is_whole
    return replace(draft, spoken=Spoken(is_now=True)) if is_at_once else draft


def _last_time(rest: str, known: Known) -> tuple[str, Spoken | None]:
    match = re.search(words()["last_time"], rest)
    found = find(match["time"], known.now) if match else None
    if match is None or found is None or not found.spoken.is_whole or found.end - found.start < len(match["time"]):
        return rest, None
    return rest[: match.start()], found.spoken


def zones_in(text: str, known: Known) -> Zones | None:
    """Find the first row of villages in a text: by name, "every village", or "everybody"."""
    for name, ids in (("all", tuple(known.villages)), ("everyone", known.own or ())):
        if (found := re.search(words()[name], text)) and (name == "all" or found.start() <= 2):
            return Zones(ids, found.start(), found.end())
    suffix = words()["village_word"]
    short = {name.removesuffix(words()["village"]): one for one, name in known.villages.items()}
    one = "|".join(sorted(map(re.escape, short), key=len, reverse=True))
    joins = words()["list_joins"]
    if not one or not (match := re.search(f"(?:{one}){suffix}(?:(?:{joins})?(?:{one}){suffix})*", text)):
        return None
    return Zones(tuple(short[name] for name in re.findall(one, match.group())), match.start(), match.end())


def _level_in(text: str) -> tuple[Level | None, str]:
    for level, pattern in words()["levels"].items():
        if match := re.search(pattern, text):
            return Level(level), _without(text, match.start(), match.end())
    return None, text


def changed(draft: Draft, said: str, known: Known) -> Draft | None:
    """Change a draft as somebody says; None when the words change nothing of it."""
    text = _plain(said).strip(" ,。.!！")
    for name in ("text", "append", "level", "days", "zones", "time"):
        if (found := _CHANGES[name](draft, text, known)) is not None:
            return found
    return None


def answered(draft: Draft, said: str, known: Known) -> Draft | None:
    """Take the answer to the question for what is missing; None when it is none."""
    match draft.missing:
        case "text":
            return replace(draft, text=finished(said.strip())) if len(said.strip()) > 1 else None
        case "zones":
            named = zones_in(_plain(said), known)
            return with_zones(draft, named.ids, known.villages) if named else None
        case _:
            found = time_of(_plain(said), known)
            return replace(draft, spoken=found.over(draft.spoken)) if found else None


def _text(draft: Draft, said: str, known: Known) -> Draft | None:
    match = _compiled("text").match(said)
    return replace(draft, text=finished(match["rest"])) if match else None


def _append(draft: Draft, said: str, known: Known) -> Draft | None:
    match = _compiled("append").match(said)
    joined = f"{draft.text.rstrip(words()['stop'])}{words()['comma']}{match['rest']}" if match else ""
    return replace(draft, text=finished(joined)) if match else None


def _level(draft: Draft, said: str, known: Known) -> Draft | None:
    match = _compiled("level").match(said)
    level, left = _level_in(match["rest"]) if match else (None, said)
    return replace(draft, level=level) if level and not left.strip() else None


def _days(draft: Draft, said: str, known: Known) -> Draft | None:
    if _compiled("days_off").search(said) and draft.spoken.rule:
        return replace(draft, skips_days_off=True)
    if _compiled("once").fullmatch(said) and draft.spoken.rule:
        return replace(draft, spoken=replace(draft.spoken, rule="", working_days=False), skips_days_off=False)
    return None


def _zones(draft: Draft, said: str, known: Known) -> Draft | None:
    for name in ("add", "remove", "only"):
        match = _compiled(name).match(said)
        named = zones_in(match["rest"], known) if match else None
        if match is None or named is None or _left(match["rest"], named):
            continue
        before = draft.zones if name != "only" else ()
        ids = [one for one in before if one not in named.ids] if name == "remove" else [*before, *named.ids]
        return with_zones(draft, tuple(ids), known.villages)
    named = zones_in(said, known)
    return with_zones(draft, named.ids, known.villages) if named and not _left(said, named) else None


def _left(text: str, named: Zones) -> str:
    left = _without(text, named.start, named.end)
    return re.sub(words()["around_zones"], "", left).strip()


def _time(draft: Draft, said: str, known: Known) -> Draft | None:
    match = _compiled("time").match(said)
    rest = (match["rest"] or match["bare"]) if match else said
    found = time_of(rest, known)
    return replace(draft, spoken=found.over(draft.spoken)) if found else None


def time_of(text: str, known: Known) -> Spoken | None:
    """Read a text that is a time and nothing else."""
    cleaned = re.sub(words()["around_time"], "", text)
    found = find(cleaned, known.now)
    return found.spoken if found and not _without(cleaned, found.start, found.end).strip() else None


_CHANGES = {"text": _text, "append": _append, "level": _level, "days": _days, "zones": _zones, "time": _time}


def is_word(name: str, said: str) -> bool:
    """Say whether a message is one of the words for `submit`, `drop`, `resend` and the like, and nothing else."""
    return re.fullmatch(words()[name], _plain(said).strip(" ,。.!！")) is not None


def without_submit(said: str) -> str:
    """Take "and hand it over" off the end of a change: what was changed is read back first."""
    return re.sub(words()["submit_too"], "", said) or said


def called_off(said: str) -> str | None:
    """Read "cancel", with the number of a broadcast or without; None when nothing is called off."""
    match = re.fullmatch(words()["called_off"], _plain(said).strip(" ,，。.!！"))
    return (match["before"] or match["after"] or "") if match else None


def _plain(said: str) -> str:
    return said.strip().translate(_PLAIN)


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}" if start and end < len(text) else text[:start] + text[end:]


def finished(text: str) -> str:
    """Put the breaks of a text into one form: what is read back is what is heard."""
    return text.strip().replace(",", words()["comma"]).strip(words()["comma"])
