"""What people say, and what the documents call it."""

import pytest

from knowledge.language import lexicon

WORDS = lexicon.load(frozenset({"柳树村", "桃园村"}))


@pytest.mark.parametrize(
    ("said", "official"),
    [
        ("老年卡咋办", "老年人优待证"),
        ("新农合今年交多少", "城乡居民医保"),
        ("啥时候去扯证", "结婚登记"),
        ("麦秸往哪放", "秸秆"),
        ("办酒席要报不", "集体聚餐"),
    ],
)
def test_a_question_is_widened_by_the_documents_word(said: str, official: str) -> None:
    assert official in WORDS.widen(said)
    assert official in WORDS.meaning(said).topics


def test_two_ways_of_asking_mean_the_same() -> None:
    assert WORDS.meaning("医保啥时候截止").parts == WORDS.meaning("请问新农合哪天截止呀").parts


def test_politeness_says_nothing() -> None:
    assert WORDS.meaning("小邻你好，请问一下").parts <= frozenset({"你好"})


def test_villages_and_topics_are_repaired_by_ear() -> None:
    assert WORDS.repair("六数村的录灯").text == "柳树村的路灯"


@pytest.mark.parametrize(
    ("previous", "asked", "first"),
    [
        ("宅基地咋申请", "那要带啥", "宅基地 那要带啥"),
        ("高龄津贴几号发", "那老人没了呢", "高龄津贴 那老人没了呢"),  # what can be asked of anything
        ("高龄津贴多少钱", "低保呢", "低保呢 多少钱"),  # a new subject, asked short
        ("高龄津贴多少钱", "低保要带啥", "低保要带啥"),  # a new subject takes nothing
        ("医保在哪交", "护照几天能下来啊我要出国", "护照几天能下来啊我要出国"),  # unknown, and not short
        ("你好啊", "那要带啥", "那要带啥"),
    ],
)
def test_a_question_that_goes_on_is_completed(previous: str, asked: str, first: str) -> None:
    assert WORDS.readings(asked, previous)[0] == first


def test_a_question_by_itself_is_read_as_it_is() -> None:
    assert WORDS.readings("低保要带啥") == ["低保要带啥"]


@pytest.mark.parametrize(
    "asked",
    [
        "你说哪个党好",
        "人民法院大楼多高",
        "承包的地能卖了不",
        "欠俺工钱不给咋办",
        "厂里招人不",
        "你吃饭了吗",
        "孩子近视了咋治",
    ],
)
def test_a_question_with_words_of_its_own_never_takes_those_of_the_one_before(asked: str) -> None:
    assert all("水费" not in reading for reading in WORDS.readings(asked, "水费多少钱一吨"))


def test_village_words_are_made_plain_but_not_inside_a_word_of_the_lexicon() -> None:
    assert WORDS.plain("恁这里多咱开门") == "你这里什么时候开门"
    assert WORDS.plain("烧棒子秸罚多少") == "烧棒子秸罚多少"
    assert "玉米" in WORDS.plain("棒子多少钱一斤")


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("俺公公九十三了一个月能领多少老年钱", "高龄津贴"),
        ("俺今年六十二老年钱几号发", "养老金"),
        ("麦秸子能点不", "秸秆"),
        ("房后头想起个新屋", "建房"),
        ("盖三间房要啥手续", "建房"),
        ("俺家的墙裂了", "危房改造"),
    ],
)
def test_a_word_means_what_it_means_beside_the_others(said: str, topic: str) -> None:
    assert topic in WORDS.meaning(said).topics


def test_the_hour_is_no_fire() -> None:
    assert "焚烧" in WORDS.meaning("秸秆能点不").topics
    assert "焚烧" not in WORDS.meaning("收秸秆的几点来").topics


def test_where_to_run_is_asked_for_a_place() -> None:
    assert "在哪" in WORDS.meaning("发大水往哪跑").asking
    assert "防汛" in WORDS.meaning("发大水往哪跑").topics


def test_the_summers_one_is_one_word_with_what_was_spoken_of() -> None:
    assert WORDS.readings("那暑假的呢", "去县城的班车几点")[0].startswith("暑假班车")
    assert not WORDS.readings("烧了罚多少", "秸秆能不能烧")[0].startswith("烧秸秆")


def test_a_bus_of_the_villages_is_a_bus_and_a_card_of_the_old_is_for_the_old() -> None:
    assert "班车" in WORDS.meaning("坐镇村公交半价").wider
    assert "老人" in WORDS.meaning("老年人优待证").wider
    assert "居住证" not in WORDS.meaning("居住证明").wider


@pytest.mark.parametrize("said", ["种麦子一亩补几个钱", "娃打疫苗是星期几", "小妮该打针了"])
def test_another_verb_before_the_same_thing_is_no_slip(said: str) -> None:
    assert lexicon.Lexicon(lexicon.shipped()).repair(said).text == said


def test_a_way_of_asking_with_village_words_is_known() -> None:
    assert "什么时候" in WORDS.meaning("去镇上的车啥点有").asking


def test_when_it_is_stays_with_what_is_asked() -> None:
    assert "夜里" in WORDS.meaning(WORDS.readings("黑天半夜的，镇医院还有人不")[0]).topics
    assert "夜里" in WORDS.meaning(WORDS.readings("孙女大半夜里烧得厉害，镇医院开门不")[0]).topics


def test_for_whom_stays_with_what_is_asked() -> None:
    assert WORDS.readings("老头六十七 坐公交掏钱不")[0] == "老头六十七 坐公交掏钱不"
    assert "老人" not in WORDS.readings("家里今天停水了 自来水多少钱一吨")[0]


def test_a_clause_that_answers_holds_what_is_asked_for() -> None:
    assert WORDS.answers(frozenset({"多少钱"}), "每吨2.6元")
    assert not WORDS.answers(frozenset({"多少钱"}), "到村委会办理")
    assert WORDS.only_dates("本办法自2026年3月1日起施行。")


@pytest.mark.parametrize(
    ("said", "official"),
    [
        ("隔壁的狗把我手咬破了", "被狗咬"),
        ("圈里死了两头小猪", "病死畜禽"),
        ("家里有个烂沙发想扔", "大件垃圾"),
        ("七十三了坐公交打票不", "老人"),
        ("残疾人的那份补贴啥时候打来", "残疾人补贴"),
    ],
)
def test_what_happened_is_named_as_the_documents_do(said: str, official: str) -> None:
    assert official in WORDS.meaning(said).topics


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("拖拉机年审在哪办", "年审"),
        ("孩子高考报名带啥", "高考"),
        ("低保户看病报销多少", "报销"),
        ("低保要带啥", "低保"),
    ],
)
def test_what_an_answer_must_speak_of(asked: str, wanted: str) -> None:
    assert WORDS.wanted(asked) == frozenset({wanted})


def test_how_many_come_is_no_price() -> None:
    assert "多少钱" not in WORDS.meaning("办酒席多少人要报备").asking
    assert "多少钱" in WORDS.meaning("办酒席多少钱").asking


def test_what_happens_when_one_is_late_is_not_when() -> None:
    assert WORDS.meaning("养老认证过期了咋办").asking == frozenset({"后果"})
