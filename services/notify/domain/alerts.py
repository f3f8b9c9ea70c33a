"""What people are told about access to the system: one notice per alert and person."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.notify.domain.notices import NoticeOccasion, NoticeOrder

_TITLES = {
    "brute_force": "疑似暴力破解登录密码",
    "new_place": "账号在新的地点登录",
    "mass_reveal": "短时间内大量查看联系方式",
    "mass_export": "短时间内大量导出数据",
    "rights_raised": "账号权限被提升",
    "token_reused": "登录令牌被重复使用",
}
_OTHER_TITLE = "安全告警"
_FACTS = ("kind", "severity", "person_name", "address")


def notices_of_alert(alert: Mapping[str, Any]) -> Iterator[NoticeOrder]:
    """For each recipient; alerts have no actor, so whoever caused one is told as well."""
    for recipient_id in dict.fromkeys(alert["recipients"]):
        yield NoticeOrder(
            recipient_id=recipient_id,
            occasion=NoticeOccasion.SECURITY,
            occasion_key=f"alert:{alert['alert_id']}",
            title=_TITLES.get(alert["kind"], _OTHER_TITLE),
            text=_text(alert),
            facts={name: alert.get(name) for name in _FACTS},
        )


def _text(alert: Mapping[str, Any]) -> str:
    named = (("账号", alert.get("person_name")), ("来源地址", alert.get("address")))
    return "，".join(f"{what}：{value}" for what, value in named if value)
