"""Plays WeChat for a 服务号: the page where a person agrees, and the interface where her code is redeemed.

It answers as WeChat does, error codes included, and is as strict. By hand: `python wechat_stand_in.py --port 8090
--app-id wx… --secret … --domain 127.0.0.1`, with SANTONG_WECHAT_OPEN_URL and SANTONG_WECHAT_API_URL at it.
"""
import argparse
import html
import http.server
import json
import secrets
import threading
import time
import urllib.parse

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><h1>{title}</h1>{content}</html>"""


class WeChat:
    """A 服务号 and the people who have WeChat."""

    CODE_SECONDS = 300
    TOKEN_SECONDS = 7200

    def __init__(self, app_id: str, secret: str, domain: str, port: int = 0, people: dict[str, str] | None = None):
        """`domain` is what the operator entered at WeChat as 网页授权域名; `people` are names by open id."""
        self.app_id, self.secret, self.domain = app_id, secret, domain
        self.people = people or {"oStandIn-mei": "阿梅", "oStandIn-lan": "阿兰"}
        self.union_ids: dict[str, str] = {}
        # What the interface does instead of answering: a JSON answer, or `silence`.
        self.fault: dict | str | None = None
        self.requests: list[str] = []
        self._codes: dict[str, tuple[str, str, float]] = {}
        self._used: set[str] = set()
        self._tokens: dict[str, tuple[str, str, float]] = {}
        self._refresh: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def code(self, open_id: str, scope: str = "snsapi_base", age: float = 0) -> str:
        """What a person's WeChat brings back when she has agreed."""
        code = secrets.token_hex(16)
        with self._lock:
            self._codes[code] = (open_id, scope, time.monotonic() - age)
        return code

    # The page

    def authorize(self, query: dict[str, str], names: list[str]) -> tuple[int, str]:
        problem = self._problem(query, names)
        if problem:
            return 200, PAGE.format(title="微信", content=f"<p>{html.escape(problem)}</p>")
        way = urllib.parse.urlencode(
            {"back": query["redirect_uri"], "state": query.get("state", ""), "scope": query["scope"]}
        )
        people = "".join(
            f'<p><a href="/agree?{way}&amp;person={urllib.parse.quote(one)}">以{html.escape(name)}的微信允许</a></p>'
            for one, name in self.people.items()
        )
        return 200, PAGE.format(title="微信授权", content=people + f'<p><a href="/refuse?{way}">拒绝</a></p>')

    def _problem(self, query: dict[str, str], names: list[str]) -> str | None:
        if names[:5] != ["appid", "redirect_uri", "response_type", "scope", "state"][: len(names)]:
            return "该链接无法访问"
        if query.get("appid") != self.app_id:
            return "appid 参数错误"
        back = urllib.parse.urlsplit(query.get("redirect_uri", ""))
        if back.scheme not in ("http", "https") or back.hostname != self.domain:
            return "redirect_uri 域名与后台配置不一致，错误码:10003"
        if query.get("response_type") != "code" or query.get("scope") not in ("snsapi_base", "snsapi_userinfo"):
            return "Scope 参数错误或没有 Scope 权限"
        state = query.get("state", "")
        if len(state) > 128 or not (state.isascii() and (state.isalnum() or not state)):
            return "state 参数错误"
        return None

    def leave(self, query: dict[str, str], person: str | None) -> str:
        """Where the browser goes; without a person no code goes with it."""
        pairs = {"code": self.code(person, query["scope"])} if person else {}
        mark = "&" if "?" in query["back"] else "?"
        return query["back"] + mark + urllib.parse.urlencode(pairs | {"state": query["state"]})

    # The interface

    def answer(self, path: str, query: dict[str, str]) -> dict:
        with self._lock:
            match path:
                case "/sns/oauth2/access_token":
                    return self._redeem(query)
                case "/sns/oauth2/refresh_token":
                    if query.get("refresh_token") not in self._refresh:
                        return self._error(40030, "invalid refresh_token")
                    return self._issue(*self._refresh[query["refresh_token"]])
                case "/sns/userinfo":
                    return self._person(query)
                case "/sns/auth":
                    return self._error(0, "ok") if self._token(query) else self._error(40003, "invalid openid")
        return self._error(40066, "invalid url")

    def _redeem(self, query: dict[str, str]) -> dict:
        if query.get("appid") != self.app_id:
            return self._error(40013, "invalid appid")
        if query.get("secret") != self.secret:
            return self._error(40125, "invalid appsecret")
        if query.get("grant_type") != "authorization_code":
            return self._error(40002, "invalid grant_type")
        code = query.get("code")
        if not code:
            return self._error(41008, "missing code")
        if code in self._used:
            return self._error(40163, "code been used")
        if code not in self._codes:
            return self._error(40029, "invalid code")
        open_id, scope, made = self._codes.pop(code)
        self._used.add(code)
        if time.monotonic() - made > self.CODE_SECONDS:
            return self._error(42003, "oauth_code expired")
        return self._issue(open_id, scope)

    def _issue(self, open_id: str, scope: str) -> dict:
        token, refresh = secrets.token_urlsafe(40), secrets.token_urlsafe(40)
        self._tokens[token] = (open_id, scope, time.monotonic() + self.TOKEN_SECONDS)
        self._refresh[refresh] = (open_id, scope)
        union = {"unionid": self.union_ids[open_id]} if open_id in self.union_ids else {}
        return {
            "access_token": token, "expires_in": self.TOKEN_SECONDS, "refresh_token": refresh, "openid": open_id,
            "scope": scope, **union,
        }

    def _token(self, query: dict[str, str]) -> tuple[str, str, float] | None:
        known = self._tokens.get(query.get("access_token", ""))
        return known if known and known[0] == query.get("openid") and known[2] > time.monotonic() else None

    def _person(self, query: dict[str, str]) -> dict:
        known = self._token(query)
        if not known:
            return self._error(40001, "invalid credential, access_token is invalid or not latest")
        if known[1] != "snsapi_userinfo":
            return self._error(48001, "api unauthorized")
        return {"openid": known[0], "nickname": self.people.get(known[0], ""), "sex": 0, "privilege": []}

    @staticmethod
    def _error(code: int, text: str) -> dict:
        return {"errcode": code, "errmsg": text}

    def _handler(self):
        wechat = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                parts = urllib.parse.urlsplit(self.path)
                pairs = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
                query = dict(pairs)
                wechat.requests.append(parts.path)
                if parts.path == "/connect/oauth2/authorize":
                    status, page = wechat.authorize(query, [name for name, _ in pairs])
                    self._send(status, "text/html; charset=utf-8", page.encode())
                elif parts.path in ("/agree", "/refuse"):
                    self.send_response(302)
                    self.send_header("Location", wechat.leave(query, query.get("person")))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif wechat.fault == "silence":
                    # Until the other side gives up.
                    self.rfile.read(1)
                    self.close_connection = True
                else:
                    answer = wechat.fault or wechat.answer(parts.path, query)
                    # WeChat names its JSON plain text.
                    self._send(200, "text/plain", json.dumps(answer).encode())

            def _send(self, status: int, kind: str, body: bytes):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--app-id", default="wx0123456789abcdef", help="default: %(default)s")
    parser.add_argument("--secret", default="f00dfeedf00dfeedf00dfeedf00dfeed", help="default: %(default)s")
    parser.add_argument("--domain", default="127.0.0.1", help="of the platform, as entered at WeChat")
    options = parser.parse_args()
    wechat = WeChat(options.app_id, options.secret, options.domain, options.port)
    print(f"listening on {wechat.url}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
