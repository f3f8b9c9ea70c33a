"""What the customers of the story send."""

import secrets
import struct
import zlib
from typing import Any
from uuid import uuid4


def photo(width: int = 64, height: int = 48) -> bytes:
    """A small PNG, made here: a red box on white (PNG specification, ISO/IEC 15948)."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    def row(y: int) -> bytes:
        inside = height // 4 < y < 3 * height // 4
        red, white = b"\xd0\x30\x30", b"\xff\xff\xff"
        middle = red if inside else white
        quarter = width // 4
        return b"\0" + white * quarter + middle * (width - 2 * quarter) + white * quarter

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(row(y) for y in range(height)))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


COMPLAINT_SUBJECT = "投诉:收到的商品破损"
COMPLAINT_TEXT = (
    "你好,\n\n我 11 月 11 日下单的保温杯今天收到,杯盖碎了,照片见附件。\n"
    "订单号 2026111100123,希望尽快换货。\n\n谢谢"
)
ANSWER_TEXT = "好的,地址没有变:上海市浦东新区。换货单号收到了,谢谢!"
FIRST_SOLUTION = "已换新品发出,运单号 SF1234567890,预计明天送达。"
SECOND_SOLUTION = "少发的杯刷已补寄,运单号 SF1234567891,并退还运费 12 元。"
LOW_COMMENT = "换来的少了一把杯刷,等了两天。"
HIGH_COMMENT = "补寄很快,谢谢!"


def repair_form(email: str) -> dict[str, Any]:
    """A repair request with every field that the form has."""
    return {
        "name": "李四",
        "email": email,
        # A number of this customer's own: a known one would find its earlier owner.
        "phone": f"138{secrets.randbelow(10**8):08}",
        "kind": "repair",
        "urgency": "urgent",
        "subject": "会议室投影仪无法开机",
        "description": "按下电源键没有反应,指示灯不亮,已换过插座。",
        "order_number": "SN-20260318-77",
        "fields": {
            "报修物品": "投影仪 X200",
            "故障描述": "无法开机",
            "所在位置": "3 楼 305 会议室",
            "联系人": "李四",
        },
        "language": "zh-CN",
        "submission_id": f"demo-{uuid4()}",
    }
