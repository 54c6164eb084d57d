"""A person's browser reduced to requests, for tests that ask much and look at little."""
import html
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid

FIELD = re.compile(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"')
CHOICE = re.compile(r'<select[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', re.S)
CHOSEN = re.compile(r'<option value="([^"]*)" selected')


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Answer:
    def __init__(self, status: int, location: str, text: str):
        self.status, self.location, self.text = status, location, text


class Client:
    """One signed-in session. Redirects are answers like others."""

    def __init__(self, url: str, account: dict | None = None):
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies, _Stay())
        if account:
            form = self.form("/sign-in", "/sign-in")
            answer = self.post("/sign-in", form | {"login": account["username"], "password": account["password"]})
            assert answer.status == 303, answer.text[:2000]

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self.url + path))

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        body = urllib.parse.urlencode(fields).encode()
        return self._ask(urllib.request.Request(self.url + path, data=body, headers={"Origin": self.url}))

    def upload(self, path: str, fields: dict[str, str], name: str, content: bytes) -> Answer:
        mark = uuid.uuid4().hex
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}' for key, value in fields.items()]
        parts.append(
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = "\r\n".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode()
        headers = {"Origin": self.url, "Content-Type": f"multipart/form-data; boundary={mark}"}
        return self._ask(urllib.request.Request(self.url + path, data=body, headers=headers))

    def form(self, path: str, action: str) -> dict[str, str]:
        """What the form for `action` on a page would send as it stands."""
        return fields(self.get(path).text, action)

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            location = (answer.headers.get("Location") or "").removeprefix(self.url)
            return Answer(answer.status, location, answer.read().decode(errors="replace"))


def fields(page: str, action: str) -> dict[str, str]:
    found = re.search(rf'<form[^>]*? action="{re.escape(action)}".*?</form>', page, re.S)
    assert found, f"no form for {action} on the page:\n{page[-3000:]}"
    sent = {name: html.unescape(value) for name, value in FIELD.findall(found.group(0))}
    for name, options in CHOICE.findall(found.group(0)):
        chosen = CHOSEN.search(options)
        sent[name] = html.unescape(chosen.group(1)) if chosen else ""
    return sent
