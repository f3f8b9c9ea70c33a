"""An agent at work through REST, as an app would do it."""

from typing import Any

import requests

_LIMIT = 20  # seconds per request


class Refused(Exception):
    """An answer of 400 or more; holds the problem."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(status, problem)
        self.status = status
        self.problem = problem


class Desk:
    """One member of staff, signed in with a bearer token."""

    def __init__(self, api: str, login: str, password: str) -> None:
        self._api = api
        self._http = requests.Session()
        signed_in = self.ask("POST", "/tokens", {"login": login, "password": password})
        self._http.headers["Authorization"] = f"Bearer {signed_in['token']}"
        self.person: dict[str, Any] = signed_in["person"]

    @classmethod
    def by_key(cls, api: str, token: str) -> "Desk":
        """A program with a key of its own; nobody in person."""
        desk = cls.__new__(cls)
        desk._api, desk._http, desk.person = api, requests.Session(), {}
        desk._http.headers["Authorization"] = f"Bearer {token}"
        return desk

    def beside(self, login: str, password: str) -> "Desk":
        """Somebody else at the same installation."""
        return Desk(self._api, login, password)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> Any:
        """The answer's JSON (None without content); raises Refused."""
        answer = self._http.request(
            method, self._api + path, json=body, headers=headers, timeout=_LIMIT, **options
        )
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.json())
        return answer.json() if answer.content else None

    def ticket(self, number: str) -> dict[str, Any]:
        """The whole ticket with its newest timeline page."""
        return dict(self.ask("GET", f"/tickets/{number}"))

    def timeline(self, number: str) -> list[dict[str, Any]]:
        """Every entry, oldest first."""
        entries: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            where = f"?cursor={cursor}" if cursor else ""
            page = self.ask("GET", f"/tickets/{number}/timeline{where}")
            entries = page["items"] + entries
            cursor = page["previous_cursor"]
            if not cursor:
                return entries

    def take(self, number: str) -> dict[str, Any]:
        """Take an unassigned ticket and confirm it (确认接收)."""
        self.ask("PUT", f"/tickets/{number}/assignee", {"assignee_id": "me"})
        return dict(self.ask("POST", f"/tickets/{number}/acceptance"))

    def upload(self, name: str, content: bytes, media_type: str) -> str:
        """Stage a file for the next reply or note; returns its attachment id."""
        files = {"file": (name, content, media_type)}
        return str(self.ask("POST", "/uploads", files=files)["attachment_id"])

    def download(self, attachment_id: str) -> bytes:
        """A file of a ticket."""
        answer = self._http.get(f"{self._api}/attachments/{attachment_id}", timeout=_LIMIT)
        answer.raise_for_status()
        return answer.content

    def all_tickets(self, **filters: str) -> list[dict[str, Any]]:
        """Every row of a list, page by page."""
        rows: list[dict[str, Any]] = []
        query = {"limit": "100", "view": "all", **filters}
        while True:
            page = self.ask("GET", "/tickets", params=query)
            rows += page["items"]
            if not page["next_cursor"]:
                return rows
            query["cursor"] = page["next_cursor"]
