"""A library of 100,000 articles with words as common as words are: few very, most hardly ever."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

from psycopg2.extras import execute_values
from sqlalchemy import text

from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from libs.common.text import Segmenter, Token, fold, vector_of

_TAIL = 40_000  # rare words beside the real ones
_TITLE, _BODY = 5, 130  # words
_CHUNK = 2_000
_GIN = ("words", "title_words", "title", "tags")
_REAL = """
退款 退货 换货 订单 物流 快递 延迟 发票 税号 会员 积分 优惠券 密码 登录 验证码 短信 手机号 邮箱
账号 支付 扣款 银行卡 信用卡 到账 客服 投诉 补偿 赔付 保修 维修 上门 检测 收费 配件 主板 压缩机
冰箱 空调 洗衣机 路由器 打印机 电视 电源 插座 温控 滤网 漏水 噪音 故障 报错 网络 宽带 运营商
光猫 重启 升级 固件 设置 绑定 解绑 隐私 权限 合同 签收 拒收 破损 少件 错发 补发 仓库 库存 预售
促销 活动 规则 时效 海外 关税 地址 改派 拦截 轨迹 查询 单号 面单 包装 照片 凭证 审核 流程 工作日
处理 升级 主管 组长 培训 话术 规范 回访 满意度 调查 评价 课程 教材 报名 学费 请假 门诊 挂号 检验
报告 贷款 利率 还款 开户 证券 refund return order delivery parcel invoice account password login
code payment card repair warranty device router printer error reset update policy contract
charge invoice email phone address
"""


def fill(database: Database, count: int, seed: int = 7) -> Sequence[str]:
    """Make them; returns the words from the commonest on. About a minute for 100,000."""
    words = _vocabulary()
    with database.engine.begin() as connection:
        for name in _GIN:
            connection.execute(text(f"ALTER INDEX ix_search_rows_{name} RENAME TO old_{name}"))
        definitions = connection.scalars(
            text("SELECT indexdef FROM pg_indexes WHERE indexname LIKE 'old\\_%' ORDER BY 1")
        ).all()
        for name in _GIN:
            connection.execute(text(f"DROP INDEX old_{name}"))
        rows = _articles(words, count, random.Random(seed))
        while chunk := list(islice(rows, _CHUNK)):
            _insert(connection.connection.cursor(), chunk)
        for definition in definitions:
            connection.execute(text(definition.replace(" old_", " ix_search_rows_")))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return words


def _vocabulary() -> list[str]:
    """Real words first: they are what is looked for."""
    real = list(dict.fromkeys(_REAL.split()))
    return real + [f"w{n:05}" for n in range(_TAIL)]


def _articles(words: Sequence[str], count: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    weights = list(accumulate(1 / (rank + 3) ** 0.95 for rank in range(len(words))))
    edition = Segmenter().edition
    lexemes = [Segmenter().tokens(word)[0].word for word in words[:400]] + list(words[400:])
    now = datetime.now(UTC)
    for number in range(count):
        size = _TITLE + dice.randrange(_BODY // 2, _BODY * 3 // 2)
        picked = dice.choices(range(len(words)), cum_weights=weights, k=size)
        tokens = [Token(lexemes[place], at) for at, place in enumerate(picked, 1)]
        said = [words[place] for place in picked]
        title = "".join(said[:_TITLE])
        yield {
            "article_id": uuid7(),
            "version_id": uuid7(),
            "title": title,
            "folded": fold(title),
            "body": ",".join(said[_TITLE:]),
            "title_words": vector_of([("A", tokens[:_TITLE])]),
            "words": vector_of([("A", tokens[:_TITLE]), ("C", tokens[_TITLE:])]),
            "tags": said[:2],
            "audience": "public" if number % 3 else "staff",
            "kind": ("faq", "solution", "document", "training")[number % 4],
            "edition": edition,
            "boost": round(dice.random() * 0.4, 3),
            "at": now - timedelta(minutes=dice.randrange(500_000)),
        }


def _insert(cursor: Any, chunk: Sequence[dict[str, Any]]) -> None:
    execute_values(
        cursor,
        "INSERT INTO articles (article_id, state, version, published_id, created_at, updated_at, "
        "published_at) VALUES %s",
        chunk,
        "(%(article_id)s::uuid, 'published', 1, %(version_id)s::uuid, %(at)s, %(at)s, %(at)s)",
        page_size=_CHUNK,
    )
    execute_values(
        cursor,
        "INSERT INTO versions (version_id, article_id, number, state, kind, language, audience, "
        "tags, title, summary, body_html, body_text, steps, cautions, videos, author_name, "
        "editors, created_at, updated_at) VALUES %s",
        chunk,
        "(%(version_id)s::uuid, %(article_id)s::uuid, 1, 'published', %(kind)s, 'zh', "
        "%(audience)s, %(tags)s, %(title)s, '', %(body)s, %(body)s, '[]', '[]', '[]', '', '{}', "
        "%(at)s, %(at)s)",
        page_size=_CHUNK,
    )
    execute_values(
        cursor,
        "INSERT INTO search_rows (article_id, is_working, version_id, number, state, kind, "
        "language, audience, tags, title, summary, folded_title, title_words, words, edition, "
        "boost, updated_at) VALUES %s",
        chunk,
        "(%(article_id)s::uuid, false, %(version_id)s::uuid, 1, 'published', %(kind)s, 'zh', "
        "%(audience)s, %(tags)s, %(title)s, '', %(folded)s, %(title_words)s::tsvector, "
        "%(words)s::tsvector, %(edition)s, %(boost)s, %(at)s)",
        page_size=_CHUNK,
    )
