"""From a text and what is known of the talk to commands, without a model. Pure: rules first, then nearest examples.

All that a sentence contains is taken. Which skills there are comes as data; emergencies are recognised before
(emergency.py); what the commands do is the turn's.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.dialogue import details, words
from bot.dialogue.commands import (
    Ask,
    CallOff,
    Cancel,
    Chitchat,
    Choose,
    Close,
    Command,
    Confirm,
    Correct,
    Decide,
    Distress,
    Feedback,
    FillField,
    Grievance,
    Handoff,
    Menu,
    MyTasks,
    NotMended,
    ReadToMe,
    Record,
    Scam,
    Silent,
    StartSkill,
    Status,
    Unknown,
    Verdict,
    VoiceDecision,
)
from bot.dialogue.emergency import is_distressed
from bot.dialogue.nearness import SkillWords, nearest
from bot.dialogue.signs import plain
from bot.dialogue.splitting import split, without_opening
from township.lexicon import repair

OWN_MATTER = 6
"""Characters from which a later sentence can be a matter of its own ("what now?" is not)."""


class Pending(StrEnum):
    """What the bot's last reply waits for."""

    NOTHING = "nothing"
    CLOSING = "closing"
    CHOICE = "choice"
    CONFIRM = "confirm"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Context:
    """What is known when a message is read."""

    today: date
    skills: tuple[SkillWords, ...] = ()
    terms: frozenset[str] = frozenset()
    """Words of this town for the repair of misheard ones: villages, facts, skills."""
    ordinary: frozenset[str] = frozenset()
    by_voice: bool = False
    household: str = ""
    """Where the speaker lives, as people say it; used when no place is said."""
    pending: Pending = Pending.NOTHING
    asked_field: str = ""
    """The field the open form asked for; empty when no form is open."""
    takes_all: bool = False
    """An action of a cadre waits for its word: a question is that word too ("ask the villager")."""
    open_skill: str = ""
    quote: str = ""
    is_cadre: bool = False
    cadres: frozenset[str] = frozenset()
    """Names of the town's cadres: a complaint that names one never reaches that person (law of talk 7)."""


def understand(text: str, context: Context) -> list[Command]:
    """Understand one message; never empty. Silence is a command too."""
    if not text.strip():
        return [Unknown("")] if context.by_voice else [Silent()]
    if words.load().fits("sticker", text):
        return [Silent()]
    heard = plain(text)
    rules: tuple[Callable[[str, Context], list[Command]], ...] = (
        _pending,
        _decision,
        _record,
        _scam,
        _feedback,
        _grievance,
        _whole,
        _correction,
        _filled,
    )
    raw = _repaired(text, context)
    for rule in rules:
        if commands := rule(raw if rule in {_correction, _filled, _scam} else heard, context):
            return commands
    distress: list[Command] = [Distress()] if is_distressed(raw) else []
    return [*_matters(raw, context), *distress]


def _repaired(text: str, context: Context) -> str:
    ordinary = context.ordinary | words.load().ordinary
    return repair(text, context.terms, ordinary).text if context.terms else text


def _pending(heard: str, context: Context) -> list[Command]:
    lexicon = words.load()
    if context.pending is Pending.ALARM and lexicon.fits("call_off", heard):
        return [CallOff()]
    if context.pending is Pending.CLOSING:
        for answer in (1, 2, 3):
            if lexicon.fits(f"closing.{answer}", heard):
                return [Close(answer)]
    if context.pending is Pending.CONFIRM and (lexicon.fits("silent", heard) or lexicon.fits("yes", heard)):
        return [Confirm()]
    if context.pending is Pending.CHOICE and lexicon.fits("numbers", heard):
        picked = (lexicon.digits.get(mark) or (int(mark) if mark.isdecimal() else 0) for mark in heard)
        return [Choose(tuple(number for number in picked if number))]
    return []


def _decision(heard: str, context: Context) -> list[Command]:
    """Take a typed decision with its code; a spoken one never counts (product.md D12)."""
    lexicon = words.load()
    for name, verdict in (("reject", Verdict.REJECT), ("approve", Verdict.APPROVE)):
        found = lexicon.patterns[f"decision.{name}"].match(heard)
        if found is None:
            continue
        rest = heard[found.end() :].strip("，")
        code = lexicon.fits("decision.code", rest)
        if context.by_voice and (code or context.is_cadre):
            return [VoiceDecision(verdict)]
        if code:
            return [Decide(verdict, code["code"].upper(), code["reason"].strip("，"))]
        if context.is_cadre and not rest:
            return [Decide(verdict, "")]
    return []


def _record(heard: str, context: Context) -> list[Command]:
    found = words.load().fits("record", without_opening(heard))
    if not (found and context.is_cadre and context.quote):
        return []
    return [Record(context.quote, urgent=bool(found["rest"]))]


def _scam(raw: str, _: Context) -> list[Command]:
    lexicon = words.load()
    asked = lexicon.find("scam.doubt", raw) or lexicon.find("scam.forwarded", raw)
    return [Scam(raw)] if asked and lexicon.find("scam.bait", raw) else []


def _feedback(heard: str, context: Context) -> list[Command]:
    """Take an opinion; one about somebody by name or office is a complaint, kept from that person's chain."""
    lexicon = words.load()
    if found := lexicon.find("feedback", heard):
        return [Grievance(heard) if _is_about_cadre(heard, context) else Feedback(found["text"])]
    return [Feedback(heard)] if lexicon.find("feedback_on_us", heard) else []


def _grievance(heard: str, context: Context) -> list[Command]:
    lexicon = words.load()
    if lexicon.find("grievance.not", heard):
        return []
    named = _is_about_cadre(heard, context) and lexicon.find("grievance.act", heard)
    return [Grievance(heard)] if named or lexicon.find("grievance.alone", heard) else []


def _is_about_cadre(heard: str, context: Context) -> bool:
    """Tell whether a text speaks of a cadre or a village body, by office or by name."""
    return bool(words.load().find("grievance.object", heard)) or any(name in heard for name in context.cadres)


def _whole(heard: str, _: Context) -> list[Command]:
    lexicon = words.load()
    if lexicon.fits("silent", heard):
        return [Silent()]
    makes: dict[str, Callable[[], Command]] = {
        "Status": lambda: Status(heard),
        "MyTasks": MyTasks,
        "ReadToMe": ReadToMe,
        "Handoff": lambda: Handoff(heard),
        "Cancel": lambda: Cancel(heard),
        "NotMended": lambda: NotMended(heard),
        "Confirm": Confirm,
        "Menu": Menu,
    }
    said = without_opening(heard)
    for name, pattern in lexicon.whole.items():
        if pattern.fullmatch(said):
            return [makes[name]()]
    return []


def _correction(raw: str, context: Context) -> list[Command]:
    """Take "not the 8th, the 18th" and what follows it."""
    lexicon, heard = words.load(), plain(raw)
    if lexicon.fits("correct.bare", heard):
        return [Correct()]
    for name in ("pair", "to"):
        if found := lexicon.patterns[f"correct.{name}"].search(heard):
            rest = heard[found.end() :].strip("，")
            old = found["old"] if name == "pair" else ""
            after = _matters(rest, context) if rest else []
            return [Correct(old, found["new"]), *(each for each in after if not isinstance(each, Unknown))]
    return []


def _filled(raw: str, context: Context) -> list[Command]:
    """Give the open form its answer, unless the message asks or reports something else; the form stays open."""
    if not context.asked_field:
        return []
    aside = [] if context.takes_all else [each for each in _matters(raw, context) if _is_aside(each, context)]
    return aside or [FillField(context.asked_field, raw.strip())]


def _is_aside(command: Command, context: Context) -> bool:
    match command:
        case Ask():
            return True
        case StartSkill(skill, text):
            reports = {each.name for each in context.skills if each.is_report}
            return skill in reports - {context.open_skill} and words.load().find("trouble", text) is not None
    return False


def _matters(raw: str, context: Context) -> list[Command]:
    """Take every matter of a message; what says nothing by itself belongs to the one before."""
    if on_behalf := details.behalf(without_opening(plain(raw))):
        return _on_behalf(on_behalf, context)
    commands: list[Command] = []
    for piece in split(raw):
        command = _matter(piece, context)
        if commands and isinstance(commands[-1], Unknown):
            commands[-1] = _matter(f"{commands[-1].text}，{piece}", context)
        elif commands and (isinstance(command, Unknown) or (isinstance(command, Ask) and len(piece) < OWN_MATTER)):
            commands[-1] = _joined(commands[-1], piece)
        else:
            commands.append(command)
    return commands or [Unknown(raw)]


def _joined(command: Command, piece: str) -> Command:
    match command:
        case StartSkill(skill, text, fields, affected, via, urgent):
            return StartSkill(skill, f"{text}，{piece}", fields, affected, via, urgent)
        case Ask(question):
            return Ask(f"{question}，{piece}")
        case Unknown(text):
            return Unknown(f"{text}，{piece}")
    return command


def _on_behalf(on_behalf: details.Behalf, context: Context) -> list[Command]:
    commands = list(_each(split(on_behalf.text), context, household=""))
    return [
        StartSkill(each.skill, each.text, each.fields, on_behalf.affected, on_behalf.via, each.urgent)
        if isinstance(each, StartSkill)
        else each
        for each in commands
    ]


def _each(pieces: Sequence[str], context: Context, *, household: str) -> Iterator[Command]:
    for piece in pieces:
        yield _matter(piece, context, household=household)


def _matter(piece: str, context: Context, *, household: str | None = None) -> Command:
    """Name one matter: a service to begin, a question, company, or nothing known."""
    lexicon = words.load()
    asks, trouble = lexicon.find("question", piece), lexicon.find("trouble", piece)
    wants = lexicon.find("want", piece)
    skill = nearest(piece, context.skills)
    if skill and skill.is_report and trouble and not _only_asks(piece):
        return _start(skill.name, piece, context, household)
    if skill and not skill.is_report and (wants or not asks):
        return _start(skill.name, piece, context, household)
    if asks:
        return Ask(piece)
    if skill:
        return _start(skill.name, piece, context, household)
    if lexicon.find("chitchat", piece):
        return Chitchat(piece)
    other = next((each.name for each in context.skills if each.catches_all), "")
    return _start(other, piece, context, household) if trouble and other else Unknown(piece)


def _only_asks(piece: str) -> bool:
    """A trouble word inside a question of rules is no report ("who pays for a broken lamp")."""
    return words.load().find("rule_question", piece) is not None


def _start(skill: str, piece: str, context: Context, household: str | None) -> StartSkill:
    home = context.household if household is None else household
    fields = details.place(piece, home) | details.since(piece, context.today)
    return StartSkill(skill, piece, fields, urgent=words.load().find("urgent", piece) is not None)
