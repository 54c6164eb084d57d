"""Walks a site as one person: from start pages along its links, one page of each type."""
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

from page_checks import Watch, look
from playwright.sync_api import BrowserContext

LINKS = "() => [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"


def page_type(path: str) -> str:
    """`/schools/01jabc…/dossier` and the same page of another school are one type."""
    return "/".join(_collapsed(part) for part in path.split("/"))


def _collapsed(part: str) -> str:
    if re.fullmatch(r"\d+", part):
        return ":number"
    if re.fullmatch(r"[A-Z]{1,2}\d+", part):
        return ":target"
    return ":id" if len(part) >= 16 and re.search(r"\d", part) else part


@dataclass
class Crawl:
    context: BrowserContext
    url: str
    depth: int = 2
    documents: dict[str, str] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)

    def run(self, starts: list[str]) -> None:
        page = self.context.new_page()
        watch = Watch(page)
        queue = [(path, 0, "") for path in starts]
        while queue:
            address, depth, origin = queue.pop(0)
            # Start pages may be closed to this person; a link that is shown must open.
            html = self._ask(address, origin, may_be_closed=depth == 0)
            if html is None:
                continue
            page.goto(address, wait_until="load")
            self.documents[address] = html
            self.findings += [f"{address}: {finding}" for finding in watch.take() + look(page)]
            if depth < self.depth:
                queue += [(link, depth + 1, address) for link in self._own_links(page)]

    def _own_links(self, page) -> list[str]:
        links = []
        for link in page.evaluate(LINKS):
            target = urlsplit(urljoin(page.url, link))
            # Opening an application of the gateway leads away to it.
            is_own = f"{target.scheme}://{target.netloc}" == self.url and not target.path.startswith("/gateway/open/")
            if is_own:
                links.append(target.path + (f"?{target.query}" if target.query else ""))
        return links

    def _ask(self, address: str, origin: str, may_be_closed: bool) -> str | None:
        """The HTML of a page that was not seen yet; nothing for seen ones, downloads and pages that do not open."""
        parts = urlsplit(address)
        kind = page_type(parts.path)
        with_query = kind + "?" + ",".join(sorted({name for name, _ in parse_qsl(parts.query, True)}))
        if with_query in self._asked:
            return None
        is_new_type = not any(asked.startswith(kind + "?") for asked in self._asked)
        self._asked.add(with_query)
        response = self.context.request.get(address, timeout=30_000)
        closed = may_be_closed and response.status in (401, 403, 404)
        if response.status >= 400 and not closed:
            self.findings.append(f"{address}: {response.status}, linked from {origin or 'the list of start pages'}")
        is_page = response.headers.get("content-type", "").startswith("text/html")
        final = page_type(urlsplit(response.url).path)
        was_redirected_to_seen = final != kind and any(asked.startswith(final + "?") for asked in self._asked)
        if not is_page or not is_new_type or was_redirected_to_seen or (response.status >= 400 and not closed):
            return None
        self._asked.add(final + "?")
        return response.text()
