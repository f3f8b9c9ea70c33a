"""One of everything, so that every address of the console has something to show."""

from tests.demo import story
from tests.demo.circle import survey_link
from tests.demo.desk import Desk
from tests.e2e.moved import move
from tests.e2e.system import desk_of, outside_of

CUSTOMER = "everypage@example.com"


def one_of_each(system: dict[str, str]) -> dict[str, dict[str, str]]:
    """What stands for the parameters of each address that has some."""
    supervisor, agent = desk_of(system, "CS900"), desk_of(system, "CS001")
    ticket = register(supervisor, "收到的咖啡机漏水，客户要求今天答复")
    supervisor.ask("PUT", f"/tickets/{ticket}/assignee", {"assignee_id": agent.person["person_id"]})
    work_on(agent, ticket)
    for subject in ("A very long subject " * 6, "退款还没有到账"):
        register(supervisor, subject.strip())
    asked = {"subject": "会议室投影仪无法开机", "text": "换过电源线仍无反应。"}
    move(supervisor, ticket, gone=register(supervisor, ("A ticket opened by mistake " * 4).strip()))
    request = desk_of(system, "EM001").ask("POST", "/requests", asked)
    administrator = desk_of(system, "AD001")
    raise_rights(administrator)
    article = supervisor.ask("GET", "/articles?state=published")["items"][0]["article_id"]
    known = supervisor.ask("GET", "/help/articles")["items"][0]["article_id"]
    return {
        "ticket": {"number": ticket},
        "request": {"number": str(request["number"])},
        **{key: {"articleId": article} for key in ("article", "edit-article", "article-versions")},
        "help-article": {"name": known},
        "ticket-template": {"key": "return_goods"},
        "webhook": {"webhookId": add_webhook(administrator)},
        "quality-review": {"reviewId": check_quality(supervisor, agent)},
        "problem": {"number": find_cause(supervisor, ticket)},
        "survey": {"token": survey_of(system)},
        "upload": {"token": work_together(agent, ticket)},
        "not-found": {"rest": "nowhere"},
    }


def register(desk: Desk, subject: str) -> str:
    """A new ticket's number."""
    customer = desk.ask("POST", "/customers", {"name": "王女士", "phone": "13800000001"})
    body = {"customer_id": customer["customer_id"], "subject": subject, "text": f"来电：{subject}"}
    made = desk.ask("POST", "/tickets", {**body, "kind": "complaint", "urgency": "critical"})
    return str(made["number"])


def work_on(agent: Desk, number: str) -> None:
    agent.ask("POST", f"/tickets/{number}/acceptance")
    agent.ask("POST", f"/tickets/{number}/notes", {"text": "已联系仓库。"})
    agent.ask("POST", f"/tickets/{number}/replies", {"text": "今天就为您换货。"})


def work_together(agent: Desk, number: str) -> str:
    """Help asked for, effort, and a draft; the token of a link for the customer."""
    known = agent.ask("GET", "/collaboration-targets")
    targets = {one["name"]: one["id"] for one in (*known["departments"], *known["groups"])}
    parts = [
        {"target_kind": "department", "target_id": targets["技术部"], "duty": "查看漏水的原因"},
        {"target_kind": "group", "target_id": targets["售后一组"], "duty": "核对库存"},
    ]
    agent.ask("POST", f"/tickets/{number}/collaborations", {"parts": parts, "note": "见照片"})
    agent.ask("POST", f"/tickets/{number}/efforts", {"minutes": 45, "note": "电话沟通"})
    asked = {"text": "请上传漏水部位的照片。"}
    made = agent.ask("POST", f"/tickets/{number}/upload-requests", asked)
    return str(made["link"]).rpartition("/u/")[2]


def check_quality(supervisor: Desk, agent: Desk) -> str:
    """A sheet, a rule, and a review that the agent has a result of."""
    items = [
        {"name": "问候规范", "kind": "yes_no"},
        {"name": "解答准确", "kind": "points", "max": 10, "weight": 3, "guide": "以知识库为准"},
    ]
    sections = [{"name": "服务", "items": items}]
    sheet = supervisor.ask(
        "POST", "/score-sheets", {"name": "通用评分表", "pass_mark": 80, "sections": sections}
    )
    stamp = {"If-Match": f'"{sheet["version"]}"'}
    supervisor.ask("POST", f"/score-sheets/{sheet['sheet_id']}/versions", headers=stamp)
    rule = {"name": "每周抽检", "event": "solved", "per_agent": 3, "period": "week"}
    who = {"reviewer_id": supervisor.person["person_id"], "sheet_id": sheet["sheet_id"]}
    supervisor.ask("POST", "/quality-rules", rule | who)
    number = register(supervisor, "发票抬头有误")
    supervisor.ask("PUT", f"/tickets/{number}/assignee", {"assignee_id": agent.person["person_id"]})
    work_on(agent, number)
    made = supervisor.ask(
        "POST", "/quality-reviews", {"number": number, "sheet_id": sheet["sheet_id"]}
    )
    path = f"/quality-reviews/{made['review_id']}"
    review = supervisor.ask("GET", path)
    points = {one["item_id"]: {"points": 1} for one in review["form"]["sections"][0]["items"]}
    stamp = {"If-Match": f'"{review["version"]}"'}
    supervisor.ask("POST", f"{path}/score", {"scores": points}, headers=stamp)
    return str(made["review_id"])


def find_cause(supervisor: Desk, ticket: str) -> str:
    """The number of a problem behind the ticket, which all its tickets have been told about."""
    title = ("A cause with a very long name " * 6).strip()
    known = {"title": title, "description": "水箱的密封圈有一批不合格。", "status": "known"}
    number = str(supervisor.ask("POST", "/problems", known)["number"])
    supervisor.ask("POST", f"/problems/{number}/tickets", {"numbers": [ticket]})
    answer = {"text": "新的密封圈本周寄出。", "solves": False}
    supervisor.ask("POST", f"/problems/{number}/answers", answer)
    return number


def add_webhook(administrator: Desk) -> str:
    """Switched off: nothing of a test goes out."""
    hook = {"name": "仓库", "url": "https://1.1.1.1/hook", "types": ["ticket.*"]}
    body = {**hook, "is_active": False}
    return str(administrator.ask("POST", "/webhooks", body)["webhook_id"])


def survey_of(system: dict[str, str]) -> str:
    """The token of a survey that has been sent to a customer."""
    outside, desk = outside_of(system), desk_of(system, "CS002")
    number = story.ask_for_repair(outside, CUSTOMER, lambda _: None)
    desk.take(number)
    desk.ask("POST", f"/tickets/{number}/solution", {"text": "已更换主板。"})
    return survey_link(outside, CUSTOMER, 1, lambda _: None).rpartition("/s/")[2]


def raise_rights(administrator: Desk) -> None:
    """So that there is an alert to look at."""
    person = {"login": "CS702", "name": "升职的人", "role": "agent"}
    account = administrator.ask("POST", "/accounts", person)["account"]
    stamp = {"If-Match": f'"{account["version"]}"'}
    path = f"/accounts/{account['person_id']}"
    administrator.ask("PATCH", path, {"role": "supervisor"}, headers=stamp)
