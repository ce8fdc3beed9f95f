"""Posting to the neighbours' circle in talk: what its author says, answers, adds and takes back.

Looking at the circle is in `neighbours.py`. Who decides on a held post acts on its case like on any other.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.dialogue.cases import afterwards, handoff, matters
from bot.dialogue.cases.openings import kept_photos, opening
from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning import pieces
from bot.dialogue.meaning.circle import Answer, Ask, Circle, answer
from bot.dialogue.meaning.commands import Handoff, StartSkill
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.services import OTHER
from bot.dialogue.parts import Counts, Heard, Part, Turn, open_form
from bot.dialogue.situation import Waiting
from township.clock import SHANGHAI
from township.db import Tx
from township.effects import Say, ToPerson
from township.errors import Refused
from township.statements import savepoint
from township.texts import Texts
from workflows import cases
from workflows.cases import Act as CaseAct
from workflows.circle import album, digits, posts, review, wall
from workflows.circle.moderation import judge
from workflows.circle.posts import Draft, Post
from workflows.circle.rules import Reason, category_name, rules
from workflows.circle.states import Act, By, State
from workflows.state import Via

LATER = timedelta(minutes=10)
"""How long after a post photos without words belong to it."""
ASKED_JUST_NOW = timedelta(minutes=30)
"""How long words like "no need" answer a question about a post; a number does so as long as the question stands."""
ASKED_LONG = timedelta(days=3)
"""How long a question about a post waits; one about a number lapses sooner."""
NO_REPORT = frozenset({"lost", "lost_person", "praise", "spare"})
"""Kinds of posts that are no trouble to be mended, whatever words they use."""
SHORT = 24


@cache
def circle_texts() -> Texts:
    """What the bot says of the circle."""
    return Texts.load(Path(__file__).with_name("circle_texts.yaml"))


say = circle_texts().say


def post(tx: Tx, turn: Turn, wish: Circle, position: int) -> Part:
    """Post to the circle of the speaker's own village; the rules say whether somebody looks first."""
    person = turn.situation.person
    if person is None:
        return Part(say("outsider", phone=turn.situation.phone), in_private=True)
    if person.village_id is None:
        return Part(say("no_village", phone=turn.situation.phone), in_private=True)
    if len(wish.text) > rules().longest:
        return Part(say("too_long", most=rules().longest))
    today = posts.of_today(tx, person.id, turn.situation.at)
    if any(one.text == wish.text and one.state in (State.PUBLISHED, State.HELD) for one in today):
        return Part(say("repeated"))
    if len(today) >= rules().most_a_day:
        return Part(say("enough", most=rules().most_a_day))
    originals = [*kept_photos(turn), *turn.photos]
    key, now = turn.key(position), turn.situation.at
    draft = Draft(turn.situation.town_id, person.village_id, person, key, wish.text, wish.unnamed, len(originals))
    written, is_new = posts.write(tx, draft, now)
    if not is_new:
        return Part(say("repeated"))
    album.add(tx, written, originals, turn.heard.received_at)
    memory = {"photos": None, "post": _remembered(turn, written, asks=written.state is State.ASKED)}
    match written.state:
        case State.ASKED:
            return Part(_ask_to_mask(written), state=memory, in_private=True)
        case State.HELD:
            return Part(_held(tx, turn, written), state=memory, in_private=True)
        case _:
            return _published(tx, turn, written, len(originals))


def offered(turn: Turn, wish: Circle) -> Part:
    """Ask whether words that nobody sent to the circle are to be posted there."""
    person = turn.situation.person
    if person is None:
        return Part(say("outsider", phone=turn.situation.phone), in_private=True)
    if person.village_id is None:
        return Part(say("no_village", phone=turn.situation.phone), in_private=True)
    village = turn.situation.villages.get(person.village_id, "")
    kept = {"text": wish.text, "at": turn.heard.received_at.isoformat()}
    return Part(say("offer_post", village=village, text=wish.text), state={"offer": kept, "expects": None})


def _offer(heard: Heard) -> str:
    """Give the words that were offered to be posted a moment ago; empty when none were."""
    kept = heard.conversation.state.get("offer") or {}
    is_fresh = bool(kept) and heard.received_at - datetime.fromisoformat(kept["at"]) <= ASKED_JUST_NOW
    return str(kept["text"]) if is_fresh else ""


def asks(heard: Heard, waiting: Sequence[Waiting]) -> bool:
    """Say whether the bot has just asked something about a post, and nothing since: a word that is an answer is one."""
    if _offer(heard):
        return True
    last = heard.conversation.state.get("post") or {}
    if not last.get("asks"):
        return False
    at, word = datetime.fromisoformat(last["at"]), heard.incoming.text.strip()
    lives = timedelta(hours=rules().asked_for) if word.isdecimal() else ASKED_JUST_NOW
    is_alive = heard.received_at - at <= lives and not _choice_since(heard, at)
    return is_alive and not _form_since(heard, at) and not _case_since(waiting, at, word)


def photos_for_offer(turn: Turn) -> Part | None:
    """Keep photos without words for the post that was offered, and let the offer stand; None when none was."""
    if not _offer(turn.heard) or not turn.photos:
        return None
    kept = afterwards.keep_photos(turn, say("offer_photos"))
    return replace(kept, state={**kept.state, "offer": turn.state["offer"]})


def _case_since(waiting: Sequence[Waiting], moment: datetime, word: str) -> Waiting | None:
    """Find the case that has asked something since which this word answers, and whose question has left."""
    asked = (one for one in waiting if one.task.opened_at > moment and one.heard)
    return next((one for one in asked if one.said_by(word.strip())), None)


def _choice_since(heard: Heard, moment: datetime) -> bool:
    """Say whether the bot has offered numbered choices since."""
    choices = [heard.conversation.state.get(name) or {} for name in ("choice", "which")]
    return any(datetime.fromisoformat(one["at"]) > moment for one in choices if one)


def _form_since(heard: Heard, moment: datetime) -> bool:
    """Say whether a form has asked something since: the word is its answer."""
    form = open_form(heard)
    return bool(form.get("at")) and datetime.fromisoformat(form["at"]) > moment


def _remembered(turn: Turn, written: Post, *, asks: bool) -> dict[str, Any]:
    return {"id": written.id, "at": turn.heard.received_at.isoformat(), "asks": asks}


def _published(tx: Tx, turn: Turn, written: Post, photos: int) -> Part:
    """Say that it is out; a trouble is offered once to be reported as well."""
    more = say("published_more", count=photos) if photos else ""
    village = turn.situation.villages.get(written.village_id, "")
    said = say("published", village=village, category=category_name(written.category), photos=more)
    is_trouble = _report_in(turn, written) is not None
    if is_trouble:
        posts.keep(tx, written, question="report", asked_at=turn.situation.at)
        said = f"{said}\n{say('offer_report')}"
    memory = {"photos": None, "post": _remembered(turn, written, asks=is_trouble)}
    return Part(said, state=memory, counts=Counts.filed)


def _held(tx: Tx, turn: Turn, written: Post) -> str:
    """Let somebody look first, and say why and who; what smells of fraud is warned of."""
    by_town = judge(written.text).by_town or is_about_cadre(turn, written.text)
    reply = review.hold(tx, written, turn.situation.at, by_town=by_town).reply
    return f"{reply}\n{say('scam_line')}" if Reason.FRAUD in written.reasons else reply


def is_about_cadre(turn: Turn, text: str) -> bool:
    """Say whether a post speaks of cadres: then the town looks at it, and not the village."""
    return pieces.is_about_cadre(plain(text), Context(turn.situation.at.date(), cadres=turn.situation.cadres))


def _ask_to_mask(written: Post) -> str:
    numbers = judge(written.text).numbers or written.reasons
    kinds = [one for one in written.reasons if one in {Reason.PHONE, Reason.ID_NUMBER, Reason.BANK_CARD}]
    what = say("what_and").join(say(f"what_{one}") for one in kinds)
    may_stay = Reason.PHONE in numbers
    return say("mask_phone" if may_stay else "mask", what=what, masked=_short(digits.mask(written.text)))


def answered(tx: Tx, turn: Turn, position: int) -> Part | None:
    """Take the answer to a question about one's own post; None when none is open, or something else asked later.

    A number that a case which asked later would take as well is given to neither: the wrong one would open a matter
    again, or show a telephone number. Which one is meant is asked, in words that fit one only.
    """
    said, person = answer(turn.heard.incoming.text), turn.situation.person
    if said is None or person is None:
        return None
    if (offer := _offer(turn.heard)) and said is not Answer.SECOND:
        sent = post(tx, turn, Circle(Ask.POST, offer), position) if said is Answer.YES else Part(say("not_posted"))
        return replace(sent, state={**sent.state, "offer": None})
    asked = posts.asked(tx, person.id, turn.situation.at - ASKED_LONG)
    if asked is None or asked.asked_at is None or _form_since(turn.heard, asked.asked_at):
        return None
    other = _case_since(turn.situation.waiting, asked.asked_at, turn.heard.incoming.text)
    if other is not None:
        is_open = _is_offered(asked, said) and turn.situation.at - asked.asked_at <= ASKED_JUST_NOW
        return _which(turn, asked, said, other) if is_open else None
    if asked.question == "report":
        return _reported(tx, turn, asked, position) if said is Answer.YES else _not_reported(tx, asked, said)
    if turn.situation.at - asked.asked_at > timedelta(hours=rules().asked_for):
        return None
    return _masked(tx, turn, asked, said)


def _is_offered(asked: Post, said: Answer) -> bool:
    """Say whether the question about a post offered this answer."""
    return said is not Answer.SECOND or (asked.question != "report" and Reason.PHONE in asked.reasons)


def _which(turn: Turn, asked: Post, said: Answer, other: Waiting) -> Part:
    """Ask which of two questions a number answers, and give for each a word that answers no other."""
    word = turn.heard.incoming.text.strip()
    action = other.actions[other.said_by(word)]
    plain_word = next((one for one in action.says if not one.isdecimal()), action.title)
    meant = say(f"{'report' if asked.question == 'report' else 'mask'}_{said}")
    text = say("which_meant", word=word, meant=meant, number=other.task.number, title=plain_word)
    return Part(text, state={"post": _remembered(turn, asked, asks=True)}, in_private=True)


def _not_reported(tx: Tx, asked: Post, said: Answer) -> Part | None:
    if said is not Answer.NO:
        return None
    posts.keep(tx, asked, question="")
    return Part(state={"post": None})


def _masked(tx: Tx, turn: Turn, asked: Post, said: Answer) -> Part | None:
    """Post with the numbers masked, let somebody look at it as written, or drop it."""
    now, person = turn.situation.at, turn.situation.person
    if said is Answer.NO:
        forget = (posts.message_of(tx, asked), turn.heard.id)
        posts.wipe(tx, [posts.act(tx, asked, Act.REMOVE, By.AUTHOR, now)], now)
        return Part(say("dropped"), state={"post": None}, in_private=True, forget=forget)
    if person is None or not _is_offered(asked, said):
        return None
    photos = int(album.has_any(tx, asked.id))
    if said is Answer.YES:
        posts.reword(tx, asked, digits.mask(asked.text))
    verdict = judge(digits.mask(asked.text), photos=photos, author=posts.author_of(tx, person, now))
    why = (*verdict.reasons, *([Reason.PHONE] if said is Answer.SECOND else []))
    if why:
        held = posts.act(tx, asked, Act.HOLD, By.AUTHOR, now, reasons=why)
        return Part(_held(tx, turn, held), state={"post": _remembered(turn, held, asks=False)}, in_private=True)
    shown = posts.act(tx, asked, Act.PUBLISH, By.AUTHOR, now)
    return replace(_published(tx, turn, shown, photos), in_private=True)


def _reported(tx: Tx, turn: Turn, asked: Post, position: int) -> Part | None:
    """Make a matter of a post, as its author wants: words and photos go along, and the post says so."""
    start = _report_in(turn, asked) or _any_report(turn, asked)
    if start is None or asked.state is not State.PUBLISHED:
        posts.keep(tx, asked, question="")
        return Part(say("post_not_now"), in_private=True)
    form = turn.services.manifests[start.skill].form
    fields = matters.read(turn, start)
    if "kind" in form and OTHER in form["kind"].options:
        fields.setdefault("kind", OTHER)
    drawn = wall.shown(tx, [asked], named=False)[0].photos
    if "photos" in form and drawn:
        fields["photos"] = list(drawn)
    part = matters.file(tx, turn, opening(turn, start.skill, position, fields))
    posts.keep(tx, asked, question="", report_case_id=part.state.get("last"))
    return replace(part, in_private=True)


def _report_in(turn: Turn, written: Post) -> StartSkill | None:
    """Find the report that a post would make: a trouble that a service knows."""
    if written.category in NO_REPORT:
        return None
    reports = {one.name for one in turn.services.words if one.is_report}
    here = Context(turn.situation.at.date(), turn.services.words, household=turn.situation.home)
    for command in pieces.matters(written.text, here):
        if isinstance(command, StartSkill) and command.skill in reports and words.load().find("trouble", command.text):
            return replace(command, text=written.text)
    return None


def _any_report(turn: Turn, written: Post) -> StartSkill | None:
    name = next((one.name for one in turn.services.words if one.catches_all), "")
    return StartSkill(name, written.text) if name else None


def more_photos(tx: Tx, turn: Turn) -> Part | None:
    """Put photos without words to what was just posted; None when nothing was."""
    last = turn.state.get("post") or {}
    if not last or not turn.photos or turn.heard.received_at - datetime.fromisoformat(last["at"]) > LATER:
        return None
    found = posts.get(tx, turn.situation.town_id, str(last["id"]))
    if found is None or found.state not in (State.PUBLISHED, State.HELD, State.ASKED):
        return None
    count = album.add(tx, found, turn.photos, turn.heard.received_at)
    if not count:
        return Part(say("photos_full"))
    if found.state is State.PUBLISHED and Reason.CHILD_PHOTO in judge(found.text, photos=count).reasons:
        why = (Reason.CHILD_PHOTO,)
        held = posts.act(tx, found, Act.HOLD, By.RULES, turn.situation.at, reasons=why)
        review.hold(tx, held, turn.situation.at)
        return Part(say("photos_held"), in_private=True)
    return Part(say("photos_added", count=count))


def take_back(tx: Tx, turn: Turn, wish: Circle, position: int) -> Part:
    """Take one's own post back: the one that was meant, or the newest when nothing says which."""
    person, now = turn.situation.person, turn.situation.at
    if person is None:
        return Part(say("outsider", phone=turn.situation.phone), in_private=True)
    living = posts.of_author(tx, person.id)
    meant = [one for one in living if wish.text in one.text] if wish.text else living
    if not meant:
        return Part(say("remove_none"), in_private=True)
    if len(meant) > 1 and wish.text not in ("", meant[0].text) and not _is_just_now(turn, meant[0]):
        return Part(say("remove_which", count=len(meant), lines=mine_lines(meant)), in_private=True)
    review.withdraw(tx, meant[0], turn.key(position), now)
    posts.act(tx, meant[0], Act.REMOVE, By.AUTHOR, now)
    return Part(say("removed", text=_short(meant[0].text)), state={"post": None}, in_private=True)


def taken_back(tx: Tx, turn: Turn, text: str, position: int) -> Part | None:
    """Take back what was posted a moment ago for who says so of nothing else; None where something was begun since."""
    last = turn.state.get("post") or {}
    is_fresh = bool(last) and turn.heard.received_at - datetime.fromisoformat(last["at"]) <= LATER
    is_last = is_fresh and not open_form(turn.heard) and str(turn.state.get("last_at") or "") < str(last["at"])
    means_it = is_last and words.load().find("take_back_post", plain(text)) is not None
    return take_back(tx, turn, Circle(Ask.TAKE_BACK), position) if means_it else None


def _is_just_now(turn: Turn, found: Post) -> bool:
    return turn.situation.at - found.posted_at <= LATER and str((turn.state.get("post") or {}).get("id")) == found.id


def mine(tx: Tx, turn: Turn) -> Part:
    """List one's own posts and where they stand."""
    person = turn.situation.person
    found = posts.of_author(tx, person.id, limit=wall.SHOWN) if person else []
    return Part(mine_lines(found) if found else say("mine_none"), in_private=True)


def mine_lines(found: Sequence[Post]) -> str:
    """One line a post."""
    return "\n".join(say("mine_line", state=say(f"state_{one.state}"), text=_short(one.text)) for one in found)


def appeal(tx: Tx, turn: Turn, wish: Circle, position: int) -> Part:
    """Appeal: somebody else of the town looks at the newest post that was not let out."""
    person = turn.situation.person
    mine = posts.of_author(tx, person.id) if person else []
    if person and not mine:  # it is something else that is objected to: a person hears of it
        return handoff.to_person(tx, turn, Handoff(turn.heard.incoming.text), position)
    denied = [one for one in mine if one.state in _DENIED and one.case_id]
    for one in denied:
        values = {"plea": wish.text} if wish.text else {}
        acting = CaseAct(
            one.town_id, str(one.case_id), "appeal", turn.key(position), one.author_id, values, via=Via.CHAT
        )
        try:
            with savepoint(tx):
                outcome = cases.act(tx, acting, now=turn.situation.at)
        except Refused:
            continue
        review.remind(tx, one.town_id, {task.person for task in outcome.tasks}, turn.situation.at)
        return Part(outcome.reply, in_private=True, counts=Counts.filed)
    return Part(say("appeal_none"), in_private=True)


_DENIED = (State.REFUSED, State.TAKEN_DOWN)


def propose(tx: Tx, turn: Turn, found: Post | None) -> Part:
    """A cadre has the author asked whether a post is to be reported; only the author's yes makes a matter of it."""
    person = turn.situation.person
    if person is None or not person.is_cadre:
        return Part(say("cadres_only"))
    if found is None:
        return Part(say("seen_none"))
    if found.state is not State.PUBLISHED or found.report_case_id or found.question:
        return Part(say("propose_not"))
    posts.keep(tx, found, question="report", asked_at=turn.situation.at)
    asks = Say(ToPerson(found.author_id), say("propose_ask", text=_short(found.text), who=person.name))
    day = turn.situation.at.astimezone(SHANGHAI).date().isoformat()
    return Part(say("proposed"), ((f"circle:propose:{found.id}:{day}", asks),), in_private=True)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[:SHORT]}…"
