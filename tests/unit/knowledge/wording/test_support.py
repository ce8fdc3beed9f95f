"""A sentence stands in its clauses or is dropped: words, numbers, names, and yes or no."""

import pytest

from knowledge.wording.support import LONGEST, Evidence, Fault, fault

ALLOWANCE = """示例镇高龄津贴发放办法
第四条 每人每月的标准：
（一）八十至八十九周岁，六十元；
（二）九十至九十九周岁，一百五十元；
（三）一百周岁以上，五百元。"""
APPLY = """示例镇高龄津贴发放办法
第五条 申请高龄津贴，带老人的身份证、户口簿和社保卡，到村委会或镇便民服务大厅办，家里人可以代办。
手续齐全的，五个工作日内办完。"""
LOW = """最低生活保障申请办事指南
二、带什么
全家人的身份证、户口簿，有病的带病历，残疾的带残疾人证。签一份同意查询家庭经济状况的授权书就行，不要村里开贫困证明。"""
CARD = """老年人优待证办事指南
三、在哪办、多久
老年人优待证到村委会或镇便民服务大厅6号窗口办，不收钱，当场发证。腿脚不便的可以由家里人代办。"""
HOSPITAL = """关于做好城乡居民医保缴费工作的通知
五、住院报销
在镇卫生院住院，超过200元的部分报85%；在县级医院住院，超过500元的部分报75%。"""
FEES = """示例镇常用收费公示表
| 事项 | 收费标准 | 收钱的单位 |
| 居民水费 | 每吨2.6元 | 示例镇水厂 |
| 装新水表 | 每户380元 | 示例镇水厂 |
| 村大食堂使用费 | 每天不超过100元 | 村民委员会 |"""


def of(clause: str, sentence: str) -> Fault | None:
    return fault(sentence, Evidence.of([clause]))


@pytest.mark.parametrize(
    ("clause", "sentence"),
    [
        (ALLOWANCE, "80到89岁每人每月60元"),
        (ALLOWANCE, "80至89周岁六十元，90至99周岁一百五十元"),
        (ALLOWANCE, "满100周岁以上的，每人每月500元"),
        (APPLY, "带老人的身份证、户口簿和社保卡"),
        (APPLY, "您可以到村委会或者镇便民服务大厅办"),
        (APPLY, "家里人可以代办，手续齐全的5个工作日内办完"),
        (LOW, "不要村里开贫困证明"),
        (LOW, "全家人都要带身份证和户口簿"),
        (CARD, "到镇便民服务大厅6号窗口办，不收钱"),
        (CARD, "老年人优待证当场发证"),
        (FEES, "居民水费每吨2.6元"),
        (HOSPITAL, "县级医院住院，超过500元的部分报75%"),
        (HOSPITAL, "县级医院住院报75%"),
        (FEES, "村大食堂使用费每天不超过100元"),
    ],
)
def test_what_stands_in_the_clause_stays(clause: str, sentence: str) -> None:
    assert of(clause, sentence) is None


@pytest.mark.parametrize(
    ("clause", "sentence", "why"),
    [
        (ALLOWANCE, "80到89岁每人每月100元", Fault.number),
        (ALLOWANCE, "80到89岁，每人每月150元", Fault.number),
        (ALLOWANCE, "80到89岁六十元，90到99岁五百元", Fault.number),
        (ALLOWANCE, "80到89岁报60%", Fault.number),
        (ALLOWANCE, "70岁以上每月60元", Fault.number),
        (APPLY, "5天内办完", Fault.number),
        (HOSPITAL, "县级医院住院报85%", Fault.number),
        (HOSPITAL, "镇卫生院住院，超过500元的部分报75%", Fault.number),
        (FEES, "装新水表每户2.6元", Fault.number),
        (CARD, "老年人优待证在哪办？", Fault.question),
        (CARD, "老年人优待证收钱吗", Fault.question),
        (APPLY, "到县民政局办", Fault.name),
        (APPLY, "到桃园村村委会办", Fault.name),
        (APPLY, "按《老年人权益保障法》带社保卡", Fault.name),
        (APPLY, "带身份证、户口簿和结婚证", Fault.words),
        (APPLY, "外省的老人也给发", Fault.words),
        (APPLY, "必须带老人的身份证、户口簿和社保卡", Fault.weight),
        (APPLY, "申请高龄津贴马上办完", Fault.weight),
        (APPLY, "家里人不可以代办", Fault.denial),
        (LOW, "要村里开贫困证明", Fault.denial),
        (CARD, "老年人优待证收钱", Fault.denial),
        (CARD, "腿脚不便的家里人不能代办", Fault.denial),
        (CARD, "免费，请点 http://a.b 领取", Fault.never),
        (CARD, "老年人优待证当场发证，请把验证码发来", Fault.never),
        (CARD, "证", Fault.length),
        (CARD, "老年人优待证" * LONGEST, Fault.length),
    ],
)
def test_what_does_not_stand_is_dropped_and_says_why(clause: str, sentence: str, why: Fault) -> None:
    assert of(clause, sentence) is why


def test_a_line_that_is_drawn_must_be_drawn_beside_its_number() -> None:
    assert of(ALLOWANCE, "九十周岁以上每月一百五十元") is Fault.weight
    assert of(FEES, "装新水表每户最多380元") is Fault.weight


def test_a_clause_without_the_number_in_words_supports_no_other_clause() -> None:
    assert of(LOW, "80到89岁每人每月60元") is not None
    assert fault("80到89岁每人每月60元", Evidence.of([LOW, ALLOWANCE])) is None
