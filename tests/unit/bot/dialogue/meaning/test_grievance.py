"""Law of talk 7: what names a cadre, a village body, money or favours is a complaint; who only asks complains not."""

from datetime import date

import pytest

from bot.dialogue.meaning.commands import Grievance
from bot.dialogue.meaning.understanding import Context, understand

CONTEXT = Context(today=date(2026, 11, 23), cadres=frozenset({"陈文", "邓丽"}))


@pytest.mark.parametrize(
    "said",
    [
        "我要举报，邓丽收了我两百块钱才给盖章",
        "陈文收了我五百块钱",
        "意见 文书态度不好",
        "村主任吃拿卡要",
        "会计把低保给他亲戚了",
        "低保给他亲戚",
        "文书办事要红包",
        "村里账目不公开 钱都去哪了",
        "我要反映村干部的问题",
        "他还把修路的钱吃了",
        "把俺们的占地补偿款给私分了",
        "把集体的地占了",
    ],
)
def test_a_complaint_about_a_cadre_is_heard_by_office_by_name_and_by_what_was_done(said: str) -> None:
    assert [type(command) for command in understand(said, CONTEXT)] == [Grievance]


@pytest.mark.parametrize(
    "said",
    [
        "书记电话多少",
        "会计啥时候上班",
        "李会计让我来问低保咋办",
        "找陈文咋联系",
        "举报电话多少",
        "会计说养老金一千块钱对不",
        "把低保的钱取了没",
        "补贴的钱吃啥时候发",
    ],
)
def test_who_only_asks_for_a_cadre_complains_of_nobody(said: str) -> None:
    assert not any(isinstance(command, Grievance) for command in understand(said, CONTEXT))
