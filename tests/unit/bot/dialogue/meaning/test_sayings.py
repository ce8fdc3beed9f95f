"""What a message is like: the nearest sayings vote; a guess is taken only where no rule is sure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.dialogue.meaning import sayings
from bot.dialogue.meaning.commands import (
    Ask,
    Chitchat,
    Command,
    FillField,
    Grievance,
    Handoff,
    Remark,
    StartSkill,
    Status,
    Unknown,
)
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.guesses import Guess, Meaning
from bot.dialogue.meaning.nearness import SkillWords
from bot.dialogue.meaning.sayings import Ear, Sayings
from bot.dialogue.meaning.services import Services, services_of
from bot.dialogue.meaning.understanding import doubts, understand
from knowledge.embeddings import HashEmbedder
from skills import registry
from township.db import Database

LAMP = Meaning(skill="village_report", kind="lamp")
ROAD = Meaning(skill="village_report", kind="road")
ASK, CHAT = Meaning("Ask"), Meaning("Chitchat")
REPORT = SkillWords("village_report", ("路灯", "大坑"), ("路灯坏了",), is_report=True, catches_all=True)
CONTEXT = Context(today=date(2026, 11, 23), skills=(REPORT,), household="柳树村三组王家")


def like(**votes: float) -> Guess:
    """Votes for commands, and for kinds of the report."""
    kinds = {"lamp": LAMP, "road": ROAD}
    return Guess({kinds.get(name, Meaning(name)): share for name, share in votes.items()})


def taken(text: str, guess: Guess | None) -> Command:
    pieces = doubts(text, understand(text, CONTEXT), CONTEXT)
    (command,) = understand(text, replace(CONTEXT, guesses=dict.fromkeys(pieces, guess) if guess else {}))
    return command


def test_the_nearest_sayings_vote_for_command_and_kind() -> None:
    vectors = np.eye(4, dtype=np.float32)
    known = Sayings([LAMP, ROAD, ASK, CHAT], vectors)
    guess = known.nearest(np.array([1.0, 0.7, 0.0, 0.0], np.float32))
    assert guess.best()[:2] == ("", "village_report")
    assert guess.kind_of("village_report") == "lamp"
    assert sum(guess.votes.values()) == pytest.approx(1.0)


def test_one_close_saying_outweighs_distant_ones() -> None:
    vectors = np.array([[1, 0, 0], [0.3, 1, 0], [0.3, 1, 0.1], [0.3, 0.9, 0]], np.float32)
    known = Sayings([LAMP, ASK, ASK, ASK], vectors)
    assert known.nearest(np.array([1.0, 0.0, 0.0], np.float32)).best()[:2] == ("", "village_report")


@pytest.mark.parametrize(
    ("text", "guess", "kind"),
    [
        ("俺在这等了老半天", like(Status=0.8, Ask=0.2), Status),
        ("那谁把公家的东西拉自己家去了", like(Grievance=0.7, lamp=0.3), Grievance),
        ("跟你说不清 换个人来", like(Handoff=0.9, Chitchat=0.1), Handoff),
        ("昨晚梦见俺娘了", like(Chitchat=1.0), Chitchat),
        ("秋后办那个的时候要拿个啥样的本本", like(Ask=0.6, lamp=0.4), Ask),
    ],
)
def test_what_no_rule_knows_is_taken_like_its_nearest(text: str, guess: Guess, kind: type[Command]) -> None:
    assert type(taken(text, guess)) is kind


def test_a_report_of_no_known_word_is_filed_with_the_kind_it_is_like() -> None:
    filed = taken("俺家大门外头那个泡子瞎了", like(lamp=0.7, road=0.2, Ask=0.1))
    assert isinstance(filed, StartSkill)
    assert (filed.skill, filed.fields["kind"]) == ("village_report", "lamp")


def test_a_report_between_kinds_is_asked_for_its_kind() -> None:
    many = {Meaning(skill="village_report", kind=name): 0.25 for name in ("lamp", "road", "tree", "shop")}
    filed = taken("俺家大门外头那个东西不行", Guess(many))
    assert isinstance(filed, StartSkill)
    assert "kind" not in filed.fields


@pytest.mark.parametrize("said", ["俺家门口那个坏了没人修", "那玩意儿又不好使了", "屋后头这东西出毛病了"])
def test_what_is_only_pointed_at_is_asked_for_its_kind(said: str) -> None:
    filed = taken(said, like(lamp=0.9, Ask=0.1))
    assert isinstance(filed, StartSkill)
    assert "kind" not in filed.fields


def test_what_a_rule_is_sure_of_is_not_guessed() -> None:
    sure = understand("路灯坏了", CONTEXT)
    assert doubts("路灯坏了", sure, CONTEXT) == []


def test_a_weak_guess_leaves_the_rules_their_say() -> None:
    assert taken("村里谁管这个", like(Chitchat=0.35, lamp=0.33, Status=0.32)) == Ask("村里谁管这个")


@pytest.mark.parametrize("votes", [{"lamp": 0.4, "Chitchat": 0.35}, {"Chitchat": 0.45, "Ask": 0.3}, {"Status": 0.45}])
def test_what_no_rule_knows_and_hardly_resembles_anything_is_asked_about(votes: dict[str, float]) -> None:
    said = "那几只天天来俺这边转悠"
    assert taken(said, like(**votes, Unknown=0.25)) == Unknown(said)


def test_a_question_of_no_known_word_is_looked_up_on_the_least_hint() -> None:
    assert isinstance(taken("那几只是打哪来的谁家的呢", like(Ask=0.3, lamp=0.25, Chitchat=0.25)), Ask)


def test_a_heavy_heart_is_answered_as_one_and_company_as_company() -> None:
    alone, company = Meaning("Chitchat", kind="lonely"), Meaning("Chitchat")
    said = "屋里就剩我守着空床"
    assert taken(said, Guess({alone: 0.6, company: 0.4})) == Remark("lonely", said)
    assert taken(said, Guess({alone: 0.3, company: 0.7})) == Chitchat(said)


def test_words_about_a_cadre_that_half_sound_like_a_complaint_are_one() -> None:
    doubtful = like(lamp=0.7, Grievance=0.3)
    assert isinstance(taken("书记家门口修得锃亮 俺们这边黑灯", doubtful), Grievance)
    assert isinstance(taken("学校门口修得锃亮 俺们这边黑灯", doubtful), StartSkill)


@pytest.mark.parametrize("said", ["六十个人的满月酒用不用跟村里说", "当干部的给儿子办喜事得先跟谁说"])
def test_whether_and_whom_to_tell_is_a_question_though_a_cadre_is_in_it(said: str) -> None:
    assert taken(said, like(Ask=0.6, Grievance=0.4)) == Ask(said)
    assert isinstance(taken(said, like(Ask=0.3, Grievance=0.7)), Grievance)


def test_a_service_named_with_a_trouble_is_still_a_complaint_when_a_cadre_is_in_it() -> None:
    said = "路灯坏了 俺要投诉村主任不给修"
    assert isinstance(taken("路灯又坏 都怪村主任偏心", like(lamp=0.6, Grievance=0.4)), Grievance)
    assert isinstance(taken(said, None), Grievance)


def test_a_complaint_that_names_nobody_must_sound_like_one_clearly() -> None:
    assert isinstance(taken("修那条道把俺家的果树毁了", like(Grievance=0.5, road=0.5)), StartSkill)
    assert isinstance(taken("修那条道的钱叫他们私分了", like(Grievance=0.8, road=0.2)), Grievance)


def test_a_question_by_its_own_words_is_asked_unless_the_guess_is_sure() -> None:
    assert taken("今儿停水不", like(road=0.9, Ask=0.1)) == Ask("今儿停水不")
    assert taken("俺家水龙头咋不出水了能不能来看看不", like(road=0.4, lamp=0.3, Ask=0.3)) == Ask(
        "俺家水龙头咋不出水了能不能来看看不"
    )
    assert isinstance(taken("俺家水龙头咋不出水了能不能来看看不", like(road=0.9, Ask=0.1)), StartSkill)


@pytest.mark.parametrize("text", ["浇地抽水一个钟头多少电钱", "拉一车土几块钱", "电一度几毛"])
def test_who_asks_a_price_reports_nothing(text: str) -> None:
    assert taken(text, like(road=0.95, Ask=0.05)) == Ask(text)


def test_what_the_documents_answer_is_asked_unless_it_is_plainly_something_else() -> None:
    said = "图书角那个书柜的口令到底是什么"
    known = replace(CONTEXT, is_known=True, guesses={said: like(road=0.7, Ask=0.3)})
    assert understand(said, known) == [Ask(said)]
    assert isinstance(understand(said, replace(known, is_known=False))[0], StartSkill)


def test_the_answer_to_a_form_is_never_guessed() -> None:
    asked, said = replace(CONTEXT, asked_field="place", open_skill="village_report"), "老槐树底下那家"
    filled = understand(said, asked)
    assert filled == [FillField("place", said)]
    assert doubts(said, filled, asked) == []


def test_each_piece_is_taken_like_its_own_nearest() -> None:
    lamp, pension = "俺家门口那泡子瞎了", "问问养老的钱啥时候到"
    guesses = {lamp: like(lamp=0.9, Chitchat=0.1), pension: like(Ask=1.0)}
    report, question = understand(f"{lamp} 还有{pension}", replace(CONTEXT, guesses=guesses))
    assert isinstance(report, StartSkill)
    assert report.fields["kind"] == "lamp"
    assert question == Ask(pension)


def test_more_of_the_same_trouble_is_no_second_matter() -> None:
    guesses = {"黑得人不敢出门": like(lamp=0.8, Chitchat=0.2), "麻烦你们上点心": like(Chitchat=0.7, Status=0.3)}
    said = "俺家门口那泡子瞎了。黑得人不敢出门。麻烦你们上点心"
    guesses["俺家门口那泡子瞎了"] = like(lamp=1.0)
    (report,) = understand(said, replace(CONTEXT, guesses=guesses))
    assert isinstance(report, StartSkill)
    assert "上点心" in report.text


def test_without_a_guess_the_rules_stand_alone() -> None:
    assert taken("昨晚梦见俺娘了", None) == Unknown("昨晚梦见俺娘了")


@pytest.fixture(scope="module")
def services() -> Services:
    return services_of({one.skill.id: one.skill.manifest for one in registry.house() if one.skill})


def test_an_ear_guesses_only_once_its_sayings_are_made(sqlite_db: Database, services: Services) -> None:
    ear = Ear(sqlite_db, HashEmbedder())
    assert ear.guesses("t", services, ["路灯坏了"]) == {}
    ear.prepare("t", services)
    assert ear.knows("t", services)
    said = "俺们胡同口那盏路灯一闪一闪的跟鬼火似的,都半个月了"
    guess = ear.guesses("t", services, [said])[said]
    assert guess.kind_of("village_report") == "lamp"


def test_vectors_of_sayings_are_made_once(sqlite_db: Database, services: Services) -> None:
    class Counting(HashEmbedder):
        made = 0

        def embed_passages(self, texts: Sequence[str]) -> sayings.Floats:
            Counting.made += len(texts)
            return super().embed_passages(texts)

    Ear(sqlite_db, Counting()).prepare("t", services)
    first = Counting.made
    Ear(sqlite_db, Counting()).prepare("t", services)
    assert first > 1000
    assert Counting.made == first


def test_a_saying_of_the_house_stands_for_a_command_that_there_is() -> None:
    known = {"Ask", "Status", "Grievance", "Paper", "Chitchat", "Handoff", "Unknown"}
    assert {meaning.command for meaning in sayings.house().values()} == known
