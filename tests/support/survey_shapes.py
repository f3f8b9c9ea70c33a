"""Answers of notify about surveys, in the shapes of the contract."""

from typing import Any

from tests.support import shapes

SURVEY_ID = "0192f0c1-0000-7000-8000-000000000071"
TOKEN, CODE = "A" * 43, "b" * 12
_NOW = "2026-11-21T12:00:00+00:00"
_TAG = {"key": "slow", "zh": "处理太慢", "en": "Too slow", "for": "low"}
_WORDS = {"title": "满意度调查", "question": "您满意吗？", "thanks": "感谢您的评价！"}


def page(**changes: Any) -> dict[str, Any]:
    return {
        "number": shapes.NUMBER,
        "company": "潮汐客服",
        "language": "zh",
        "state": "open",
        **_WORDS,
        "asks_nps": True,
        "tags": [{"key": "slow", "label": "处理太慢", "for": "low"}],
        "score": None,
        "expires_at": _NOW,
        **changes,
    }


def survey(**changes: Any) -> dict[str, Any]:
    return {
        "survey_id": SURVEY_ID,
        "ticket_id": shapes.TICKET_ID,
        "number": shapes.NUMBER,
        "customer_id": shapes.CUSTOMER_ID,
        "kind": "repair",
        "status": "answered",
        "channel": "mail",
        "score": 2,
        "nps": None,
        "is_satisfied": False,
        "tags": ["slow"],
        "comment": "太慢",
        "agent": {"person_id": SURVEY_ID, "name": "李雷"},
        "group": None,
        "created_at": _NOW,
        "sent_at": _NOW,
        "answered_at": _NOW,
        "expires_at": _NOW,
        **changes,
    }


def settings(**changes: Any) -> dict[str, Any]:
    return {
        "is_active": True,
        "delay_seconds": 0,
        "valid_days": 14,
        "low_score": 2,
        "asks_nps": True,
        "is_sent_for_internal": True,
        "kinds": None,
        "tags": [_TAG],
        "texts": {"zh": _WORDS, "en": _WORDS},
        "version": 3,
        **changes,
    }
