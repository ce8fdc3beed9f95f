"""From a text and what is known of the talk to commands, without a model. Pure: rules first, then nearest examples.

All that a sentence contains is taken. Which skills there are comes as data; emergencies are recognised before
(emergency.py); what the commands do is the turn's.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.dialogue import answering, details, remarks, words
from bot.dialogue.commands import (
    Ask,
    BackAgain,
    Cancel,
    Chitchat,
    Command,
    Confirm,
    Correct,
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
    Remark,
    Repeat,
    Scam,
    Silent,
    StartSkill,
    Status,
    Unknown,
)
from bot.dialogue.context import Context, Pending
from bot.dialogue.emergency import is_distressed
from bot.dialogue.guesses import COMPLAINT, DOUBT, ENOUGH, SURE
from bot.dialogue.nearness import SkillWords, nearest
from bot.dialogue.signs import plain
from bot.dialogue.splitting import split, without_opening
from township.lexicon import repair

__all__ = ["Context", "Pending", "understand"]

OWN_MATTER = 6
"""Characters from which a later sentence can be a matter of its own ("what now?" is not)."""


def understand(text: str, context: Context) -> list[Command]:
    """Understand one message; never empty. Silence is a command too."""
    if not text.strip():
        return [Unknown("")] if context.by_voice else [Silent()]
    if words.load().fits("sticker", text):
        return [Silent()]
    if not any(sign.isalnum() for sign in text):
        return [Unknown(text)]
    heard = plain(text)
    rules: tuple[Callable[[str, Context], list[Command]], ...] = (
        answering.pending,
        answering.query,
        answering.decision,
        _record,
        _scam,
        _feedback,
        _grievance,
        answering.away,
        _remark,
        _repeat,
        _whole,
        _correction,
        _filled,
    )
    raw = _repaired(text, context)
    for rule in rules:
        if commands := rule(raw if rule in {_correction, _filled, _scam} else heard, context):
            return commands
    distress: list[Command] = [Distress()] if is_distressed(raw) else []
    return [*_guessed(raw, _matters(raw, context), context), *distress]


def wants_guess(commands: Sequence[Command], context: Context) -> bool:
    """Tell whether it is worth knowing what the message is like: nothing in it was understood for certain."""
    matters = [each for each in commands if not isinstance(each, Distress)]
    return not context.asked_field and all(_is_unsure(each, context) for each in matters)


def _repaired(text: str, context: Context) -> str:
    ordinary = context.ordinary | words.load().ordinary
    return repair(text, context.terms, ordinary).text if context.terms else text


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
    return [Feedback(heard, on_us=True)] if lexicon.find("feedback_on_us", heard) else []


def _grievance(heard: str, context: Context) -> list[Command]:
    lexicon = words.load()
    if lexicon.find("grievance.not", heard):
        return []
    named = _is_about_cadre(heard, context) and lexicon.find("grievance.act", heard)
    return [Grievance(heard)] if named or lexicon.find("grievance.alone", heard) else []


def _is_about_cadre(heard: str, context: Context) -> bool:
    """Tell whether a text speaks of a cadre or a village body, by office or by name."""
    return bool(words.load().find("grievance.object", heard)) or any(name in heard for name in context.cadres)


def _remark(heard: str, context: Context) -> list[Command]:
    said = without_opening(heard)
    name = "" if context.asked_field else remarks.find(said, is_cadre=context.is_cadre)
    if not name:
        return []
    asked = remarks.load()[name].asks
    return [Ask(asked) if asked else Remark(name, said)]


def _repeat(heard: str, _: Context) -> list[Command]:
    found = words.load().fits("repeat", without_opening(heard))
    return [Repeat(found["rest"].strip("，"))] if found else []


def _whole(heard: str, context: Context) -> list[Command]:
    lexicon = words.load()
    if lexicon.fits("silent", heard):
        return [Silent()]
    report = next((skill.name for skill in context.skills if skill.catches_all), "")
    makes: dict[str, Callable[[], Command]] = {
        "Begin": lambda: StartSkill(report, "") if report else Unknown(heard),
        "BackAgain": lambda: BackAgain() if context.is_cadre else Chitchat(heard),
        "Erase": lambda: Handoff(heard, "erase"),
        "NotCome": lambda: Handoff(f"{context.last_question}（{heard}）", "unknown"),
        "Status": lambda: Status(heard, hurry=lexicon.find("hurry", heard) is not None),
        "Chitchat": lambda: Chitchat(heard),
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
        if name == "NotCome" and not context.last_question:
            continue  # nothing was asked of which it could be said
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
    if context.asked_field == "what" and not context.takes_all:
        return _told_what(raw, context)
    if context.asked_field == "kind" and len(raw) >= OWN_MATTER and not context.takes_all:
        found = _matters(raw, context)
        if any(isinstance(each, StartSkill) and words.load().find("trouble", each.text) for each in found):
            return [FillField("kind", ""), *found]  # the question is passed over: this is one more matter
    aside = [] if context.takes_all else [each for each in _matters(raw, context) if _is_aside(each, context)]
    return aside or [FillField(context.asked_field, raw.strip())]


def _told_what(raw: str, context: Context) -> list[Command]:
    """Take what somebody reports who was asked what it is: every matter of it; what names no kind is the answer."""
    found = _matters(raw, context)
    if any(isinstance(each, StartSkill) for each in found):
        return found
    if all(isinstance(each, Ask) for each in found) and not words.load().find("trouble", raw):
        return found
    return [FillField("what", raw.strip())]


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
    return [_expected(each, context) for each in commands] or [Unknown(raw)]


def _is_unsure(command: Command, context: Context) -> bool:
    """Tell whether a command was taken for want of a better one, or may be a complaint under another name."""
    match command:
        case Unknown() | Chitchat() | Ask():
            return True
        case StartSkill(_, text) if text and not command.affected:
            return not _is_keyed(command, context) or _is_about_cadre(plain(text), context)
    return False


def names_service(text: str, skills: Sequence[SkillWords]) -> bool:
    """Tell whether a text names a service by a word of its own."""
    return any(word in text for skill in skills for word in skill.keywords)


def _is_keyed(command: Command, context: Context) -> bool:
    """Tell whether a service was named together with a trouble."""
    if not isinstance(command, StartSkill) or not words.load().find("trouble", command.text):
        return False
    return names_service(command.text, [each for each in context.skills if each.name == command.skill])


def _guessed(raw: str, ruled: list[Command], context: Context) -> list[Command]:
    """Take what the message is like instead of what the rules were unsure of."""
    if context.guess is None or not wants_guess(ruled, context):
        return ruled
    least = DOUBT if _is_about_cadre(plain(raw), context) else COMPLAINT
    if context.guess.share("Grievance") >= least:
        return [Grievance(plain(raw))]
    command, skill, share = context.guess.best(without="Grievance")
    is_lost = any(isinstance(each, Unknown) for each in ruled)
    enough = 0.0 if is_lost else SURE if _only_asks(raw) else ENOUGH
    is_same = all(type(each).__name__ == command for each in ruled)
    if share < enough or is_same or any(_is_keyed(each, context) for each in ruled):
        return ruled
    if not command:
        started = _start(skill, raw, context, None)
        kind = context.guess.kind_of(skill)
        return [replace(started, fields={**started.fields, "kind": kind or "other"})]
    makes: dict[str, Callable[[str], Command]] = {
        "Ask": Ask,
        "Status": Status,
        "Grievance": Grievance,
        "Paper": lambda text: Remark("seal", text),
        "Chitchat": Chitchat,
        "Handoff": Handoff,
        "Unknown": Unknown,
    }
    return [makes[command](raw)]


def _expected(command: Command, context: Context) -> Command:
    """Take words that answer a question of ours about a question."""
    said = command.text if isinstance(command, Unknown) else command.question if isinstance(command, Ask) else ""
    return Ask(context.expects.format(text=said)) if context.expects and said else command


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
    report = next((skill.name for skill in context.skills if skill.catches_all), "")
    if report and all(isinstance(each, Unknown) for each in commands):
        commands = [StartSkill(report, on_behalf.text)]
    return [
        replace(each, affected=on_behalf.affected, via=on_behalf.via, no_phone=on_behalf.no_phone)
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
    if wants and not trouble and len(piece) >= OWN_MATTER:
        return Ask(piece)  # what it takes to get it stands in a guide
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
