"""Robots in group chats: what kinds there are, and what a trial of one says."""

from enum import StrEnum


class EndpointKind(StrEnum):
    """Whose robot it is."""

    DINGTALK_ROBOT = "dingtalk_robot"
    WECOM_ROBOT = "wecom_robot"


def words_of_trial(language: str, name: str) -> tuple[str, str]:
    """Subject and text of a test message."""
    if language == "en":
        return "Test message", f"The robot “{name}” of Tidedesk can write here."
    return "测试消息", f"Tidedesk 的机器人「{name}」可以在这里发消息。"
