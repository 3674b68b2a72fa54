"""Somebody behind the proxy: each request on a connection of its own, as the proxy in docs/deploy makes them."""

import http.client
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Visitor:
    """A browser without a face: keeps cookies, sends forms with their token."""

    port: int
    host: str
    cookies: dict[str, str] = field(default_factory=dict)
    status: int = 0
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> "Visitor":
        """Send one request; raises OSError or HTTPException when no whole answer comes."""
        told = {"Host": self.host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        told |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Connection": "close"}
        told |= {"Referer": f"https://{self.host}{path}"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = None
        if form is not None:
            content = urlencode(form | {"csrfmiddlewaretoken": self.token})
            told["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST" if content else "GET", path, content, told)
            self._take(connection.getresponse())
        finally:
            connection.close()
        return self

    def _take(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.headers = answer.status, dict(answer.headers.items())
        self.body = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value

    @property
    def token(self) -> str:
        """The token of the form on the last page."""
        found = TOKEN.search(self.body)
        assert found, self.body[:500]
        return found[1]
