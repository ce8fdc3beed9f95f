"""The sample town is asked: facts first, the nearest rule quoted and cited, the rest honestly not known."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from knowledge import answers, facts, intake
from knowledge.answers import Answer, Answerer, AnswerKind
from knowledge.facts import Fact
from knowledge.index import ExactIndex
from knowledge.ingest import store
from knowledge.library import Library
from knowledge.models import VersionState
from knowledge.structure import folders
from knowledge.wording.quoting import LONGEST
from tests.integration.knowledge.builders import a_source
from township.clock import SHANGHAI
from township.db import Database
from township.scope import Audience, Scope

SAMPLES = Path(answers.__file__).with_name("samples")
VILLAGES = {name: name for name in folders.manifest(SAMPLES).canaries}
AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
RESIDENT = frozenset({Audience.PUBLIC, Audience.RESIDENT})


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('town')}/town.db")
    db.create_all()
    intake.take_folder(db, SAMPLES, town_id="town", villages=VILLAGES, at=AT)
    library = Library(db, None, ExactIndex())
    library.refresh(AT.date())
    yield Answerer(library, frozenset(VILLAGES))
    db.close_now()


def ask(town: Answerer, question: str, *, village: str = "柳树村", at: datetime = AT, previous: str = "") -> Answer:
    scope = Scope("town", "p", frozenset({village}), audiences=RESIDENT)
    return town.answer(question, scope=scope, at=at, previous=previous)


def test_a_fact_answers_before_any_document(town: Answerer) -> None:
    answer = ask(town, "新农合今年交多少钱")
    assert answer.kind is AnswerKind.fact
    assert "420元" in answer.text
    assert "2026年11月10日核对" in answer.text
    assert answer.citations == ()


def test_a_misheard_question_is_understood(town: Answerer) -> None:
    answer = ask(town, "俺那个高龄今天咋到这霎还没发")
    assert answer.understood == "俺那个高龄津贴咋到这霎还没发"
    assert "每月25日前" in answer.text
    assert "示例政发〔2026〕8号" in answer.text


@pytest.mark.parametrize("question", ["今儿停水不", "明天停水吗", "这两天停水不"])
def test_a_notice_of_the_own_village_comes_before_what_holds_every_day(town: Answerer, question: str) -> None:
    answer = ask(town, question, village="桃园村")
    assert "11月24日、25日" in answer.text
    assert "桃园村冬季用水通知" in answer.text
    assert "桃园村" not in ask(town, question).text, "another village has no such notice"
    assert ask(town, "停水了打谁", village="桃园村").kind is AnswerKind.fact


def test_a_notice_whose_days_are_over_is_no_longer_the_answer(town: Answerer) -> None:
    over = ask(town, "今儿停水不", village="桃园村", at=AT + timedelta(days=7))
    assert over.kind is AnswerKind.fact


def test_what_was_asked_of_last_year_is_answered_as_of_then(town: Answerer) -> None:
    answer = ask(town, "去年高龄津贴每人每月发多少钱")
    assert answer.kind is AnswerKind.clause
    assert "示例政发〔2024〕5号" in answer.text


def test_a_fact_past_its_day_is_not_believed(town: Answerer) -> None:
    answer = ask(town, "电费多少钱一度")
    assert answer.kind is AnswerKind.expired_fact
    assert "这条过期了" in answer.text
    assert "0.5469" not in answer.text
    assert answer.hand_over
    assert answer.owner == "供电所"


def test_a_fact_is_believed_until_its_last_day(town: Answerer) -> None:
    assert ask(town, "电费多少钱一度", at=datetime(2026, 6, 30, 23, tzinfo=SHANGHAI)).kind is AnswerKind.fact
    assert ask(town, "电费多少钱一度", at=datetime(2026, 7, 1, 0, tzinfo=SHANGHAI)).kind is AnswerKind.expired_fact


def test_a_clause_is_quoted_with_title_number_clause_and_date(town: Answerer) -> None:
    answer = ask(town, "家宴的厨师要有健康证吗")
    assert answer.kind is AnswerKind.clause
    assert answer.text.startswith("厨师和帮厨要有有效的健康证")
    line = answer.text.splitlines()[-1]
    since = "2025年9月1日起施行，有效到2028年8月31日（样例）"
    assert line == f"——《示例镇农村集体聚餐管理办法》（示例政发〔2025〕11号）第五条，{since}"
    (citation,) = answer.citations
    assert (citation.clause, citation.in_force_since) == ("第五条", date(2025, 9, 1))
    assert citation.clause_id
    assert citation.version_id


def test_a_document_without_dates_says_so_and_when_it_was_checked(sqlite_db: Database) -> None:
    source = a_source("示例镇晒谷场使用办法", "晒谷场每户每次用两天，不收钱。")
    sqlite_db.write_now(partial(store, source=source, at=AT, state=VersionState.in_force))
    library = Library(sqlite_db, None, ExactIndex())
    library.refresh(AT.date())
    answer = ask(Answerer(library), "示例镇晒谷场使用办法晒谷场每户用几天")
    assert answer.text.endswith("——《示例镇晒谷场使用办法》第1条，文件没写有效期，2026年11月核对过"), answer.text


def test_the_rule_is_the_one_of_the_day_that_is_asked_about(town: Answerer) -> None:
    question = "老人去世的高龄津贴从哪个月停发"
    now = ask(town, question).citations[0]
    then = ask(town, question, at=datetime(2025, 6, 1, tzinfo=SHANGHAI)).citations[0]
    assert (then.doc_no, now.doc_no) == ("示例政发〔2024〕5号", "示例政发〔2026〕8号")


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("示例政发〔2026〕8号第六条是啥", "第六条"),
        ("给俺念念示例政发[2026]8号第4条", "第四条"),
        ("《示例镇高龄津贴发放办法》第九条咋说的", "第九条"),
    ],
)
def test_an_exact_citation_is_looked_up(town: Answerer, question: str, clause: str) -> None:
    answer = ask(town, question)
    assert [(each.doc_no, each.clause) for each in answer.citations] == [("示例政发〔2026〕8号", clause)]
    assert answer.confidence == 1.0


def test_a_citation_in_a_paper_that_one_may_not_see_is_not_found(town: Answerer) -> None:
    assert "六十元" not in ask(town, "示例党办〔2026〕5号第四条").text
    assert "60元" not in ask(town, "示例党办〔2026〕5号第四条").text


@pytest.mark.parametrize("question", ["怎么申请专利", "护照要几天能下来", "大学生助学贷款怎么申请"])
def test_what_is_not_known_is_said_and_handed_over(town: Answerer, question: str) -> None:
    answer = ask(town, question)
    assert answer.citations == ()
    assert answer.kind in {AnswerKind.unknown, AnswerKind.boundary}
    assert answer.hand_over == (answer.kind is AnswerKind.unknown)


@pytest.mark.parametrize("question", ["小孩打疫苗本丢了去哪补", "对象是外地的 户口咋迁过来", "三轮车闯红灯罚多少"])
def test_what_no_document_speaks_of_names_none(town: Answerer, question: str) -> None:
    answer = ask(town, question)
    assert answer.citations == ()
    assert answer.nearest == ()


@pytest.mark.parametrize("question", ["农村合疗啥时候交", "合疗一个人多少钱"])
def test_the_cooperative_health_money_is_the_health_insurance(town: Answerer, question: str) -> None:
    assert "示例政办发〔2026〕21号" in ask(town, question).text


def test_not_knowing_names_the_nearest_titles(town: Answerer) -> None:
    answer = ask(town, "低保户家里装太阳能热水器镇上给报销吗")
    assert answer.kind is AnswerKind.unknown
    assert answer.hand_over
    assert all(f"《{title}》" in answer.text for title in answer.nearest)


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("俺这血压药吃完了 先不吃行不", "大夫"),
        ("你给俺写个状子", "12348"),
        ("医保账户冻结，点链接填验证码，真的假的", "骗子"),
        ("收了个短信让俺填银行卡领补贴", "骗子"),
        ("买彩票能中不", "别往里花钱"),
        ("给我讲个笑话", "镇上办事"),
    ],
)
def test_what_is_not_ours_to_say_has_its_own_words(town: Answerer, said: str, hint: str) -> None:
    answer = ask(town, said)
    assert answer.kind is AnswerKind.boundary
    assert hint in answer.text
    assert not answer.hand_over


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("查体要空着肚子去吗", "空腹"),
        ("给俺家的狗打预防针要钱不", "不收钱"),
        ("这周六晚上演电影不，在哪演", "镇文化站"),
        ("俺大队的座机是多少", "533-3101"),
        ("孙女半夜里烧起来了，镇上卫生院开着没", "急诊24小时"),
        ("圈里死了两头小猪，往哪儿弄", "533-1020"),
        ("办酒席多少人要报备", "五十人以上"),
        ("重度残疾一个月给多少", "每人每月"),
        ("低保一般批多久", "30个工作日"),
        ("俺爹九十了能领啥", "150元"),
        ("俺娘八十一了能享受啥待遇", "60元"),
        ("周六上班不", "只收材料"),
        ("礼拜六开门不", "只收材料"),
    ],
)
def test_it_is_told_though_nobody_foresaw_the_way_of_asking(town: Answerer, said: str, part: str) -> None:
    assert part in ask(town, said).text


@pytest.mark.parametrize(
    "said", ["拖拉机年审在哪办", "房子过户去哪办", "养老保险能退不", "粮食直补卡号写错了咋改", "医保卡丢了去哪挂失"]
)
def test_what_no_paper_speaks_of_is_handed_over(town: Answerer, said: str) -> None:
    answer = ask(town, said)
    assert answer.kind is AnswerKind.unknown
    assert answer.hand_over


def test_a_follow_up_is_about_the_question_before(town: Answerer) -> None:
    answer = ask(town, "那几点上班", previous="便民服务大厅在哪")
    assert "8:30" in answer.text
    assert ask(town, "那要带什么材料", previous="低保怎么申请").citations[0].title == "最低生活保障申请办事指南"


@pytest.mark.parametrize(
    ("said", "previous", "part"),
    [
        ("能让俺哥去办不", "老年证咋办", "家里人代办"),
        ("能让俺哥去办不", "高龄津贴咋申请", "家里人可以代办"),
        ("相片几张", "办老年证要带啥", "照片1张"),
        ("吃低保的娃坐校车掏钱不", "", "低保家庭免"),
        ("危房拆了重盖给多少", "", "3.5万元"),
        ("离婚都带啥", "", "离婚协议书"),
        ("离婚得等几天", "", "30天"),
        ("养老认证忘做了，钱停了还给补不", "", "一起补上"),
        ("养老金咋认证", "", "刷脸"),
        ("俺妈的养老金怎么认证啊", "", "刷脸"),
        ("俺想问问低保咋办", "", "带：全家人的身份证"),
        ("村里的账多长时间贴一回", "", "每季度公开"),
        ("低保给俺停了，俺不服上哪说理去", "", "行政复议"),
    ],
)
def test_what_is_told_is_of_the_thing_named_and_of_what_is_asked_of_it(
    town: Answerer, said: str, previous: str, part: str
) -> None:
    assert part in ask(town, said, previous=previous).text


def test_who_may_go_instead_is_told_only_where_a_paper_says_so(town: Answerer) -> None:
    assert ask(town, "过户能让俺哥去办不").hand_over


def test_who_only_points_to_the_town_lets_the_town_say_it(town: Answerer) -> None:
    answer = ask(town, "彩礼最多能给多少")
    assert "6万元" in answer.text
    assert answer.citations[0].title == "示例镇村级红白理事会工作规则"
    assert "彩礼、宴席照镇里提倡的来" in ask(town, "村规民约里彩礼咋说的").text


@pytest.mark.parametrize("previous", ["卫生院电话", "农商银行在哪"])
def test_opening_hours_are_asked_of_what_was_spoken_of(town: Answerer, previous: str) -> None:
    assert "只收材料" not in ask(town, "周六上班不", previous=previous).text


def test_a_needle_for_people_is_none_for_dogs(town: Answerer) -> None:
    answer = ask(town, "打狂犬针多少钱")
    assert "养狗的每年" not in answer.text
    assert "不收钱" not in answer.text
    assert "不收钱" in ask(town, "给狗打狂犬疫苗多少钱").text


def test_a_question_among_other_talk_is_found(town: Answerer) -> None:
    answer = ask(town, "我妈今年七十二了，眼也花，不会用手机，也没人教，养老认证怎么认证")
    assert answer.citations[0].title == "城乡居民养老保险待遇领取资格认证办事指南"


def test_a_village_secret_stays_in_its_village(town: Answerer) -> None:
    for home, canary in folders.manifest(SAMPLES).canaries.items():
        for village in VILLAGES:
            told = canary.secret in ask(town, canary.ask, village=village).text
            assert told == (village == home), (home, village)


def test_cadres_papers_are_for_cadres(town: Answerer) -> None:
    question = "机关夜间值班每人每班补助多少钱"
    cadre = Scope("town", "c", audiences=frozenset(Audience))
    assert "六十元" not in ask(town, question).text
    assert "60元" not in ask(town, question).text
    assert "60元" in town.answer(question, scope=cadre, at=AT).text


def test_answers_are_short_enough_for_a_phone(town: Answerer) -> None:
    questions = [
        "宅基地怎么申请带什么",
        "养老认证怎么认证",
        "便民服务大厅几号窗口办什么",
        "医保在哪交怎么缴费",
        "低保怎么审核",
    ]
    for question in questions:
        answer = ask(town, question)
        quoted = answer.text.split("\n——")[0]
        assert len(quoted) <= LONGEST + 4, question


def test_who_was_told_what_is_written_down_once(db: Database) -> None:
    answer = Answer(AnswerKind.fact, "420元", fact_id="f1")
    write = partial(answers.record, answer=answer, message_id="m1", position=1, town_id="town", person_id="p1", at=AT)
    assert [db.write_now(write), db.write_now(write)] == [True, False]
    year_ago = AT - timedelta(days=365)
    assert db.read_now(lambda tx: answers.told(tx, "town", year_ago, fact_id="f1")) == ["p1"]
    assert db.read_now(lambda tx: answers.told(tx, "town", year_ago, fact_id="f2")) == []
    assert db.read_now(lambda tx: answers.told(tx, "town", AT + timedelta(1), fact_id="f1")) == []


def test_a_changed_fact_is_told_at_once(sqlite_db: Database) -> None:
    town = Answerer(Library(sqlite_db, None, ExactIndex()))
    for days, price in enumerate(("两元", "三元")):
        row = Fact(("停车多少钱",), price)
        sqlite_db.write_now(partial(facts.store, town_id="town", rows=[row], at=AT + timedelta(days)))
        assert price in ask(town, "停车多少钱").text


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("申请低保有什么条件", "人均收入低于"),
        ("俺家小子八月结婚 领证上哪儿 带啥", "两个人的身份证"),
        ("俺家小子八月结婚 领证上哪儿 带啥", "婚姻登记处"),
        ("结婚登记多少钱", "不收钱"),
    ],
)
def test_the_field_that_is_asked_for_is_told(town: Answerer, question: str, part: str) -> None:
    assert part in ask(town, question).text
