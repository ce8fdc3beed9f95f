"""The neighbours' circle as people talk with it: posting, what is held and why, looking, taking back, appealing."""

from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from bot.chores.circle import Circle
from bot.dingtalk.faults import Throttled
from bot.models import inbox
from bot.purse import Call, Limits
from tests.integration.bot.conftest import OpenHouse
from tests.integration.bot.house import TOWN, House
from township import jobs
from township.filestore import FileStore
from township.models import outbox, people, person_values
from workflows.circle.models import acts, posts
from workflows.circle.models import photos as photo_rows

CABBAGE = "发邻友圈：谁家有多余的白菜苗，换点葱"


async def states(house: House) -> list[str]:
    return [row["state"] for row in await house.rows(posts)]


async def test_a_post_is_out_at_once_and_neighbours_read_it(house: House) -> None:
    said = await house.reply("v-0102", CABBAGE)
    assert "发到柳树村邻友圈了" in said
    assert "求助" in said
    heard = await house.reply("v-0103", "看邻友圈")
    assert "谁家有多余的白菜苗" in heard
    assert "柳树村 张三" in heard
    assert "谁家有多余的白菜苗，换点葱" in await house.reply("v-0103", "看 1")


@pytest.mark.parametrize("nothing", ["发邻友圈：", "发邻友圈：？！", "在邻友圈说一声，……"])
async def test_a_post_of_no_words_is_none(house: House, nothing: str) -> None:
    assert "发到柳树村" not in await house.reply("v-0102", nothing)
    assert await states(house) == []


async def test_the_newest_post_is_taken_back_when_nothing_says_which(house: House) -> None:
    await house.says("v-0102", CABBAGE)
    await house.says("v-0102", "在邻友圈夸夸小周，大雪天给俺送药")
    await house.later(hours=2)
    assert "大雪天给俺送药" in await house.reply("v-0103", "圈里今天都说啥了")
    assert "撤了：“夸夸小周" in await house.reply("v-0102", "把我刚才发圈里的那条删了")
    assert "白菜苗" in await house.reply("v-0103", "看邻友圈")
    assert "撤了：“谁家有多余的白菜苗" in await house.reply("v-0102", "把帖子撤了")
    assert await states(house) == ["removed", "removed"]


async def asked_twice(house: House, *, minutes: int = 1, seconds: int = 16) -> None:
    """Let the bot ask about a post, and then whether a lamp is mended."""
    await house.says("v-0102", "村口的路灯不亮了")
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"收下 {task.code}")
    await house.says("v-0102", "发邻友圈：俺家卖三轮车，电话13812345678")
    await house.later(minutes=minutes)
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"办好了 {task.code} 换了灯泡")
    await house.later(seconds=seconds)


async def test_a_number_that_two_questions_would_take_is_asked_about(house: House) -> None:
    await asked_twice(house)
    for _ in range(2):
        asked = await house.reply("v-0102", "2")
        assert "“号码留着”" in asked
        assert "“没好”" in asked
    assert await states(house) == ["asked"]
    assert "先不发" in await house.reply("v-0102", "号码留着")
    assert "接着办" in await house.reply("v-0102", "2")
    assert await states(house) == ["held"]


async def test_a_word_that_fits_one_of_two_questions_answers_it(house: House) -> None:
    await asked_twice(house)
    assert "接着办" in await house.reply("v-0102", "没好")
    assert "发到柳树村" in await house.reply("v-0102", "1")
    assert await states(house) == ["published"]


async def test_a_number_answers_the_case_when_the_post_asked_long_before(house: House) -> None:
    await asked_twice(house, minutes=31)
    assert "接着办" in await house.reply("v-0102", "2")


async def test_a_number_that_crosses_the_question_of_a_case_answers_the_post(house: House) -> None:
    await asked_twice(house, seconds=5)
    assert "先不发" in await house.reply("v-0102", "2")
    assert "接着办" in await house.reply("v-0102", "2")


async def test_a_number_answers_the_post_while_the_question_of_a_case_has_not_left(house: House) -> None:
    await house.says("v-0102", "村口的路灯不亮了")
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"收下 {task.code}")
    await house.says("v-0102", "发邻友圈：俺家卖三轮车，电话13812345678")
    await house.later(minutes=1)
    (task,) = await house.tasks_of("c-0101")
    house.post.faults["send_to_people"] = Throttled("qps", retry_after=9)
    await house.says("c-0101", f"办好了 {task.code} 换了灯泡")
    assert "先不发" in await house.reply("v-0102", "2")
    house.post.faults.clear()
    assert await states(house) == ["held"]


async def test_a_number_answers_a_post_longer_than_words_do(house: House) -> None:
    await house.says("v-0102", "发邻友圈：俺家卖三轮车，电话13812345678")
    await house.later(minutes=40)
    assert "先不发" in await house.reply("v-0102", "2")


async def test_another_village_never_sees_it(house: House) -> None:
    await house.says("v-0102", "发邻友圈：金丝雀白菜苗换葱")
    assert "金丝雀" not in await house.reply("v-0201", "看邻友圈")
    assert "只给本村的人看" in await house.reply("v-0201", "看柳树村邻友圈")
    assert "金丝雀" not in await house.reply("v-0201", "看邻友圈", group="cidtaoyuan=")
    assert "金丝雀" not in await house.reply("v-0102", "看邻友圈", group="cidtaoyuan=")
    assert "没有这一条" in await house.reply("v-0201", "看 1")
    assert "金丝雀" in await house.reply("v-0103", "看邻友圈", group="cidliushu=")


async def test_a_group_reads_no_names_and_an_outsider_nothing(house: House) -> None:
    await house.says("v-0102", CABBAGE)
    heard = await house.reply("v-0103", "看邻友圈", group="cidliushu=")
    assert "白菜苗" in heard
    assert "张三" not in heard
    assert "白菜苗" not in "".join(await house.says("x-0001", "看邻友圈", outsider=True))


async def test_a_phone_number_is_asked_about_and_masked(house: House) -> None:
    asked = await house.reply("v-0102", "发邻友圈：卖土鸡蛋，电话138 0000 1234")
    assert "电话号" in asked
    assert "138****1234" in asked
    assert await states(house) == ["asked"]
    assert "发到柳树村邻友圈了" in await house.reply("v-0102", "1")
    heard = await house.reply("v-0103", "看邻友圈")
    assert "138****1234" in heard
    assert "1234" not in heard.replace("****1234", "")


async def test_a_number_that_is_to_stay_is_looked_at_by_somebody(house: House) -> None:
    await house.says("v-0102", "发邻友圈：卖土鸡蛋，电话13800001234")
    held = await house.reply("v-0102", "2")
    assert "陈文看过再发" in held
    assert "电话号" in held
    listed = await house.reply("c-0101", "待审的帖子")
    assert "张三" in listed
    assert "138****1234" in listed
    code = listed.splitlines()[1].split(" ")[0]
    assert await house.says("c-0101", f"放行 {code}")
    assert any("发到邻友圈了" in one for one in house.heard("v-0102"))
    assert "13800001234" in await house.reply("v-0103", "看邻友圈")


async def test_a_word_answers_the_newest_question(house: House) -> None:
    assert "回 1" in await house.reply("v-0102", "发邻友圈：卖旧三轮，打电话 13900001111")
    await house.later(minutes=1)
    asked = await house.reply("v-0102", "我要报修")
    assert "没发" not in await house.reply("v-0102", "算了")
    assert asked
    assert await states(house) == ["asked"]
    assert "记下了" in await house.reply("v-0102", "孩子上学要居住证明，交给县第一小学")


async def test_dropped_words_are_not_kept(house: House) -> None:
    await house.says("v-0102", "发邻友圈：身份证11010519491231002X丢了")
    assert "没发" in await house.reply("v-0102", "0")
    assert await states(house) == ["removed"]
    assert "11010519491231002X" not in str(await house.rows(inbox))


async def test_fraud_is_held_told_why_and_warned_of(house: House) -> None:
    held = await house.reply("v-0102", "发邻友圈：在家刷 单日赚三百，加薇信")
    assert "先不发" in held
    assert "骗子常用的话" in held
    assert "别转钱" in held
    assert await states(house) == ["held"]
    assert "还没有帖子" in await house.reply("v-0103", "看邻友圈")


async def test_held_posts_wait_in_one_list_and_nobody_gets_a_card_each(house: House) -> None:
    for n in range(3):
        await house.says("v-0102", f"发邻友圈：第{n}个，要验证码的找我")
    assert house.shown("c-0101") == []
    assert len([one for one in house.heard("c-0101") if "待审的帖子" in one]) == 1
    assert "等您看的帖子 3 条" in await house.reply("c-0101", "待审的帖子")


async def test_a_refusal_is_told_appealed_and_decided_by_somebody_else(house: House) -> None:
    await house.says("v-0102", "发邻友圈：有人打电话要验证码，大伙别信")
    code = (await house.reply("c-0101", "待审的帖子")).splitlines()[1].split(" ")[0]
    asked = await house.reply("c-0101", f"不发 {code}")
    assert "为什么不发" in asked
    await house.says("c-0101", "像骗人的")
    assert any("回“申诉”" in one for one in house.heard("v-0102"))
    assert "高建军" in await house.reply("v-0102", "申诉，我是提醒大伙的")
    assert "没有等您看的" in await house.reply("c-0101", "待审的帖子")
    listed = await house.reply("c-0003", "待审的帖子")
    assert "我是提醒大伙的" in listed
    code = listed.splitlines()[1].split(" ")[0]
    await house.says("c-0003", f"同意申诉 {code}")
    await house.later(minutes=11)
    assert await states(house) == ["published"]
    assert any("申诉有理" in one for one in house.heard("v-0102"))


async def test_to_find_fault_with_cadres_or_the_bot_is_no_reason(house: House) -> None:
    for said in ("会计账目不公开，太不像话了", "村主任说话不算数，路修了半年", "小邻这个机器人真笨，啥也不会"):
        assert "发到柳树村邻友圈了" in await house.reply("v-0102", f"发邻友圈：{said}")
    assert await states(house) == ["published"] * 3


async def test_a_complaint_goes_into_the_circle_only_when_it_is_named(house: House) -> None:
    await house.says("v-0102", "俺要举报 柳树村会计把低保给他小舅子了")
    await house.says("v-0103", "给邻居们说一声：我要举报村会计贪了低保的钱")
    assert await states(house) == []


async def test_a_forwarded_fraud_is_warned_of_as_before(house: House) -> None:
    said = await house.reply("v-0102", "【医保局】您的医保账户今日24时冻结，请点 http://yb-gov.xx 填银行卡和验证码")
    assert "骗子" in said
    assert await states(house) == []


async def test_an_emergency_in_a_post_is_an_alarm(house: House) -> None:
    said = "".join(await house.says("v-0102", "发邻友圈：快来人啊，着火了，俺家着火了"))
    assert "119" in said


async def test_a_trouble_becomes_a_matter_with_its_authors_yes(house: House) -> None:
    said = await house.reply("v-0102", "发邻友圈：村口路灯坏了好几天了")
    assert "要不要顺便报给村里" in said
    assert await house.cases_of("v-0102") == []
    receipt = await house.reply("v-0102", "1")
    (case,) = await house.cases_of("v-0102")
    assert case.number in receipt
    (row,) = await house.rows(posts)
    assert row["report_case_id"] == case.id


async def test_without_a_yes_no_matter_is_made(house: House) -> None:
    await house.says("v-0102", "发邻友圈：村口路灯坏了好几天了")
    await house.says("v-0102", "不用")
    await house.says("v-0102", "1")
    assert await house.cases_of("v-0102") == []


async def test_a_cadre_proposes_and_the_author_decides(house: House) -> None:
    await house.says("v-0102", "发邻友圈：俺家屋后老是一股味")
    await house.says("c-0101", "看邻友圈")
    assert "问本人了" in await house.reply("c-0101", "问问1要不要报")
    assert any("要不要报给村里" in one for one in house.heard("v-0102"))
    await house.says("v-0102", "1")
    assert len(await house.cases_of("v-0102")) == 1


async def test_one_takes_back_the_own_post_and_no_other(house: House) -> None:
    await house.says("v-0102", CABBAGE)
    await house.says("v-0102", "发邻友圈：借个梯子用用")
    assert "没找到" in await house.reply("v-0103", "撤回我发的白菜那条")
    assert "撤了" in await house.reply("v-0102", "撤回我发的白菜那条")
    heard = await house.reply("v-0103", "看邻友圈")
    assert "白菜" not in heard
    assert "梯子" in heard


async def test_a_report_keeps_the_post_until_somebody_looked(house: House) -> None:
    await house.says("v-0102", "发邻友圈：老王家两口子又吵架了")
    await house.says("v-0103", "看邻友圈")
    assert "看过以前先不动它" in await house.reply("v-0103", "举报 1")
    assert "说过了" in await house.reply("v-0103", "举报1")
    assert "老王家" in await house.reply("v-0104", "看邻友圈")
    code = (await house.reply("c-0101", "待审的帖子")).splitlines()[1].split(" ")[0]
    await house.says("c-0101", f"不发 {code} 别人家的私事")
    assert "还没有帖子" in await house.reply("v-0104", "看邻友圈")
    await house.later(minutes=11)
    told = "".join(house.heard("v-0102"))
    assert "撤下来了" in told
    assert "赵兰" not in told


async def test_a_newcomers_first_posts_are_looked_at(house: House) -> None:
    await house.db.write(
        lambda tx: tx.execute(sa.update(people).where(people.c.id == "v-0103").values(household_id=None))
    )
    assert "还没登记到户" in await house.reply("v-0103", "发邻友圈：借个梯子用用")


async def test_unnamed_to_neighbours_and_named_to_who_looks(house: House) -> None:
    await house.says("v-0102", "匿名发邻友圈：厕所太臭了，谁管管")
    heard = await house.reply("v-0103", "看邻友圈")
    assert "匿名邻居" in heard
    assert "张三" not in heard
    await house.says("v-0102", "匿名发邻友圈：要验证码的别信")
    assert "张三（对邻居匿名）" in await house.reply("c-0101", "待审的帖子")


async def test_the_digest_leaves_once_a_day_when_something_is_new(house: House, tmp_path: Path) -> None:
    chores = Circle(house.db, house.clock, FileStore(tmp_path), house.ledger)
    await house.says("v-0102", CABBAGE)
    assert await chores.tell() == 0
    house.clock.turn_to(house.clock.now().replace(hour=17, minute=5))
    assert await chores.tell() == 1
    assert await chores.tell() == 0
    await house.quiet()
    (digest,) = house.heard("cidliushu=")
    assert "白菜苗" in digest
    assert "张三" not in digest
    await house.says("v-0102", "发邻友圈：借个梯子用用")
    assert await chores.tell() == 0
    await house.later(days=1)
    assert await chores.tell() == 1
    await house.quiet()
    assert "梯子" in house.heard("cidliushu=")[-1]
    assert "白菜" not in house.heard("cidliushu=")[-1]
    await house.later(days=1)
    assert await chores.tell() == 0


async def test_the_month_is_counted_for_everybody(house: House) -> None:
    await house.says("v-0102", CABBAGE)
    await house.says("v-0102", "发邻友圈：要验证码的找我")
    said = await house.reply("v-0103", "邻友圈这个月的数")
    assert "发出 1 条" in said
    assert "像骗子的话 1" in said


async def test_photos_are_drawn_anew_and_the_original_is_gone(house: House, tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    chores = Circle(house.db, house.clock, store, house.ledger)
    frame = house.frame("v-0102", "发邻友圈：捡到一串钥匙", pictures=2)
    for code in list(house.post.files):
        house.post.files[code] = _photo(code)
    await house.door.on_message(frame)
    await house.quiet()
    rows = await house.rows(photo_rows)
    originals = [row["original"] for row in rows]
    assert len(originals) == 2
    job = await house.db.write(lambda tx: jobs.claim(tx, machine=house.clock.machine()))
    assert job is not None
    chores.develop(job.args)
    rows = await house.rows(photo_rows)
    assert all(row["sha256"] and row["original"] is None for row in rows)
    assert not any(store.path(one).exists() for one in originals if one)
    with Image.open(store.path(rows[0]["sha256"])) as drawn:
        assert not drawn.getexif()
    await house.says("v-0103", "看邻友圈")
    await house.says("v-0103", "看 1")
    sent = [row for row in await house.rows(outbox) if row["kind"] == "send_file"]
    assert len(sent) == 2
    assert sent[0]["payload"]["to"]["person_id"] == "v-0103"


def _photo(seed: str) -> bytes:
    red = ord(seed[-1]) * 40 % 255  # far apart: near hues may make the same file
    picture = Image.new("RGB", (80, 60), (red, 20, 30))
    exif = Image.Exif()
    exif[0x010F] = "canary-camera"
    held = BytesIO()
    picture.save(held, "JPEG", exif=exif)
    return held.getvalue()


@pytest.mark.parametrize("said", ["怎么发邻友圈", "发邻友圈"])
async def test_how_to_post_is_told(house: House, said: str) -> None:
    assert "发邻友圈：" in await house.reply("v-0102", said)


async def test_acts_are_counted_with_reason_and_never_with_a_person(house: House) -> None:
    await house.says("v-0102", "发邻友圈：要验证码的找我")
    (row,) = await house.rows(acts)
    assert (row["act"], row["reason"], row["by_part"]) == ("hold", "fraud", "rules")
    assert "v-0102" not in str(row)
    assert row["town_id"] == TOWN


async def test_an_opinion_about_a_decision_goes_to_somebody_else(house: House) -> None:
    await house.says("v-0102", "人工")
    await house.says("v-0102", "高龄补贴能不能邮寄到俺闺女家")
    ((task, *_), *_) = [await house.tasks_of("c-0001")]
    await house.says("c-0001", f"答复 {task.code} 不能")
    await house.says("v-0102", "意见：回得太敷衍了")
    mine = [one for one in await house.cases_of("v-0102") if one.said.get("cause") == "意见"]
    assert len(mine) == 1
    numbers = {one.number for one in await house.tasks_of("c-0001")}
    assert mine[0].number not in numbers
    assert mine[0].number in {one.number for one in await house.tasks_of("c-0002")}


async def test_a_reason_that_is_none_is_asked_for_again(house: House) -> None:
    await house.says("v-0102", "发邻友圈：要验证码的找我")
    code = (await house.reply("c-0101", "待审的帖子")).splitlines()[1].split(" ")[0]
    assert "为什么不发" in await house.reply("c-0101", f"不发 {code} 我看着不顺眼")
    assert await states(house) == ["held"]
    await house.says("c-0101", "骗人的")
    assert await states(house) == ["refused"]


async def test_the_menu_names_the_circle_and_opinions(house: House) -> None:
    menu = await house.reply("v-0102", "菜单")
    assert "发邻友圈" in menu
    assert "意见" in menu
    assert "意见" in await house.reply("v-0102", "呜啦呜啦呜啦")


@pytest.mark.parametrize(
    "said", ["看邻友圈", "发邻友圈", "发邻友圈：捡到一只鞋，小孩的，红的", "发邻友圈：黑狗跑了，见着的说一声"]
)
async def test_calm_words_of_the_circle_are_no_alarm(house: House, said: str) -> None:
    assert "110" not in await house.reply("v-0102", said)


async def test_a_post_that_sounded_like_an_alarm_is_posted_after_all(house: House) -> None:
    alarm = "".join(await house.says("v-0102", "发邻友圈：葡萄架倒了来几个人搭把手"))
    assert "119" in alarm or "110" in alarm or "120" in alarm
    assert await states(house) == []
    await house.says("v-0102", "0")
    assert await states(house) == ["published"]


async def test_what_was_never_answered_lapses_and_old_words_are_erased(house: House, tmp_path: Path) -> None:
    chores = Circle(house.db, house.clock, FileStore(tmp_path), house.ledger)
    await house.says("v-0102", "发邻友圈：卖土鸡蛋，电话13800001234")
    await house.says("v-0103", "发邻友圈：借个梯子用用")
    await chores.clear_away()
    assert await states(house) == ["asked", "published"]
    await house.later(days=2)
    await chores.clear_away()
    assert await states(house) == ["removed", "published"]
    stored = [row["value"] for row in await house.rows(person_values, person_values.c.kind == "post")]
    assert [one for one in stored if one] == ["借个梯子用用"]
    await house.later(days=400)
    await chores.clear_away()
    stored = [row["value"] for row in await house.rows(person_values, person_values.c.kind == "post")]
    assert not any(stored)


async def test_a_digest_waits_while_the_purse_is_low(open_house: OpenHouse, tmp_path: Path) -> None:
    house = await open_house(Limits(api=100, push=100))
    await house.says("v-0102", CABBAGE)
    house.clock.turn_to(house.clock.now().replace(hour=17, minute=5))
    for _ in range(90):
        house.ledger.charge("main", Call.people_send)
    chores = Circle(house.db, house.clock, FileStore(tmp_path), house.ledger)
    assert await chores.tell() == 0
    assert all(row["told_on"] is None for row in await house.rows(posts))


async def test_the_same_words_twice_are_one_post_and_a_flood_ends(house: House) -> None:
    await house.says("v-0102", CABBAGE)
    assert "已经发过了" in await house.reply("v-0102", CABBAGE)
    for n in range(9):
        await house.says("v-0102", f"发邻友圈：借个梯子，第{n}回")
    assert "明天再发" in await house.reply("v-0102", "发邻友圈：再借一回")
    assert await states(house) == ["published"] * 10


async def test_offices_of_the_village_do_not_see_who_stays_unnamed(house: House) -> None:
    await house.says("v-0102", "匿名发邻友圈：村主任修路慢，问就要验证码")
    assert all(one.skill != "circle_post" for one in await house.cases_of("c-0102"))
    assert all(one.skill != "circle_post" for one in await house.cases_of("c-0101"))
    assert "张三（对邻居匿名）" in await house.reply("c-0001", "待审的帖子")


async def test_the_way_of_a_post_is_the_same_on_both_engines(house_on_both: House, tmp_path: Path) -> None:
    house = house_on_both
    chores = Circle(house.db, house.clock, FileStore(tmp_path), house.ledger)
    frame = house.frame("v-0102", "发邻友圈：捡到一串钥匙", pictures=1)
    house.post.files = dict.fromkeys(house.post.files, _photo("key"))
    await house.door.on_message(frame)
    await house.quiet()
    job = await house.db.write(lambda tx: jobs.claim(tx, machine=house.clock.machine()))
    assert job is not None
    chores.develop(job.args)
    await house.says("v-0103", "发邻友圈：要验证码的找我")
    code = (await house.reply("c-0101", "待审的帖子")).splitlines()[1].split(" ")[0]
    await house.says("c-0101", f"放行 {code}")
    await house.says("v-0104", "看邻友圈")
    await house.says("v-0104", "举报 1")
    house.clock.turn_to(house.clock.now().replace(hour=17, minute=5))
    assert await chores.tell() == 1
    await chores.clear_away()
    assert sorted(await states(house)) == ["published", "published"]
    assert "像骗子的话 1" in await house.reply("v-0103", "邻友圈这个月的数")
    kinds = sorted((row["act"], row["reason"]) for row in await house.rows(acts))
    assert kinds == [("hold", "fraud"), ("publish", ""), ("release", "fraud"), ("report", "reported")]


@pytest.mark.parametrize("why", ["他骂人", "是骗人的", "里头说的都是假的", "卖假药的吧"])
async def test_why_a_post_is_to_be_looked_at_is_no_new_report(house: House, why: str) -> None:
    await house.says("v-0102", CABBAGE)
    await house.says("v-0101", "看邻友圈")
    assert "请人看一看" in await house.reply("v-0101", "举报 1")
    assert "已经请人看了" in await house.reply("v-0101", why)
    assert await house.cases_of("v-0101") == []
    await house.later(minutes=11)
    assert "已经请人看了" not in await house.reply("v-0101", why)


async def test_the_reason_may_stand_behind_the_number(house: House) -> None:
    await house.says("v-0102", CABBAGE)
    await house.says("v-0101", "看邻友圈")
    assert "请人看一看" in await house.reply("v-0101", "举报 1 卖假药的")


@pytest.mark.parametrize("said", ["举报一个干部收钱", "举报一个，村主任收俺钱"])
async def test_who_complains_of_a_cadre_means_no_post(house: House, said: str) -> None:
    await house.says("v-0102", CABBAGE)
    await house.says("v-0101", "看邻友圈")
    assert "纪检" in await house.reply("v-0101", said)


@pytest.mark.parametrize("said", ["算了 撤回我发的", "不想发了 撤了吧", "后悔了，把我发的撤了", "算了 不发了"])
async def test_who_thinks_better_of_it_takes_back_what_was_posted_just_now(house: House, said: str) -> None:
    await house.says("v-0102", CABBAGE)
    assert "撤了：“谁家有多余的白菜苗" in await house.reply("v-0102", said)
    assert await states(house) == ["removed"]


async def test_what_was_begun_since_is_what_is_given_up(house: House) -> None:
    await house.says("v-0102", CABBAGE)
    await house.says("v-0102", "俺家门口路灯坏了")
    await house.says("v-0102", "算了 撤了吧")
    assert await states(house) == ["published"]


async def test_a_reason_that_is_none_of_those_is_named_and_asked_for_again(house: House) -> None:
    await house.says("v-0102", CABBAGE)
    await house.says("v-0101", "看邻友圈")
    await house.says("v-0101", "举报 1")
    (task,) = [one for one in await house.tasks_of("c-0101") if one.stage == "review"]
    assert "“看着别扭”不在里头" in await house.reply("c-0101", f"不发 {task.code} 看着别扭")
