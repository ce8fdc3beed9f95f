"""Carries each command out: the table says which noun answers it, one command a line.

A handler takes the transaction, the turn, its command, and which of the message's matters it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bot.dialogue import small
from bot.dialogue.answers import originals, questions, topic, unanswered
from bot.dialogue.cases import (
    afterwards,
    again,
    alarmed,
    closing,
    complaints,
    handoff,
    matters,
    open_forms,
    progress,
    scams,
    which,
    withdrawing,
)
from bot.dialogue.meaning.circle import Circle
from bot.dialogue.meaning.commands import (
    Absent,
    Ask,
    BackAgain,
    Board,
    CallOff,
    Cancel,
    Chitchat,
    Choose,
    Close,
    Command,
    Confirm,
    Consult,
    Correct,
    Decide,
    Dislike,
    Distress,
    Feedback,
    FillField,
    Grievance,
    Handoff,
    Menu,
    MonthFigures,
    MoreOfAlarm,
    MoreOfComplaint,
    MyTasks,
    Naming,
    NotMended,
    Query,
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
    VoiceDecision,
    Where,
    WhichSkill,
)
from bot.dialogue.meaning.paper_codes import VerifyCode
from bot.dialogue.meaning.wishing import Insist, WantPaper
from bot.dialogue.offices import decisions, deputies, records
from bot.dialogue.parts import Part, Turn, open_form, texts
from bot.dialogue.seals import certificates, verifying
from bot.dialogue.village import announced, board, month, neighbours, posting
from township.db import Tx

C = TypeVar("C", bound=Command)
Handler = Callable[[Tx, Turn, C, int], Part]


def carry_out(tx: Tx, turn: Turn, command: Command, position: int) -> Part:
    """Do what a command asks for, in the turn's transaction."""
    if not isinstance(command, Ask) and turn.situation.person is None and small.needs_person(command):
        return Part(texts().say("outsider", phone=turn.situation.phone), in_private=True)
    return HANDLERS[type(command)](tx, turn, command, position)


def _start(tx: Tx, turn: Turn, command: StartSkill, position: int) -> Part:
    has_kind = command.fields.get("kind") or turn.services.kind_of(command.skill, command.text)
    part = again.known(tx, turn, command, position)
    if part is None and not has_kind:
        part = closing.after_all(tx, turn, command.text, position, by_name=True)
    part = part or matters.start(tx, turn, command, position)
    return topic.ended(announced.with_quiet_hours(part, command.text))


def _fill(tx: Tx, turn: Turn, command: FillField, position: int) -> Part:
    form = open_form(turn.heard)
    if form and (loan := certificates.for_loan(form, command.text)):
        return certificates.want(tx, turn, loan, position)
    if form and not decisions.open_act(turn):
        return open_forms.fill(tx, turn, form, command.text, position)
    return decisions.fill(tx, turn, command, position)


def _close(tx: Tx, turn: Turn, command: Close, position: int) -> Part:
    answered = posting.answered(tx, turn, position) or scams.warned(tx, turn, position)
    if answered is None and not command.answer:
        answered = decisions.said(tx, turn, turn.heard.incoming.text, position)
    return answered or decisions.close(tx, turn, command, position)


def _cancel(tx: Tx, turn: Turn, command: Cancel, position: int) -> Part:
    return (
        complaints.withdrawn(tx, turn, position)
        or posting.answered(tx, turn, position)
        or posting.taken_back(tx, turn, command.text, position)
        or withdrawing.done_oneself(tx, turn, command.text, position)
        or afterwards.never_mind(tx, turn, command, position)
    )


def _status(tx: Tx, turn: Turn, command: Status, position: int) -> Part:
    part = progress.status(tx, turn, command.text)
    hurried = afterwards.hurry(tx, turn, command.text, position) if command.hurry else ""
    return replace(part, text=f"{hurried}{part.text}")


def _ask(tx: Tx, turn: Turn, command: Ask, position: int) -> Part:
    known = announced.lately(tx, turn, command.question) or progress.asked_after(tx, turn, command.question)
    known = known or closing.after_all(tx, turn, command.question, position, by_name=True)
    return known or questions.answer(tx, turn, command, position)


def _not_mended(tx: Tx, turn: Turn, command: NotMended, position: int) -> Part:
    return closing.not_mended(tx, turn, command, position) or small.unsure(tx, turn, command, position)


def _unknown(tx: Tx, turn: Turn, command: Unknown | Confirm, position: int) -> Part:
    return (
        posting.answered(tx, turn, position)
        or decisions.said(tx, turn, turn.heard.incoming.text, position)
        or closing.after_all(tx, turn, turn.heard.incoming.text, position)
        or closing.thanked(turn)
        or small.unsure(tx, turn, command, position)
    )


def _circle(tx: Tx, turn: Turn, command: Circle, position: int) -> Part:
    done = neighbours.carry_out(tx, turn, command, position)
    return done or small.unsure(tx, turn, Unknown(turn.heard.incoming.text), position)


def _small(_: Tx, turn: Turn, command: Command, __: int) -> Part:
    return small.answer(turn, command)


def _by(kind: type[C], handler: Handler[C]) -> tuple[type[Any], Handler[Any]]:
    """Make a line of the table; its handler is held against the command it is for."""
    return kind, handler


HANDLERS: Mapping[type[Any], Handler[Any]] = dict(
    (
        # what is known
        _by(Ask, _ask),
        _by(ShowOriginal, lambda tx, turn, _, position: originals.send(tx, turn, position)),
        _by(Dislike, unanswered.dislike),
        _by(Board, lambda tx, turn, *_: board.answer(tx, turn)),
        _by(MonthFigures, lambda tx, turn, command, _: month.answer(tx, turn, last=command.last)),
        # matters: begun, told, put right
        _by(WhichSkill, lambda _, turn, command, __: which.ask(turn, command)),
        _by(StartSkill, _start),
        _by(FillField, _fill),
        _by(Record, records.record),
        _by(Repeat, afterwards.repeat),
        _by(Where, afterwards.where),
        _by(Correct, afterwards.correct),
        _by(Cancel, _cancel),
        _by(Status, _status),
        _by(Close, _close),
        _by(NotMended, _not_mended),
        # a person
        _by(Handoff, handoff.to_person),
        _by(Feedback, handoff.to_person),
        _by(Grievance, complaints.file),
        _by(MoreOfComplaint, complaints.more),
        _by(Naming, complaints.name),
        _by(Query, complaints.progress),
        # an alarm that was raised before
        _by(CallOff, lambda tx, turn, _, position: alarmed.call_off(tx, turn, position)),
        _by(MoreOfAlarm, alarmed.add),
        # papers
        _by(WantPaper, certificates.want),
        _by(Insist, certificates.insisted),
        _by(VerifyCode, lambda tx, turn, command, _: verifying.answer(tx, turn, command)),
        # the neighbours' circle
        _by(Circle, _circle),
        # work of cadres
        _by(MyTasks, lambda tx, turn, *_: progress.my_tasks(tx, turn)),
        _by(Decide, decisions.decide),
        _by(VoiceDecision, lambda tx, turn, *_: decisions.spoken(tx, turn)),
        _by(Consult, deputies.consult),
        _by(Absent, deputies.away),
        _by(BackAgain, lambda tx, turn, *_: deputies.back_again(tx, turn)),
        # what needs no row, and what nobody knows
        _by(ReadToMe, lambda tx, turn, *_: small.read_to_me(tx, turn)),
        _by(Chitchat, _small),
        _by(Menu, _small),
        _by(Remark, _small),
        _by(Scam, lambda _, turn, command, __: scams.named(turn, command)),
        _by(Distress, _small),
        _by(Silent, _small),
        _by(Choose, _small),
        _by(RecordPicture, _small),
        _by(Confirm, _unknown),
        _by(Unknown, _unknown),
    )
)
