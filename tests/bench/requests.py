"""What the bench sends: the product's main operations, with realistic content."""

import itertools
import json
import random
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from tests.bench.load import Requests, http

_TEXT = "您好,您的问题我们已经核实,新的商品今天会从上海仓库发出,预计两天内送达,请注意查收。"


def gets(path: str, headers: dict[str, str]) -> Requests:
    """The same GET over and over."""
    return lambda worker: itertools.repeat(http("GET", path, headers))


def gets_one_of(paths: list[str], headers: dict[str, str]) -> Requests:
    """GETs of random paths."""
    prepared = [http("GET", path, headers) for path in paths]

    def requests(worker: int) -> Iterator[bytes]:
        chance = random.Random(worker)
        while True:
            yield chance.choice(prepared)

    return requests


def posts(
    path_of: Any, body_of: Any, headers: dict[str, str], *, count: int | None = None
) -> Requests:
    """POSTs, each with a body (and an Idempotency-Key) of its own; `count` of each worker."""

    def requests(worker: int) -> Iterator[bytes]:
        for number in itertools.count() if count is None else range(count):
            named = {**headers, "Idempotency-Key": uuid4().hex, "Content-Type": "application/json"}
            body = json.dumps(body_of(worker, number), ensure_ascii=False).encode()
            yield http("POST", path_of(worker, number), named, body)

    return requests


def new_ticket(customer_id: str) -> dict[str, Any]:
    """A ticket that an agent registers by hand."""
    return {
        "customer_id": customer_id,
        "subject": "客户来电:收到的商品与订单不符",
        "text": _TEXT,
        "kind": "complaint",
        "urgency": "normal",
        "channel": "phone",
    }


def reply() -> dict[str, Any]:
    """An agent's answer."""
    return {"text": _TEXT}


def form(tag: str, worker: int, number: int, *, mark: str = "") -> dict[str, Any]:
    """A web form of a customer that nobody knows yet; `mark` stands in its subject."""
    return {
        "name": "张三",
        "email": f"bench-{tag}-{worker}-{number}@example.com",
        "kind": "inquiry",
        "subject": f"请问订单什么时候发货{mark}",
        "description": _TEXT,
        "submission_id": f"{tag}-{worker}-{number}{mark}",
    }


def mail(tag: str, worker: int, number: int) -> bytes:
    """A plain mail of a customer that nobody knows yet (RFC 5322)."""
    sender = f"bench-{tag}-{worker}-{number}@example.com"
    head = (
        f"From: {sender}\r\nTo: support@tidedesk.local\r\nSubject: order question\r\n"
        f"Message-ID: <{tag}-{worker}-{number}@example.com>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + _TEXT.encode()
