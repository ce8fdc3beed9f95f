"""The matters of one message, piece by piece: by rule, and where no rule is sure by what the piece is like. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning import as_well, details, wishing
from bot.dialogue.meaning.commands import (
    Ask,
    Chitchat,
    Command,
    Grievance,
    Handoff,
    Remark,
    StartSkill,
    Status,
    Unknown,
    WhichSkill,
)
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.guesses import COMPLAINT, DOUBT, ENOUGH, HEARD, KNOWN, SURE, Guess
from bot.dialogue.meaning.nearness import SkillWords, as_in_example, between, by_unit, nearest
from bot.dialogue.meaning.services import OTHER
from bot.dialogue.meaning.splitting import split, without_opening

LONELY = "lonely"
"""The remark that answers who has nobody to talk to, or a heavy heart."""
OWN_MATTER = 6
"""Characters from which a later sentence can be a matter of its own ("what now?" is not)."""
SHORT = 8
"""Characters up to which a question says no more than its question ("is there water today")."""


def matters(raw: str, context: Context) -> list[Command]:
    """Take every matter of a message; what says nothing by itself belongs to the one before."""
    pieces = wishing.gathered(_cut(raw, context), lambda piece: stands_alone(_by_rule(piece, context, None), context))
    if (on_behalf := details.behalf(without_opening(plain(raw)))) and not any(map(wishing.is_wish, pieces)):
        return _on_behalf(on_behalf, context)
    commands: list[Command] = []
    for piece in pieces:
        if wanted := wishing.wanted(piece, raw):
            commands += wanted
            continue
        command = _matter(piece, context)
        if commands and isinstance(commands[-1], Unknown):
            joined = _matter(f"{commands[-1].text}，{piece}", context)
            commands[-1] = command if isinstance(joined, Unknown) else joined
        elif commands and _belongs(command, piece, commands[-1], context):
            commands[-1] = _joined(commands[-1], piece)
        else:
            commands.append(command)
    return [_expected(each, context) for each in commands] or [Unknown(raw)]


def in_doubt(raw: str, context: Context) -> list[str]:
    """List the pieces of a message that no rule is sure of, for asking what each is like."""
    if details.behalf(without_opening(plain(raw))):
        return []
    pieces = wishing.gathered(_cut(raw, context), lambda piece: stands_alone(_by_rule(piece, context, None), context))
    return [
        piece for piece in pieces if not wishing.is_wish(piece) and is_unsure(_by_rule(piece, context, None), context)
    ]


def _cut(raw: str, context: Context) -> list[str]:
    """Cut a message into its matters: where a new one is announced, and where a trouble of another kind is named."""
    return [part for piece in split(raw) for part in _of_one_kind(piece, context)]


def _of_one_kind(piece: str, context: Context) -> Iterator[str]:
    """Cut "the lamp is broken, there is no water either" in two, and "the lamp at the bridge, and that at the school".

    What names no kind stays with what was said before.
    """
    report = next((skill for skill in context.skills if skill.catches_all), None)
    if report is None or _asks(piece):
        yield piece
        return
    part, kind = "", -1
    for clause in piece.split("，"):
        clause = as_well.completed(clause, part)
        named = report.kind_named(as_well.shortly(clause)) if words.load().find("trouble", clause) else -1
        is_other = (named != kind and not words.load().find("consequence", clause)) or _is_elsewhere(clause, part)
        if part and kind >= 0 and named >= 0 and is_other:
            yield part
            part = ""
        part, kind = f"{part}，{clause}" if part else clause, named if named >= 0 else kind
    yield part


def _asks(piece: str) -> bool:
    """Tell whether a piece asks something; a sigh ("how shall one live") asks nothing."""
    lexicon = words.load()
    return lexicon.find("question", lexicon.patterns["rhetorical"].sub("", piece)) is not None


def _is_elsewhere(clause: str, before: str) -> bool:
    """Tell whether a clause says of another place that it is the same there."""
    here, there = details.place(clause, "").get("place"), details.place(before, "").get("place")
    is_as_well = words.load().find("as_well", clause) is not None
    return is_as_well and bool(here and there) and here != there


def is_unsure(command: Command, context: Context) -> bool:
    """Tell whether a command was taken for want of a better one, or may be a complaint under another name."""
    match command:
        case Unknown() | Chitchat() | Ask() | WhichSkill():
            return True
        case StartSkill(skill, text) if text and not command.affected:
            asked = _asked_in_example(text, context.skills)
            as_said = (as_in_example(text, context.skills), asked, by_unit(text, context.skills))
            if any(example and example.name == skill for example in as_said):
                return False
            if any(each.title in text for each in context.skills if each.name == skill and not each.is_report):
                return False
            return not _is_keyed(command, context) or is_about_cadre(plain(text), context)
    return False


def stands_alone(command: Command, context: Context) -> bool:
    """Tell whether a piece beside a wish for a paper is a matter of its own."""
    match command:
        case StartSkill():
            return _is_keyed(command, context)
        case Ask(question):
            is_own = words.load().find("own_question", question) is not None
            return is_own or (len(question) >= OWN_MATTER and not wishing.is_about_paper(question))
    return isinstance(command, Grievance)


def is_about_cadre(heard: str, context: Context) -> bool:
    """Tell whether a text speaks of a cadre or a village body, by office or by name."""
    return bool(words.load().find("grievance.object", heard)) or any(name in heard for name in context.cadres)


def names_service(text: str, skills: Sequence[SkillWords]) -> bool:
    """Tell whether a text names a service by a word of its own."""
    return any(word in text for skill in skills for word in skill.keywords)


def _is_keyed(command: Command, context: Context) -> bool:
    """Tell whether a service was named together with a trouble."""
    if not isinstance(command, StartSkill) or not words.load().find("trouble", command.text):
        return False
    return names_service(command.text, [each for each in context.skills if each.name == command.skill])


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
    if all(isinstance(each, Unknown) for each in commands):
        commands = [_unnamed(on_behalf.text, context)]
    return [
        replace(each, affected=on_behalf.affected, via=on_behalf.via, no_phone=on_behalf.no_phone)
        if isinstance(each, StartSkill)
        else each
        for each in commands
    ]


def _unnamed(text: str, context: Context) -> Command:
    """Take what is said for another and names no service: more of the open form, a question what it takes, a report."""
    if words.load().find("behalf.wish", text):
        return StartSkill(context.open_skill, text) if context.open_skill else Ask(text)
    report = next((skill.name for skill in context.skills if skill.catches_all), "")
    return StartSkill(report, text) if report else Unknown(text)


def _each(pieces: Sequence[str], context: Context, *, household: str) -> Iterator[Command]:
    for piece in pieces:
        yield _matter(piece, context, household=household)


def _belongs(command: Command, piece: str, before: Command, context: Context) -> bool:
    """Tell whether a piece only says more of the matter before it."""
    match command:
        case Unknown():
            return True
        case Ask():
            return len(piece) < OWN_MATTER and not words.load().find("own_question", piece)
        case StartSkill(skill, fields=fields) if piece in context.guesses and isinstance(before, StartSkill):
            return skill == before.skill and fields.get("kind") in (before.fields.get("kind"), None)
        case Chitchat() | Status():
            return piece in context.guesses
    return False


def _matter(piece: str, context: Context, *, household: str | None = None) -> Command:
    """Name one matter by rule; where no rule is sure, by what it is like. A paper is begun by the policy alone."""
    command = _by_rule(piece, context, household)
    if guess := context.guesses.get(piece):
        command = _guessed(piece, command, guess, context, household)
    if isinstance(command, StartSkill) and wishing.is_of_policy(command.skill):
        return wishing.for_service(piece) or Ask(piece)
    return command


def _guessed(piece: str, ruled: Command, guess: Guess, context: Context, household: str | None) -> Command:
    """Take what a piece is like instead of what the rules were unsure of."""
    if isinstance(ruled, Ask) and _asks_a_rule(piece, guess):
        return ruled
    asks_duty = isinstance(ruled, Ask) and words.load().find("asks_duty", plain(piece))
    least = DOUBT if is_about_cadre(plain(piece), context) and not asks_duty else COMPLAINT
    if guess.share("Grievance") >= least:
        return Grievance(plain(piece))
    command, skill, share = guess.best(without="Grievance")
    if share < _enough(ruled, command) or type(ruled).__name__ == command or _is_keyed(ruled, context):
        return ruled
    if isinstance(ruled, Ask) and not _outweighs(guess, piece, context, is_service=not command):
        return ruled
    if not command:
        started = _start(skill, piece, context, household)
        names_nothing = words.load().find("unnamed", piece) or words.load().fits("only_where", piece)
        kind = "" if names_nothing else guess.kind_of(skill)
        return replace(started, fields={**started.fields, **({"kind": kind} if kind else {})})
    makes: dict[str, Callable[[str], Command]] = {
        "Ask": Ask,
        "Status": Status,
        "Paper": lambda text: wishing.like_a_wish(text) or Ask(text),
        "Chitchat": lambda text: Remark(LONELY, text) if guess.kind_of("", "Chitchat") == LONELY else Chitchat(text),
        "Handoff": Handoff,
    }
    return makes.get(command, Unknown)(piece)


def _enough(ruled: Command, command: str) -> float:
    """Say from which share a guess is taken: a question is looked up and a person called on the least hint."""
    if not isinstance(ruled, Unknown):
        return ENOUGH
    return 0.0 if command in ("Ask", "Paper", "Handoff", "Unknown") else HEARD


def _asks_a_rule(piece: str, guess: Guess) -> bool:
    """Tell whether a question asks what it costs, how many, or who may go: no complaint, no company, no "how far"."""
    lexicon, (command, _, _) = words.load(), guess.best()
    if command == "Grievance":
        return bool(lexicon.find("asks_fee", piece)) and not lexicon.find("grievance.object", plain(piece))
    return command in ("Status", "Chitchat") and lexicon.find("asks_count", piece) is not None


def _outweighs(guess: Guess, piece: str, context: Context, *, is_service: bool) -> bool:
    """Tell whether a guess is so sure that a piece with the words of a question is none."""
    lexicon = words.load()
    tells_trouble = lexicon.find("trouble", piece) is not None
    asks_price = lexicon.find("asks_price", piece) is not None
    if is_service and (len(piece) <= SHORT or (not tells_trouble and (asks_price or context.is_known))):
        return False
    return guess.clearest >= (KNOWN if context.is_known else SURE)


def _by_rule(piece: str, context: Context, household: str | None) -> Command:
    """Name one matter: a service to begin, a question, company, or nothing known."""
    lexicon = words.load()
    asks, trouble = _asks(piece), lexicon.find("trouble", piece)
    wants = lexicon.find("want", piece)
    skill = nearest(piece, context.skills)
    if (several := between(piece, context.skills)) and not asks:
        return WhichSkill(tuple(one.name for one in several), piece)
    if not (skill or asks or trouble) and (counted := by_unit(piece, context.skills)):
        return _start(counted.name, piece, context, household)
    if asks and (meant := _asked_in_example(piece, context.skills)):
        return _start(meant.name, piece, context, household)
    if lexicon.find("asks_supply", piece):
        return Ask(piece)
    if lexicon.find("wages", piece) and not asks:
        return Handoff(piece, "unknown")
    report = next((each.name for each in context.skills if each.catches_all), "")
    if report and lexicon.find("loud", piece):
        return _start(report, piece, context, household)
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
    return _start(report, piece, context, household) if trouble and report else Unknown(piece)


def _asked_in_example(piece: str, skills: Sequence[SkillWords]) -> SkillWords | None:
    """Find the service that its author lets begin with this very question; one that asks for more is another."""
    lexicon = words.load()
    asks_more = lexicon.find("asks_detail", piece) is not None

    def asked(example: str) -> bool:
        return _asks(example) and not (asks_more and lexicon.find("asks_detail", example) is None)

    asking = [replace(each, examples=tuple(map(_put, filter(asked, each.examples)))) for each in skills]
    return as_in_example(_put(piece), asking)


def _put(question: str) -> str:
    """Put a question as any other that says "how" in another way."""
    return words.load().patterns["asks_how"].sub("?", question)


def begun(skill: str, text: str, context: Context) -> Command:
    """Begin the service that somebody chose, with what was said before; a paper is begun by the policy alone."""
    if wishing.is_of_policy(skill):
        return wishing.for_service(text) or Ask(text)
    return _start(skill, text, context, None)


def of_any_kind(command: Command, context: Context) -> Command:
    """Take a report of which no word says its kind as one of the others: its speaker has been asked once already."""
    report = next((each for each in context.skills if each.catches_all), None)
    if report is None or not isinstance(command, StartSkill) or command.skill != report.name:
        return command
    kind = {} if report.kind_named(command.text) >= 0 else {"kind": OTHER}
    return replace(command, fields={**command.fields, **kind})


def _only_asks(piece: str) -> bool:
    """A trouble word inside a question of rules is no report ("who pays for a broken lamp")."""
    return words.load().find("rule_question", piece) is not None


def _start(skill: str, piece: str, context: Context, household: str | None) -> StartSkill:
    home = context.household if household is None else household
    fields = details.place(piece, home) | details.since(piece, context.today)
    return StartSkill(skill, piece, fields, urgent=words.load().find("urgent", piece) is not None)
