"""The small things of talk: silence, greetings, a menu, a picture without words, and what was not understood."""

from dataclasses import replace
from unicodedata import category

from bot.dialogue.cases import afterwards, handoff, which
from bot.dialogue.hearing import words
from bot.dialogue.hearing.emergency import distress_line
from bot.dialogue.meaning import remarks
from bot.dialogue.meaning.commands import (
    Chitchat,
    Close,
    Command,
    Confirm,
    Correct,
    Decide,
    Distress,
    FillField,
    Handoff,
    Menu,
    MyTasks,
    NotMended,
    Record,
    Remark,
    Repeat,
    Silent,
    StartSkill,
    Status,
    Unknown,
    VoiceDecision,
)
from bot.dialogue.meaning.splitting import without_opening
from bot.dialogue.parts import Counts, Heard, Part, Turn, open_form, texts
from bot.dialogue.village import posting
from bot.messages import MessageKind
from township import members
from township.db import Tx
from township.effects import Say, ToPerson

#: What concerns somebody by name: nothing of it is possible for who is not known.
PERSONAL = (
    StartSkill,
    FillField,
    Close,
    Decide,
    VoiceDecision,
    Correct,
    NotMended,
    Status,
    MyTasks,
    Record,
    Handoff,
    Repeat,
)
#: What is said to something sent without a word.
ALONE = {
    MessageKind.picture: "picture_alone",
    MessageKind.rich_text: "picture_alone",
    MessageKind.video: "video_alone",
    MessageKind.file: "file_alone",
}
SHORT_TALK = 6
"""Characters up to which talk that greets nobody is half a sentence: the whole of it is asked for."""
STRIKES = 2
"""Not understood twice, or once by voice: a person (law of talk 2)."""


def of_kind(heard: Heard) -> list[Command]:
    """Read what a message asks for by its kind alone; nothing when its words must be understood."""
    match heard.incoming.kind:
        case MessageKind.unknown:
            return [Silent()]  # a sticker, a forwarded card, a place: silence costs nothing and is polite
        case MessageKind.audio | MessageKind.picture | MessageKind.video | MessageKind.file if (
            not heard.incoming.text.strip()
        ):
            return [Unknown("")]
        case MessageKind.rich_text if heard.incoming.attachments and not heard.incoming.text.strip():
            return [Unknown("")]  # several pictures at once, without a word
        case _:
            return []


def needs_person(command: Command) -> bool:
    """Say whether a command makes sense only from somebody who is known."""
    return isinstance(command, PERSONAL)


def answer(turn: Turn, command: Command) -> Part:
    """Answer what needs no row."""
    match command:
        case Chitchat(text):
            return Part(texts().say(company(text), phone=turn.situation.phone))
        case Menu():
            return Part(texts().say("menu"))
        case Remark(name):
            expects = remarks.load()[name].expects or None
            said = texts().say(f"remark_{name}", phone=turn.situation.phone)
            return Part(said, state={"expects": expects}, counts=Counts.answered)
        case Distress():
            return Part(distress_line(), aside=True)
        case Silent() if turn.heard.incoming.kind is MessageKind.unknown and _is_asked(turn):
            return Part(texts().say("cannot_read"))
        case _:
            return Part()


def company(text: str) -> str:
    """Name the sentence for talk: a greeting is greeted back, a word or two may have been a matter."""
    if not without_opening(text) or words.load().find("chitchat", text):
        return "greeting"
    return "say_whole" if len(text) <= SHORT_TALK else "chitchat"


def read_to_me(tx: Tx, turn: Turn) -> Part:
    """Remember that somebody cannot read: who works on the matters of this person telephones."""
    if turn.situation.person is not None:
        members.remember(tx, turn.situation.person.id, "read_to_me")
    return Part(texts().say("read_to_me"))


def _is_asked(turn: Turn) -> bool:
    """Say whether words are waited for: what a sticker or a place means is then not guessed."""
    state = turn.state
    return bool(open_form(turn.heard) or state.get("act") or any(one.wants_words[0] for one in turn.situation.waiting))


def unsure(tx: Tx, turn: Turn, command: Unknown | Confirm | NotMended, position: int) -> Part:
    """Ask once to say it again; then, or at once when it was spoken, give it to a person."""
    if isinstance(command, Confirm):
        return Part()
    incoming, state = turn.heard.incoming, turn.heard.conversation.state
    if incoming.kind in ALONE and turn.situation.person is None:
        return Part(texts().say("outsider", phone=turn.situation.phone))
    if incoming.kind in ALONE:
        return (
            posting.photos_for_offer(turn)
            or posting.more_photos(tx, turn)
            or afterwards.photos(tx, turn, position)
            or afterwards.keep_photos(turn, texts().say(ALONE[incoming.kind]))
        )
    if is_signs_only(incoming.text):
        has_picture = any(category(sign) == "So" for sign in incoming.text) or "[" in incoming.text
        return Part(texts().say("emoji_alone" if has_picture else "again"))
    strikes = int(state.get("strikes", 0)) + 1
    recordings = [*state.get("recordings", []), *turn.recordings]
    again = "again_voice" if incoming.by_voice and not incoming.text.strip() else "again"
    if turn.situation.person is None or turn.heard.conversation.is_group:
        return Part(texts().say(again))
    if strikes < STRIKES and not (incoming.by_voice and incoming.text.strip()):
        asked = which.not_understood(turn, incoming.text) or Part(texts().say(again))
        memory = {"strikes": strikes, "recordings": recordings or None}
        return replace(asked, state={**asked.state, **memory})
    said = incoming.text or texts().say("recording_only")
    outcome = handoff.hand_over(tx, turn, said, position, cause="unheard", recordings=recordings)
    return Part(outcome.reply, state={"strikes": None, "recordings": None}, counts=Counts.filed)


def is_signs_only(text: str) -> bool:
    """Tell whether a message is nothing but signs: faces, animals, punctuation."""
    return bool(text.strip()) and (
        not any(sign.isalnum() for sign in text) or words.load().fits("bracketed", text) is not None
    )


def unheard(turn: Turn) -> Part:
    """Answer a message whose words were kept back: once a day and person, through the API pool."""
    person = turn.situation.person
    if person is None:
        return Part()
    duty = turn.situation.phone
    key = f"unheard:{person.id}:{turn.situation.at.date().isoformat()}"
    say = Say(ToPerson(person.id), texts().say("unheard", phone=duty), urgent=True)
    return Part(effects=((key, say),))
