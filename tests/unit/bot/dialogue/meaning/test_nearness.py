"""Which service is meant: by name, by words, by examples as written and as they sound; two that are close are asked."""

from bot.dialogue.meaning.nearness import SkillWords, between, nearest
from bot.dialogue.meaning.services import called

FEAST = SkillWords("feast", called("家宴预约"), ("下月办酒席订村里食堂", "儿子结婚用大食堂"))
TABLES = SkillWords("tables", called("借桌椅炊具"), ("办酒席借几张桌子", "借板凳用两天", "借口大锅"))
REPORT = SkillWords("report", ("路灯", "垃圾"), ("路灯坏了",), is_report=True, catches_all=True)
ALL = (FEAST, TABLES, REPORT)


def name(text: str) -> str:
    found = nearest(text, ALL)
    return found.name if found else ""


def test_a_service_is_named_by_its_name_without_what_offices_add() -> None:
    assert called("家宴预约") == ("家宴预约", "家宴")
    assert called("医保缴费提醒") == ("医保缴费提醒", "医保缴费")
    assert name("俺想办家宴") == "feast"


def test_an_example_counts_as_written_as_it_sounds_and_inside_a_longer_text() -> None:
    assert name("借几张桌子") == "tables"
    assert name("借半等用两天") == "tables"
    assert name("后天俺爹过寿来的人多得借板凳用两天行吧") == "tables"
    assert name("今天天气不错") == ""


def test_two_services_that_are_as_near_are_asked_between() -> None:
    one = SkillWords("one", (), ("借村里的音响",))
    other = SkillWords("other", (), ("借村里的音箱",))
    assert {skill.name for skill in between("借村里的音", (one, other))} == {"one", "other"}
    assert between("借村里的音箱", (one, other)) == ()


def test_the_longest_word_wins_over_every_example() -> None:
    assert name("路灯坏了还要借几张桌子") == "report"


FARM = SkillWords("farm", ("叶子发黄", "西红柿"), ("麦子倒了",), is_report=True, catches_all=True)
PLANTS = SkillWords("plants", called("庄稼看病"), ("西红柿叶子发黄", "玉米叶上有虫眼", "黄瓜打蔫了找人看看"))


def test_what_is_said_as_in_an_example_of_a_service_is_that_service_whatever_a_report_calls_it() -> None:
    for said in ("西红柿叶子发黄", "俺家西红柿叶子发黄", "西红柿叶子发黄了", "玉米叶上有虫眼"):
        found = nearest(said, (FARM, PLANTS))
        assert found is not None
        assert found.name == "plants"


def test_what_only_shares_its_thing_stays_a_report() -> None:
    found = nearest("西红柿让人踩了", (FARM, PLANTS))
    assert found is not None
    assert found.name == "farm"
