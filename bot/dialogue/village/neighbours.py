"""Looking at the neighbours' circle in talk: the list with numbers, one post with its photos, what waits, the counts.

In a group only the group's own village is shown, and nobody's name; who is not known sees nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.meaning import circle
from bot.dialogue.meaning.circle import Ask, Circle
from bot.dialogue.parts import Counts, Part, Turn, open_form
from bot.dialogue.village import posting
from bot.dialogue.village.posting import circle_texts
from township import directory
from township.db import Tx
from township.effects import Effect, SendFile, ToPerson
from township.scope import Scope
from workflows import casebook, tasks
from workflows.circle import counts, digits, posts, review, wall
from workflows.circle.posts import Post
from workflows.circle.wall import Shown
from workflows.clocks.deadlines import say_moment
from workflows.house import texts as house_texts
from workflows.state import TaskKind
from workflows.tasks import TaskView

LINE = 36
"""Characters of a post in a list: the whole is one word away."""
MOST_HELD = 10
APPEAL = "appeal"
say = circle_texts().say


def carry_out(tx: Tx, turn: Turn, wish: Circle, position: int) -> Part | None:
    """Do what somebody wants of the circle; None for an answer to nothing that was asked."""
    match wish.ask:
        case Ask.POST:
            return posting.post(tx, turn, wish, position)
        case Ask.OFFER:
            return posting.offered(turn, wish)
        case Ask.TAKE_BACK:
            return posting.take_back(tx, turn, wish, position)
        case Ask.APPEAL:
            return posting.appeal(tx, turn, wish, position)
        case Ask.MINE:
            return posting.mine(tx, turn)
        case Ask.PROPOSE:
            return posting.propose(tx, turn, _meant(tx, turn, wish))
        case Ask.LOOK:
            return _look(tx, turn, wish)
        case Ask.SEE:
            return _see(tx, turn, wish)
        case Ask.FLAG:
            return _flag(tx, turn, wish)
        case Ask.HELD:
            return held(tx, turn)
        case Ask.COUNT:
            return _count(tx, turn)
        case Ask.HOW:
            return Part(say("how"))
        case Ask.ANSWER:
            return posting.answered(tx, turn, position)


def _scope(turn: Turn) -> Scope:
    """What may be seen here: in a group what the group may, alone what the person may."""
    return turn.situation.scope if turn.heard.conversation.is_group else turn.situation.own_scope


def _village(turn: Turn, name: str = "") -> str | None:
    """Whose circle is meant: the one that was named, the group's, or the own."""
    villages = turn.situation.villages
    if name:
        return next((key for key, known in villages.items() if known == name), "")
    group = turn.situation.group
    return group.village_id if group else turn.situation.person.village_id if turn.situation.person else None


def _look(tx: Tx, turn: Turn, wish: Circle) -> Part:
    if turn.situation.person is None:
        return Part(say("outsider", phone=turn.situation.phone), in_private=True)
    village_id = _village(turn, wish.text)
    if village_id is None:
        is_cadre = turn.situation.is_cadre
        return Part(say("list_where") if is_cadre else say("no_village", phone=turn.situation.phone))
    scope, in_group = _scope(turn), turn.heard.conversation.is_group
    name = turn.situation.villages.get(village_id, wish.text)
    if not wall.may_see(scope, village_id):
        return Part(say("list_not_yours", village=name))
    found = wall.of_village(tx, scope, village_id, named=not in_group)
    if not found:
        return Part(say("list_none", village=name), counts=Counts.answered)
    lines = [_line(n, one) for n, one in enumerate(found, 1)]
    foot = say("list_foot_group") if in_group else say("list_foot")
    memory = {"wall": [one.id for one in found]}
    return Part("\n".join([say("list_head", village=name), *lines, foot]), state=memory, counts=Counts.answered)


def _line(n: int, one: Shown) -> str:
    pictures = say("list_photos", count=len(one.photos)) if one.photos else ""
    by = say("list_by", by=one.by) if one.by else ""
    return say("list_line", n=n, category=one.category, text=_short(one.text), photos=pictures, by=by)


def _see(tx: Tx, turn: Turn, wish: Circle) -> Part:
    """Read one post out; its photos follow as files, to the person alone."""
    if turn.situation.person is None:
        return Part(say("outsider", phone=turn.situation.phone), in_private=True)
    in_group = turn.heard.conversation.is_group
    found = _meant(tx, turn, wish)
    one = wall.one(tx, _scope(turn), found.id, named=not in_group) if found else None
    if one is None:
        return Part(say("seen_none"))
    said = say("seen_group" if in_group else "seen", category=one.category, by=one.by, at=_at(one), text=one.text)
    if not one.photos:
        return Part(said, counts=Counts.answered)
    if in_group:
        more = say("seen_photos_group", count=len(one.photos), n=wish.number)
        return Part(f"{said}\n{more}", counts=Counts.answered)
    more = say("seen_photos", count=len(one.photos))
    return Part(f"{said}\n{more}", tuple(_files(turn, one)), counts=Counts.answered)


def _files(turn: Turn, one: Shown) -> Sequence[tuple[str, Effect]]:
    person = turn.situation.person
    if person is None:
        return ()
    return [
        (f"{turn.heard.id}:photo:{n}", SendFile(ToPerson(person.id), sha256, say("photo_name", n=n)))
        for n, sha256 in enumerate(one.photos, 1)
    ]


def _meant(tx: Tx, turn: Turn, wish: Circle) -> Post | None:
    """Find the post of a number: of the list that was read last here, else of the list as it is now."""
    scope = _scope(turn)
    village_id = _village(turn)
    listed = turn.state.get("wall") or [one.id for one in wall.of_village(tx, scope, village_id or "")]
    if not 0 < wish.number <= len(listed):
        return None
    found = posts.get(tx, turn.situation.town_id, str(listed[wish.number - 1]))
    return found if found and wall.may_see(scope, found.village_id) else None


def _flag(tx: Tx, turn: Turn, wish: Circle) -> Part:
    """Ask somebody to look at a post; it stays until then, and its author never learns who asked."""
    person = turn.situation.person
    found = _meant(tx, turn, wish) if person else None
    if person is None or found is None or wall.one(tx, _scope(turn), found.id) is None:
        return Part(say("seen_none"), in_private=True)
    if found.author_id == person.id:
        return Part(say("flag_own"), in_private=True)
    by_town = posting.is_about_cadre(turn, found.text)
    is_new = review.report(tx, found, person.id, turn.situation.at, by_town=by_town)
    kept = {"flagged": turn.heard.received_at.isoformat()}
    return Part(say("flagged" if is_new else "flagged_before"), state=kept, in_private=True)


def reason(_: Tx, turn: Turn, said: str) -> Part | None:
    """Say that nobody need say why, where somebody does so after asking for a look; it is no new matter."""
    at = turn.state.get("flagged")
    is_fresh = bool(at) and turn.heard.received_at - datetime.fromisoformat(str(at)) <= posting.LATER
    is_reason = is_fresh and not open_form(turn.heard) and circle.is_reason(said)
    return Part(say("flag_reason"), in_private=True) if is_reason else None


def held(tx: Tx, turn: Turn) -> Part:
    """List the posts that wait for somebody to look at them, with the codes that decide."""
    person = turn.situation.person
    if person is None or not turn.situation.is_cadre:
        return Part(say("cadres_only"), in_private=True)
    waiting = _waiting(tx, turn, person.id)
    if not waiting:
        return Part(say("held_none"), in_private=True)
    said = []
    for head, of_appeal in (("held_head", False), ("held_head_appeal", True)):
        these = [one for one in waiting if (one[0].stage == APPEAL) is of_appeal]
        if these:
            lines = [_held_line(tx, turn, *one) for one in these[:MOST_HELD]]
            said.append(say(head, count=len(these), lines="\n".join(filter(None, lines))))
    return Part("\n".join(said), in_private=True)


def _waiting(tx: Tx, turn: Turn, person_id: str) -> list[tuple[TaskView, Post]]:
    """Find the tasks of somebody that are about a post, in the order of the list of tasks."""
    staged = [one for one in tasks.of_person(tx, turn.situation.town_id, person_id) if one.kind is TaskKind.STAGE]
    found = posts.of_cases(tx, [one.case_id for one in staged])
    return [(task, found[task.case_id]) for task in staged if task.case_id in found]


def _held_line(tx: Tx, turn: Turn, task: TaskView, post: Post) -> str:
    """One post as who decides reads it; empty when its case is not to be seen."""
    case = casebook.get(tx, turn.situation.own_scope, task.case_id)
    if case is None:
        return ""
    author = directory.person(tx, post.author_id)
    pictures = wall.shown(tx, [post], named=False)[0].photos
    line = say(
        "held_line",
        code=task.code,
        by=author.name if author else "",
        unnamed=say("held_unnamed") if post.anonymous else "",
        text=digits.mask(post.text),
        photos=say("list_photos", count=len(pictures)) if pictures else "",
        why=case.said.get("why", ""),
    )
    plea = case.said.get("plea", "")
    return line + (say("held_plea", plea=plea) if task.stage == APPEAL and plea else "")


def _count(tx: Tx, turn: Turn) -> Part:
    """Say what was done this month: for everybody to know, by reason and never by person."""
    village_id, now = _village(turn), turn.situation.at
    name = turn.situation.villages.get(village_id or "", "")
    month = counts.month_of(tx, turn.situation.town_id, now, village_id)
    said = counts.in_words(month, name, counts.opinions(tx, turn.situation.town_id, now))
    return Part(said, counts=Counts.answered)


def _at(one: Shown) -> str:
    return say_moment(one.at, house_texts())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LINE else f"{line[:LINE]}…"
