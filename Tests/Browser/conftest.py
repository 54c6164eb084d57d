"""One server with the small demo city and one browser for each worker; a fresh browser context for each test."""
import os
import re

import pytest
from page_checks import Watch, look, validity
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from santong import ROOT, Server, command_json
from steps import sign_in
from xdist.scheduler import LoadScopeScheduling

CHROMIUM = os.environ.get("SANTONG_CHROMIUM", "/usr/bin/chromium")
SCREENS = {
    "desktop": {"viewport": {"width": 1366, "height": 768}},
    "phone": {
        "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2,
    },
}
# Who the tests are, and the role of the demo account they use. Nobody signs in as the visitor.
ROLES = {
    "city": "cityadministrator", "county": "countyadministrator", "school": "schooladministrator",
    "teacher": "teacher", "pupil": "student", "system": "systemadministrator", "security": "securityadministrator",
    "audit": "auditadministrator",
}
PICTURES = ROOT / "docs/guide/screenshots"


class ByFile(LoadScopeScheduling):
    """The tests of a file stay together, for they build on each other; those of the page types may go to any worker."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file.endswith("test_pages.py") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("santong") / "data")
    yield server
    assert server.stop() == 0, "the server did not end well:\n" + server.last_lines()


@pytest.fixture(scope="session")
def accounts(server) -> dict[str, dict]:
    return demo_accounts(server)


def demo_accounts(server) -> dict[str, dict]:
    """The demo's accounts by the names of `ROLES`."""
    listed = command_json("demo", "accounts", "--data", str(server.data))
    by_role = {}
    for account in listed:
        by_role.setdefault(re.sub("[^a-z]", "", account["role"].lower()), account)
    missing = set(ROLES.values()) - set(by_role)
    assert not missing, f"the demo has no account for {missing}; it lists {[one['role'] for one in listed]}"
    return {name: by_role[role] for name, role in ROLES.items()}


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class People:
    """Opens browser contexts for people: signed in, on the screen asked for."""

    def __init__(self, browser: Browser, url: str, accounts: dict[str, dict], sessions: dict[str, dict]):
        self.browser, self.url, self.accounts, self.sessions = browser, url, accounts, sessions
        self.contexts: list[BrowserContext] = []

    def context(self, role: str = "visitor", screen: str = "desktop") -> BrowserContext:
        if role != "visitor" and role not in self.sessions:
            first = self._open("desktop", None)
            sign_in(first.new_page(), self.accounts[role])
            self.sessions[role] = first.storage_state()
        context = self._open(screen, self.sessions.get(role))
        return context

    def page(self, role: str = "visitor", screen: str = "desktop") -> Page:
        return self.context(role, screen).new_page()

    def _open(self, screen: str, session: dict | None) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.url, locale="zh-CN", timezone_id="Asia/Shanghai", storage_state=session, **SCREENS[screen]
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        return context


@pytest.fixture(scope="session")
def sessions() -> dict[str, dict]:
    return {}


@pytest.fixture
def people(browser, server, accounts, sessions):
    people = People(browser, server.url, accounts, sessions)
    yield people
    for context in people.contexts:
        context.close()


class Journey:
    """One person's way through the site. Every page on it is held to the checks of all pages."""

    def __init__(self, page: Page):
        self.page = page
        self.watch = Watch(page)
        # The crawl reads pages that links lead to; those that only a form leads to are read here.
        self.answers: dict[str, str] = {}

    def expect_clean(self) -> None:
        findings = self.watch.take() + look(self.page)
        assert not findings, f"{self.page.url}\n" + "\n".join(findings)
        document = self.watch.document
        if document and document.request.method == "POST" and document.url == self.page.url:
            self.answers[f"{len(self.answers)} {self.page.url}"] = document.text()

    def picture(self, name: str, whole: bool = False) -> None:
        """Checks the page; with SANTONG_SCREENSHOTS=1 also puts its picture into the user guide."""
        self.expect_clean()
        if os.environ.get("SANTONG_SCREENSHOTS") == "1":
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png", full_page=whole, animations="disabled")


@pytest.fixture
def journey(people):
    """`journey(role, screen)` opens a page for that person."""
    journeys: list[Journey] = []

    def start(role: str = "visitor", screen: str = "desktop") -> Journey:
        journeys.append(Journey(people.page(role, screen)))
        return journeys[-1]

    yield start
    answers = {name: text for journey in journeys for name, text in journey.answers.items()}
    findings = validity(answers) if answers else []
    assert not findings, "\n".join(findings)
