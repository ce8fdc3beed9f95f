"""Carries each command out by its handler: one case a command, one handler a line."""

from dataclasses import replace

from bot.dialogue import (
    afterwards,
    board,
    certificates,
    complaints,
    decisions,
    deputies,
    matters,
    neighbours,
    originals,
    posting,
    progress,
    questions,
    records,
    small,
    topic,
    unanswered,
    verifying,
    which,
)
from bot.dialogue.circle import Circle
from bot.dialogue.commands import (
    Absent,
    Ask,
    BackAgain,
    Board,
    CallOff,
    Cancel,
    Close,
    Command,
    Confirm,
    Consult,
    Correct,
    Decide,
    Dislike,
    Feedback,
    FillField,
    Grievance,
    Handoff,
    MyTasks,
    Naming,
    NotMended,
    Query,
    ReadToMe,
    Record,
    Repeat,
    ShowOriginal,
    StartSkill,
    Status,
    Unknown,
    VoiceDecision,
    Where,
    WhichSkill,
)
from bot.dialogue.paper_codes import VerifyCode
from bot.dialogue.parts import Part, Turn, open_form, texts
from bot.dialogue.wishing import Insist, WantPaper
from township.db import Tx


def carry_out(tx: Tx, turn: Turn, command: Command, position: int) -> Part:
    """Do what a command asks for, in the turn's transaction."""
    if not isinstance(command, Ask) and turn.situation.person is None and small.needs_person(command):
        return Part(texts().say("outsider", phone=turn.situation.phone), in_private=True)
    match command:
        case WantPaper():
            return certificates.want(tx, turn, command, position)
        case Insist():
            return certificates.insisted(tx, turn, command, position)
        case VerifyCode():
            return verifying.answer(tx, turn, command)
        case Circle():
            return neighbours.carry_out(tx, turn, command, position)
        case Ask():
            return questions.answer(tx, turn, command, position)
        case ShowOriginal():
            return originals.send(tx, turn, position)
        case StartSkill():
            return topic.ended(matters.start(tx, turn, command, position))
        case Record():
            return records.record(tx, turn, command, position)
        case WhichSkill():
            return which.ask(turn, command)
        case Board():
            return board.answer(tx, turn)
        case Grievance():
            return complaints.file(tx, turn, command, position)
        case Naming():
            return complaints.name(tx, turn, command, position)
        case Query():
            return complaints.progress(tx, turn, command, position)
        case Handoff() | Feedback():
            return matters.to_person(tx, turn, command, position)
        case FillField():
            return _fill(tx, turn, command, position)
        case Close():
            return posting.answered(tx, turn, position) or decisions.close(tx, turn, command, position)
        case Decide():
            return decisions.decide(tx, turn, command, position)
        case VoiceDecision():
            return decisions.spoken(tx, turn, command)
        case Correct():
            return afterwards.correct(tx, turn, command, position)
        case Where():
            return afterwards.where(tx, turn, command, position)
        case Dislike():
            return unanswered.dislike(tx, turn, command, position)
        case Status():
            part = progress.status(tx, turn)
            hurried = afterwards.hurry(tx, turn, position) if command.hurry else ""
            return replace(part, text=f"{hurried}{part.text}")
        case MyTasks():
            return progress.my_tasks(tx, turn)
        case Cancel():
            return posting.answered(tx, turn, position) or afterwards.never_mind(tx, turn, command, position)
        case Repeat():
            return afterwards.repeat(tx, turn, command, position)
        case Absent():
            return deputies.away(tx, turn, command, position)
        case BackAgain():
            return deputies.back_again(tx, turn)
        case Consult():
            return deputies.consult(tx, turn, command, position)
        case NotMended():
            return afterwards.not_mended(tx, turn, command, position) or small.unsure(tx, turn, command, position)
        case ReadToMe():
            return small.read_to_me(tx, turn)
        case CallOff():
            return decisions.call_off(tx, turn, position)
        case Unknown() | Confirm():
            return (
                posting.answered(tx, turn, position)
                or decisions.said(tx, turn, turn.heard.incoming.text, position)
                or small.unsure(tx, turn, command, position)
            )
        case _:
            return small.answer(turn, command)


def _fill(tx: Tx, turn: Turn, command: FillField, position: int) -> Part:
    form = open_form(turn.heard)
    if form and (loan := certificates.for_loan(form, command.text)):
        return certificates.want(tx, turn, loan, position)
    if form and not decisions.open_act(turn):
        return matters.fill(tx, turn, form, command.text, position)
    return decisions.fill(tx, turn, command, position)
