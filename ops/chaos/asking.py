"""One HTTP caller of the load: a system with a key, or a person who logs in again whenever the session is lost."""

import http.client
import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

LOST = (
    OSError,
    http.client.HTTPException,
    ValueError,
)  # no answer, half an answer, an answer of somebody else
PATIENCE = 8.0  # seconds


class Caller:
    def __init__(self, url: str, *, key: str = "", user: tuple[str, str] | None = None) -> None:
        self.url, self.key, self.user = url, key, user
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.opener.addheaders = [("Connection", "close")]

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> tuple[int, Any, dict]:
        """(status, JSON, headers); status 0 when no answer came. Nothing is known then: it may have been done."""
        headers = {"Accept": "application/json", "Accept-Language": "en"}
        if self.key:
            headers["Authorization"] = f"Api-Key {self.key}"
        if key:
            headers["Idempotency-Key"] = key
        if self.user:
            headers["X-CSRFToken"] = self._cookie("csrftoken")
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        status, text, answered = self._send(method, f"/api/v1{path}", data, headers)
        try:
            return status, json.loads(text or b"null"), answered
        except ValueError:
            return 0, None, {}

    def log_in(self) -> bool:
        assert self.user
        status, page, _ = self._send("GET", "/login/", None, {})
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if status != 200 or not token:
            return False
        form = {"login": self.user[0], "password": self.user[1], "csrfmiddlewaretoken": token[1].decode()}
        headers = {"Referer": self.url, "Content-Type": "application/x-www-form-urlencoded"}
        self._send("POST", "/login/", urllib.parse.urlencode(form).encode(), headers)
        return bool(self._cookie("sessionid"))

    def _send(self, method: str, path: str, data: bytes | None, headers: dict) -> tuple[int, bytes, dict]:
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as refusal:
            try:
                return refusal.code, refusal.read(), dict(refusal.headers)
            except LOST:
                return 0, b"", {}
        except LOST:
            return 0, b"", {}

    def _cookie(self, name: str) -> str:
        return next((cookie.value or "" for cookie in self.jar if cookie.name == name), "")
