"""A teacher's day in a browser: she signs in once, three applications of three protocols open with her name, one
sign-out ends them all. Our own pages on the way are held to the checks of all pages."""
import http.server
import os
import threading
import urllib.parse
import uuid

import pytest
from harness import PASSWORD, wait_until
from page_checks import Watch, look, validity
from playwright.sync_api import expect, sync_playwright
from santong import ROOT
from test_cas_clients import ApacheCAS
from test_gateway_client import OK, SecondFlavour
from test_openid_apache import ApacheOpenID

NAME = "王老师"
TITLES = {"openid": "电子图书馆", "cas": "教师研修", "gateway": "教学资源"}
PICTURES = ROOT / "docs/guide/screenshots"


class Receiver(SecondFlavour):
    """A small application written for the national gateway: one page with the person's name. Whose session the
    platform does not know any more is sent to open it anew."""

    def __init__(self, city, name: str):
        receiver, self.sessions = self, {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                receiver.answer(self)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.page = f"http://localhost:{self._server.server_port}/enter"
        super().__init__(city, name, self.page)

    def answer(self, visit) -> None:
        ticket = urllib.parse.parse_qs(urllib.parse.urlsplit(visit.path).query).get("ticket")
        cookie = visit.headers.get("Cookie", "").partition("receiver=")[2][:32]
        if ticket and (told := self.person(ticket[0]))["retCode"] == OK:
            cookie = uuid.uuid4().hex
            self.sessions[cookie] = told["data"]["usessionId"]
            self._send(visit, 200, f"<h1>你好，{told['data']['name']}</h1>", ("Set-Cookie", f"receiver={cookie}"))
        elif name := self._name(cookie):
            self._send(visit, 200, f"<h1>你好，{name}</h1>")
        else:
            self._send(visit, 303, "", ("Location", f"{self.city.url}/gateway/open/{self.id}"))

    def _name(self, cookie: str) -> str | None:
        if cookie not in self.sessions:
            return None
        asked = {"usessionId": self.sessions[cookie]}
        told = self.post("/userSession/getLoginUserInfo", asked, accessToken=self.token())
        return told["data"]["name"] if told["retCode"] == OK else None

    @staticmethod
    def _send(visit, status: int, body: str, *headers: tuple[str, str]) -> None:
        visit.send_response(status)
        for name, value in (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), *headers):
            visit.send_header(name, value)
        visit.end_headers()
        visit.wfile.write(body.encode())

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Asking:
    """An application of OpenID Connect that wants each person's consent; its page shows what it was told."""

    def __init__(self, city, name: str):
        echo = city.echo()
        self.callback = echo.url + "/callback"
        keys = city.add_application(name, "openid", redirect=self.callback, scope="openid profile edu", consent=True)
        self.page = f"{city.url}/openid/authorize?" + urllib.parse.urlencode({
            "client_id": keys["clientID"], "redirect_uri": self.callback, "response_type": "code",
            "scope": "openid profile edu", "state": "s",
        })


class Visitor:
    """A person at a browser of her own, and the pages of ours that she has seen."""

    def __init__(self, browser, city):
        self.city, self.documents = city, {}
        # The browser knows nothing of the authority of this run.
        self.context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", ignore_https_errors=True,
            viewport={"width": 1366, "height": 768},
        )
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.watch = Watch(self.page)

    def expect_clean(self) -> None:
        assert self.page.url.startswith(self.city.url), self.page.url
        # Chromium says so when it shows a page without the transition from the one before; nothing is missing then.
        heard = [one for one in self.watch.take() if "ViewTransition opt-in disabled" not in one]
        findings = heard + look(self.page)
        assert not findings, f"{self.page.url}\n" + "\n".join(findings)
        self.documents[f"{len(self.documents)} {self.page.url}"] = self.watch.document.text()

    def picture(self, name: str) -> None:
        self.expect_clean()
        if os.environ.get("SANTONG_SCREENSHOTS") == "1":
            self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")

    def heading(self, words: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words)

    def opens(self, application) -> None:
        """The application shows her name and no page asked for a password on the way."""
        seen = self.addresses(lambda: self.page.goto(application.page))
        assert not any("/sign-in" in address for address in seen), seen
        expect(self.page.locator("body")).to_contain_text(NAME)

    def is_asked(self, application) -> bool:
        self.page.goto(application.page)
        return self.page.url.startswith(self.city.url + "/sign-in")

    def addresses(self, deed) -> list[str]:
        """Where the browser goes while the deed is done."""
        seen = []

        def note(request):
            if request.is_navigation_request():
                seen.append(request.url)

        self.page.on("request", note)
        deed()
        self.page.remove_listener("request", note)
        return seen


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("SANTONG_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser, city):
    visitor = Visitor(browser, city)
    yield visitor
    visitor.context.close()
    findings = validity(visitor.documents) if visitor.documents else []
    assert not findings, "\n".join(findings)


@pytest.fixture(scope="module")
def applications(city):
    receiver = Receiver(city, TITLES["gateway"])
    yield {"openid": ApacheOpenID(city, TITLES["openid"]), "cas": ApacheCAS(city, TITLES["cas"]), "gateway": receiver}
    receiver.stop()


def expect_all_ended(visitor, applications) -> None:
    wait_until(
        lambda: all(visitor.is_asked(application) for application in applications.values()),
        what="each application asks for a sign-in again",
    )


def test_one_sign_in_opens_three_protocols_and_one_sign_out_ends_them(visitor, city, applications):
    page = visitor.page
    page.goto(applications["openid"].page)
    assert page.url.startswith(city.url + "/sign-in"), page.url
    visitor.expect_clean()

    # The page that passes her on leaves at once; here it waits to be looked at.
    def hold(route):
        answer = route.fetch(max_redirects=0)
        route.fulfill(response=answer, headers={k: v for k, v in answer.headers.items() if k != "refresh"})

    page.route("**/sign-in", hold)
    page.locator("input[name=login]").fill("wang")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    visitor.heading("正在进入应用")
    visitor.expect_clean()
    page.unroute("**/sign-in")
    page.get_by_role("link", name="没有自动跳转时点这里继续").click()
    page.wait_for_url(applications["openid"].page)
    expect(page.locator("body")).to_contain_text(NAME)

    # The others from the launcher.
    for kind in ("cas", "gateway"):
        page.goto(city.url + "/applications")
        visitor.heading("我的应用")
        visitor.picture("one-sign-in-launcher")
        tile = page.get_by_role("link", name=TITLES[kind])
        seen = visitor.addresses(tile.click)
        assert not any("/sign-in" in address for address in seen), seen
        expect(page.locator("body")).to_contain_text(NAME)
        assert not page.url.startswith(city.url), page.url
    for application in applications.values():
        visitor.opens(application)

    page.goto(city.url + "/account")
    page.locator("summary", has_text=NAME).click()
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url("**/sign-in*")
    expect(page.locator("body")).to_contain_text("已退出")
    visitor.picture("one-sign-in-signed-out")
    expect_all_ended(visitor, applications)


def test_signing_out_at_an_application_ends_them_all(visitor, city, applications):
    city.sign_in(visitor.page, "wang")
    for application in applications.values():
        visitor.opens(application)
    library = applications["openid"].site.url
    visitor.page.goto(f"{library}/callback?logout={urllib.parse.quote(library + '/bye', safe='')}")
    assert visitor.page.url.startswith(library + "/bye"), visitor.page.url
    visitor.page.goto(city.url + "/account")
    assert visitor.page.url.startswith(city.url + "/sign-in"), visitor.page.url
    expect_all_ended(visitor, applications)


@pytest.mark.parametrize("kind", ["openid", "cas", "gateway"])
def test_a_suspended_application_is_not_entered_and_the_page_says_so(visitor, city, applications, kind):
    application = applications[kind]
    city.sign_in(visitor.page, "wang")
    done = city.command("application", "suspend", application.id, "--reason", "检查")
    assert done.returncode == 0, done.stderr
    try:
        visitor.page.goto(application.page)
        assert visitor.page.url.startswith(city.url), visitor.page.url
        visitor.heading("不能进入应用")
        expect(visitor.page.locator("main")).to_contain_text("已暂停")
        visitor.expect_clean()
        visitor.page.goto(city.url + "/applications")
        visitor.heading("我的应用")
        assert visitor.page.get_by_role("link", name=TITLES[kind]).count() == 0
    finally:
        done = city.command("application", "resume", application.id)
        assert done.returncode == 0, done.stderr
    visitor.opens(application)


def test_consent_is_refused_given_kept_and_withdrawn(visitor, city):
    asking, page = Asking(city, "选课系统"), visitor.page
    city.sign_in(page, "wang")

    def ask():
        page.goto(asking.page)
        visitor.heading("授权选课系统")

    ask()
    expect(page.locator("main")).to_contain_text("姓名、登录名")
    expect(page.locator("main")).to_contain_text(NAME)
    visitor.picture("application-consent")
    page.get_by_role("button", name="不同意").click()
    page.wait_for_url(asking.callback + "?**")
    assert "error=access_denied" in page.url and "code=" not in page.url
    ask()
    page.get_by_role("button", name="同意并继续").click()
    page.wait_for_url(asking.callback + "?**")
    assert "code=" in page.url
    page.goto(asking.page)
    assert page.url.startswith(asking.callback) and "code=" in page.url, "asked a second time"

    page.goto(city.url + "/account")
    expect(page.locator("main")).to_contain_text("选课系统")
    page.get_by_role("link", name="查看和取消").click()
    visitor.heading("已授权的应用")
    visitor.expect_clean()
    page.get_by_role("button", name="取消授权").click()
    expect(page.get_by_role("status")).to_contain_text("授权已取消")
    visitor.expect_clean()
    ask()
