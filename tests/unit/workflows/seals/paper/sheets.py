"""Sheets of the invented town, as the flow of seals freezes them."""

import hashlib
from datetime import UTC, date, datetime
from types import MappingProxyType

from msgspec.structs import replace

from workflows.seals.paper.authority import Authority
from workflows.seals.paper.demo import DemoBackend
from workflows.seals.ports import Sheet, digest

RESIDENCE = {
    "county": "示范县",
    "name": "王秀英",
    "id_masked": "3703**********0012",
    "address": "示范县示例镇柳树村3组12号",
    "since": "1978年",
    "purpose": "孙子上小学报名",
    "receiver": "示范县第一实验小学",
    "checker": "周小梅",
}
LINES = {
    "residence_proof": RESIDENCE,
    "homestead_opinion": {
        "county": "示范县",
        "name": "赵铁柱",
        "id_masked": "3703**********0312",
        "household": "5人",
        "address": "柳树村2组8号",
        "purpose": "原址翻建住房",
        "site": "柳树村2组8号（原宅基地）",
        "area": "160平方米",
        "receiver": "示例镇人民政府",
        "meeting_date": "2026年10月30日",
        "present": "应到32人，实到28人",
        "votes": "同意27人，弃权1人",
        "notice_from": "2026年11月1日",
        "notice_until": "2026年11月8日",
        "objections": "公示期内没有人提出异议",
        "checker": "周小梅",
        "approver": "李国强",
        "town_approver": "陈晓东",
    },
    "self_declaration": {
        "name": "王秀英",
        "id_masked": "3703**********0012",
        "address": "示范县示例镇柳树村3组12号",
        "item": "婚姻状况",
        "receiver": "示范县农村商业银行",
        "statement": "本人目前没有配偶，没有登记结婚。",
    },
    "notice_letter": {
        "county": "示范县",
        "receiver": "示范县农村商业银行",
        "item": "婚姻状况证明",
        "item_number": "8",
        "phone": "0533-1234567",
        "office": "示例镇便民服务中心",
        "go_to": "由本人到婚姻登记机关查询，或者由本人书面承诺",
    },
}


def a_sheet(kind: str = "residence_proof", **lines: str) -> Sheet:
    """A sheet of 柳树村; `lines` replace or add values."""
    return Sheet(
        kind,
        "示例镇-证-2026-0007",
        MappingProxyType(LINES[kind] | lines),
        "柳树村",
        "示例镇",
        date(2026, 11, 22),
        date(2026, 12, 22),
        "7K3M-9QXD-TT2P",
        1,
        True,
    )


def no_demo(sheet: Sheet) -> Sheet:
    return replace(sheet, demo=False)


class Kept:
    """Files by their hash, as the store keeps them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def __call__(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        self.files[sha256] = content
        return sha256


def backend(authority: Authority, kept: Kept, *, is_sandbox: bool = True) -> DemoBackend:
    return DemoBackend(authority, kept, lambda: datetime.now(UTC), is_sandbox)


def sealed(authority: Authority, sheet: Sheet, kept: Kept) -> bytes:
    """Seal a sheet that was approved as it is."""
    return kept.files[backend(authority, kept).seal(sheet, digest(sheet)).sha256]
