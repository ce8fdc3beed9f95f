"""From a text and what is known of the talk to commands, without a model. Pure: rules first, then nearest examples.

All that a sentence contains is taken. Which skills there are comes as data; emergencies are recognised before
(emergency.py); what the commands do is the turn's.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.dialogue.hearing import back_again, words
from bot.dialogue.hearing.emergency import is_distressed
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning import answering, circle, correcting, paper_codes, remarks, wishing
from bot.dialogue.meaning.commands import (
    Ask,
    BackAgain,
    Board,
    Cancel,
    Chitchat,
    Command,
    Confirm,
    Dislike,
    Distress,
    Feedback,
    FillField,
    Grievance,
    Handoff,
    Menu,
    MonthFigures,
    MyTasks,
    NotMended,
    ReadToMe,
    Record,
    RecordPicture,
    Remark,
    Repeat,
    Scam,
    ShowOriginal,
    Silent,
    StartSkill,
    Status,
    Unknown,
    Where,
)
from bot.dialogue.meaning.context import Context, Pending
from bot.dialogue.meaning.pieces import (
    OWN_MATTER,
    in_doubt,
    is_about_cadre,
    is_unsure,
    matters,
    names_service,
    stands_alone,
)
from bot.dialogue.meaning.splitting import without_opening
from bot.dialogue.meaning.unread import is_unread
from township.lexicon import repair
from workflows.definition import FieldKind
from workflows.fields.known import Known
from workflows.fields.plain import yes_no

__all__ = ["Context", "Pending", "understand"]

AGAIN, ASKS_OF_SELF = "say_again", "complained_of"
"""The remarks of who did not hear, and of who asks whether somebody complained of him or her."""
NO_CODE = frozenset({"", "what", "kind"})
"""What may be asked for while the code of a paper is none of its answers."""


def understand(text: str, context: Context) -> list[Command]:
    """Understand one message; never empty. Silence is a command too."""
    raw = _repaired(text, context)
    if whole := _as_a_whole(text, raw, context):
        return whole
    distress: list[Command] = [Distress()] if is_distressed(raw) else []
    return [*matters(raw, context), *distress]


def doubts(text: str, commands: Sequence[Command], context: Context) -> list[str]:
    """List the pieces of a message of which it is worth knowing what they are like: no rule is sure of them."""
    is_typed_act = context.is_cadre and answering.with_code(text) is not None
    if context.asked_field or is_typed_act or not any(is_unsure(each, context) for each in commands):
        return []
    raw = _repaired(text, context)
    return [] if _as_a_whole(text, raw, context) else in_doubt(raw, context)


def _as_a_whole(text: str, raw: str, context: Context) -> list[Command]:
    """Take what the whole message says, `raw` with misheard words repaired; empty if its matters come one by one."""
    if not text.strip():
        return [Unknown("")] if context.by_voice else [Silent()]
    if _is_plain_answer(text, context):
        return [FillField(context.asked_field, text.strip())]
    if context.just_told and words.load().fits("dislike.mark", text):
        return [Dislike()]
    if words.load().fits("sticker", text):
        return [Silent()]
    if words.load().fits("asks_bot", text.strip()) and (once_more := _once_more(plain(text), context)):
        return once_more
    if not any(sign.isalnum() for sign in text) or words.load().fits("bracketed", text):
        return [Unknown(text)]
    heard = plain(text)
    if context.asked_field in NO_CODE and (code := paper_codes.recognise(text)):
        return [code]
    if wish := _circle(text, heard, context):
        return [wish]
    rules: tuple[Callable[[str, Context], list[Command]], ...] = (
        _disliked,
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
        _works_again,
        _whole,
        _for_neighbours,
        _more,
        _for_me,
        _where,
        _wished,
        correcting.correction,
        _filled,
    )
    for rule in rules:
        if commands := rule(
            raw if rule in {_wished, correcting.correction, _filled, _scam, _for_neighbours} else heard, context
        ):
            return commands
    return []


def _is_plain_answer(text: str, context: Context) -> bool:
    """Say whether a bare yes or no answers the question that was asked; to drop it all is something else."""
    asked = context.asked_spec
    if asked is None or asked.kind is not FieldKind.YES_NO:
        return False
    is_dropped = any(isinstance(one, Cancel) for one in _whole(plain(text), context))
    return not is_dropped and yes_no(text, asked, Known(context.today)) is not None


def _repaired(text: str, context: Context) -> str:
    ordinary = context.ordinary | words.load().ordinary
    return repair(text, context.terms, ordinary).text if context.terms else text


def _circle(text: str, heard: str, context: Context) -> Command | None:
    """Take what is meant for the neighbours' circle; a complaint goes there only when the circle itself is named."""
    if context.asks_post and circle.answer(text):
        return circle.Circle(circle.Ask.ANSWER)
    wish = circle.recognise(text)
    if wish is None or context.takes_all:
        return None
    is_post = wish.ask is circle.Ask.POST
    if is_post and not wish.is_express and (_grievance(heard, context) or _scam(text, context)):
        return None
    return wish


def _for_neighbours(raw: str, context: Context) -> list[Command]:
    """Take what is to be sold, sought or found, where nothing of ours is open."""
    wish = None if context.asked_field or context.wish or context.is_cadre else circle.for_neighbours(raw)
    return [wish] if wish else []


def _disliked(heard: str, context: Context) -> list[Command]:
    """Take "that is not it" after an answer, with what is right, or with what was asked indeed."""
    lexicon = words.load()
    if not context.just_told or context.asked_field or _grievance(heard, context):
        return []
    if lexicon.fits("dislike.number", heard) and context.pending is Pending.NOTHING:
        return [Dislike()]
    found = lexicon.fits("dislike.word", heard)
    if found is None:
        return []
    more = found["more"] or found["more2"] or ""
    instead = lexicon.patterns["dislike.asks"].sub("", more)
    own = matters(instead, context) if instead else []
    return [Dislike(more), *(each for each in own if isinstance(each, Ask | StartSkill))]


def _record(heard: str, context: Context) -> list[Command]:
    """A cadre files what is quoted for whoever said it, with what is added to it."""
    found = words.load().fits("record", without_opening(heard))
    if not (found and context.is_cadre):
        return []
    if not context.quote:
        return [RecordPicture()] if context.has_picture else []
    said = "，".join(part for part in (context.quote, found["more"]) if part)
    return [Record(said, urgent=bool(found["rest"]))]


def _scam(raw: str, _: Context) -> list[Command]:
    lexicon = words.load()
    asked = lexicon.find("scam.doubt", raw) or lexicon.find("scam.forwarded", raw)
    is_bait = asked and lexicon.find("scam.bait", raw)
    is_scam = is_bait or lexicon.find("scam.asked_for", raw) or lexicon.find("scam.surely", raw)
    return [Scam(raw)] if is_scam else []


def _feedback(heard: str, context: Context) -> list[Command]:
    """Take an opinion; one about somebody by name or office is a complaint, kept from that person's chain."""
    lexicon = words.load()
    if found := lexicon.find("feedback", without_opening(heard)):
        said = found["text"] if found["text"] is not None else (not found["about"] and found["text2"]) or heard
        return [Grievance(heard) if is_about_cadre(heard, context) else Feedback(said)]
    return [Feedback(heard, on_us=True)] if lexicon.find("feedback_on_us", heard) else []


def _grievance(heard: str, context: Context) -> list[Command]:
    lexicon = words.load()
    if lexicon.find("grievance.not", heard) or remarks.load()[ASKS_OF_SELF].says.search(heard):
        return []
    named = is_about_cadre(heard, context) and lexicon.find("grievance.act", heard)
    return [Grievance(heard)] if named or lexicon.find("grievance.alone", heard) else []


def _remark(heard: str, context: Context) -> list[Command]:
    said = without_opening(heard)
    offered = [each for skill in context.skills for each in (skill.title, *skill.examples)]
    known = {"is_cadre": context.is_cadre, "is_told": context.just_asked}
    name = "" if context.asked_field else remarks.find(said, offered=offered, **known)
    if not name:
        return []
    if name == AGAIN and (once_more := _once_more(heard, context)):
        return once_more
    remark = remarks.load()[name]
    asked = f"{context.last_question} {remark.asks}" if remark.goes_on else remark.asks
    return [Ask(asked) if asked else Remark(name, said)]


def _once_more(heard: str, context: Context) -> list[Command]:
    """Say once more what was just answered, or how it stands with what was just filed; empty after anything else."""
    if context.just_told and context.last_question:
        return [Ask(context.last_question)]
    return [Status(heard)] if context.just_filed else []


def _repeat(heard: str, _: Context) -> list[Command]:
    found = words.load().fits("repeat", without_opening(heard))
    return [Repeat(found["rest"].strip("，"))] if found else []


def _works_again(heard: str, context: Context) -> list[Command]:
    """Take "the lamp is mended, thanks" where no matter waits for it: nothing is to be done, thanks need no answer."""
    if context.asked_field or not back_again.is_all(heard):
        return []
    return [Silent()] if words.load().find("back_again.thanks", heard) else [Chitchat(heard)]


def _is_new(said: str, context: Context) -> bool:
    """Tell whether what sounds like asking after a matter names a trouble of its own, or goes on with a question."""
    lexicon = words.load()
    if context.last_question and lexicon.find("asks_how_long", said):
        return True
    told = lexicon.patterns["still_nobody"].sub("", said)
    return told != said and names_service(told, context.skills) and lexicon.find("trouble", told) is not None


def _whole(heard: str, context: Context) -> list[Command]:
    lexicon = words.load()
    if lexicon.fits("silent", heard):
        return [Silent()]
    report = next((skill.name for skill in context.skills if skill.catches_all), "")
    makes: dict[str, Callable[[], Command]] = {
        "Begin": lambda: StartSkill(report, "") if report else Unknown(heard),
        "BackAgain": lambda: BackAgain() if context.is_cadre else Chitchat(heard),
        "Erase": lambda: Handoff(heard, "erase"),
        "OwnData": lambda: Handoff(heard, "own_data"),
        "OwnCut": lambda: Handoff(heard, "unknown"),
        "NotCome": lambda: Handoff(f"{context.last_question} {heard}", "unknown"),
        "Status": lambda: Status(heard, hurry=lexicon.find("hurry", heard) is not None),
        "Chitchat": lambda: Chitchat(heard),
        "MyTasks": MyTasks,
        "ShowOriginal": ShowOriginal,
        "ReadToMe": ReadToMe,
        "Handoff": lambda: Handoff(heard),
        "Cancel": lambda: Cancel(heard),
        "NotMended": lambda: NotMended(heard),
        "Confirm": Confirm,
        "Menu": Menu,
        "Board": Board,
        "MonthFigures": lambda: MonthFigures(last=lexicon.find("last_month", heard) is not None),
    }
    said = without_opening(heard)
    if heard and not said and not context.asked_field:
        return [Chitchat(heard)]  # nothing but a call to the bot: a greeting
    for name, pattern in lexicon.whole.items():
        if name == "NotCome" and not context.last_question:
            continue  # nothing was asked of which it could be said
        if name == "Status" and _is_new(said, context):
            continue
        if pattern.fullmatch(said):
            return [makes[name]()]
    return []


def _where(heard: str, context: Context) -> list[Command]:
    """Take where it is, said after the report; a trouble at that place is a report of its own."""
    lexicon = words.load()
    if not context.just_filed or context.asked_field or lexicon.find("trouble", heard):
        return []
    found = lexicon.fits("only_where", heard)
    return (
        [Where(lexicon.patterns["at"].sub("", found["where"]), found["thing"] or "")]
        if found and not lexicon.find("question", heard)
        else []
    )


def _more(heard: str, context: Context) -> list[Command]:
    """Take how bad it is, said after the report without naming anything else, or who is meant, but for a cadre."""
    if not context.just_filed or context.asked_field:
        return []
    is_more = words.load().fits("only_more", heard)
    is_who = words.load().fits("only_who", heard) and not is_about_cadre(heard, context)
    return [NotMended(heard)] if is_more or is_who else []


def _for_me(heard: str, context: Context) -> list[Command]:
    """Take "then ask for me" after an answer: a person is asked what was asked."""
    is_asked = context.last_question and not context.asked_field and words.load().fits("asks_for_me", heard)
    return [Handoff(f"{context.last_question}，{heard}", "unknown")] if is_asked else []


def _wished(raw: str, context: Context) -> list[Command]:
    """Take the answer to our question about a paper, unless the message is another matter; the question stays open."""
    if not context.wish or context.asked_field:
        return []
    own = matters(raw, replace(context, wish=""))
    is_other = any(stands_alone(each, context) for each in own if not isinstance(each, wishing.WantPaper))
    return [] if is_other else [*wishing.answered(raw, context.wish)]


def _filled(raw: str, context: Context) -> list[Command]:
    """Give the open form its answer, unless the message asks or reports something else; the form stays open."""
    if not context.asked_field:
        return []
    if context.asked_field == "what" and not context.takes_all:
        return _told_what(raw, context)
    if context.asked_field == "kind" and len(raw) >= OWN_MATTER and not context.takes_all:
        found = matters(raw, context)
        if any(isinstance(each, StartSkill) and words.load().find("trouble", each.text) for each in found):
            return [FillField("kind", ""), *found]  # the question is passed over: this is one more matter
    if (context.open_skill, context.asked_field) == wishing.WHY_REVOKED:
        return [FillField(context.asked_field, raw.strip())]
    if context.open_skill == wishing.LETTER and context.asked_field == wishing.BODY:
        named = FillField(wishing.BODY, wishing.body_in(raw) or raw.strip())
        return [*wishing.why(plain(raw))] or [named]
    if other := _other_paper(raw, context):
        return other
    if context.asked_field in wishing.OF_PAPER and not context.takes_all and (told := _told_of_paper(raw, context)):
        return told
    answer = FillField(context.asked_field, raw.strip())
    if context.takes_all:
        return [answer]
    found, is_open = matters(raw, context), is_unread([answer], context)
    aside = [each for each in found if _is_aside(each, context) or (is_open and _is_named_report(each, context))]
    return aside or [answer]


def _is_named_report(command: Command, context: Context) -> bool:
    """Tell whether words that answer nothing name what can be reported ("the dustcart did not come this week")."""
    reports = [each for each in context.skills if each.is_report and each.name != context.open_skill]
    match command:
        case StartSkill(skill, text):
            return any(each.name == skill for each in reports) and names_service(text, reports)
    return False


def _other_paper(raw: str, context: Context) -> list[Command]:
    """Take a wish for another paper in the middle of a form: it answers nothing that the form asks."""
    is_wish = not context.takes_all and words.load().find("answer.wish", plain(raw))
    return [*wishing.others(wishing.wanted(raw, raw), context.open_skill)] if is_wish else []


def _told_of_paper(raw: str, context: Context) -> list[Command]:
    """Take what a paper is for and whom it goes to; a question and a new wish are no answer, "I do not know" is."""
    lexicon, name, heard = words.load(), context.asked_field, plain(raw)
    if lexicon.find("answer.unknown", heard):
        return [FillField(name, raw.strip())]
    is_wish = lexicon.find("answer.wish", heard) is not None
    if is_wish and (wanted := wishing.wanted(raw, raw)):
        return [*wishing.others(wanted, context.open_skill)] or [FillField(name, wishing.said_of(wanted, name, raw))]
    asks = lexicon.find("question", heard) is not None or len(heard) > wishing.LONGEST_ANSWER
    if asks:
        return []
    found = matters(raw, context)
    if is_wish and name == "receiver":
        return [each for each in found if isinstance(each, Ask)] or [FillField(name, "")]
    return [FillField(name, raw.strip())] if all(isinstance(each, Ask | Unknown) for each in found) else []


def _told_what(raw: str, context: Context) -> list[Command]:
    """Take what somebody reports who was asked what it is: every matter of it; what names no kind is the answer."""
    found = matters(raw, context)
    if any(isinstance(each, StartSkill | wishing.WantPaper) for each in found):
        return found
    if all(isinstance(each, Ask) for each in found) and not words.load().find("trouble", raw):
        return found
    return [FillField("what", raw.strip())]


def _is_aside(command: Command, context: Context) -> bool:
    match command:
        case Ask():
            return True
        case StartSkill(affected=who) if who:
            return True
        case StartSkill(skill, text):
            lexicon = words.load()
            others = [each for each in context.skills if each.name == skill != context.open_skill]
            if any(each.is_report for each in others):
                return lexicon.find("trouble", text) is not None
            return lexicon.find("answer.wish", text) is not None and names_service(text, others)
    return False
