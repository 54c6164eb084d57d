"""Feeds and descriptions of public resources, read by programs that other people wrote: feedparser and extruct."""
import contextlib
import re
import sqlite3
import urllib.parse
import xml.etree.ElementTree as ElementTree

import extruct
import feedparser
import pytest
import requests
from santong import Server

COUNTIES = ["450602", "450603", "450621", "450681"]
HOSTILE = "</script>]]><b>\u2028 \"x\" & '😀'"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("feeds") / "data")
    yield server
    server.kill()


def get(server, path: str, **options) -> requests.Response:
    """As a visitor asks, who has no session and no cookie."""
    return requests.get(urllib.parse.urljoin(server.url, path), timeout=30, **options)


def places(document: bytes) -> list[str]:
    return [place.text for place in ElementTree.fromstring(document).iter(MAP + "loc")]


def pages(server) -> list[str]:
    """Every resource of the map of the site."""
    found = []
    for part in places(get(server, "/sitemap.xml").content):
        found += places(get(server, part).content)
    return [page for page in found if "/resources/" in page]


def read(server, path: str) -> feedparser.FeedParserDict:
    feed = feedparser.parse(get(server, path).content)
    assert feed.bozo == 0, f"{path}: {feed.get('bozo_exception')}"
    assert feed.version == "atom10", path
    return feed


@contextlib.contextmanager
def renamed(server, path: str, title: str):
    """A resource whose title no form would take, as if it had come by another way."""
    identifier = path.rpartition("/")[2]
    database = sqlite3.connect(f"{server.data}/santong.sqlite", timeout=30)
    with contextlib.closing(database):
        (before,) = database.execute("SELECT content FROM resources_item WHERE id = ?", (identifier,)).fetchone()
        with database:
            database.execute(
                "UPDATE resources_item SET content = json_set(content, '$.title', ?, '$.summary', ?) WHERE id = ?",
                (title, title, identifier),
            )
        yield
        with database:
            database.execute("UPDATE resources_item SET content = ? WHERE id = ?", (before, identifier))


def test_every_site_has_a_feed_that_feedparser_reads(server):
    for code in ["450600", *COUNTIES]:
        feed = read(server, f"/sites/{code}/feed.atom")
        assert feed.feed.id.startswith("tag:") and feed.feed.title and feed.entries, code
        assert len({entry.id for entry in feed.entries}) == len(feed.entries)
        for entry in feed.entries:
            assert entry.id.startswith("tag:") and entry.author and entry.updated_parsed and entry.published_parsed
            assert get(server, entry.link).status_code == 200, entry.link
        order = [entry.updated_parsed for entry in feed.entries]
        assert order == sorted(order, reverse=True), code
        news = read(server, f"/sites/{code}/news/feed.atom")
        assert news.entries and all(get(server, entry.link).status_code == 200 for entry in news.entries)


def test_feeds_are_found_from_the_pages(server):
    """The way a reader goes: from the page that somebody pastes to the feed it names."""
    front = get(server, "/sites/450603").text
    feeds = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', front)
    assert feeds == ["/sites/450603/feed.atom", "/sites/450603/news/feed.atom"]
    collection = re.search(r'href="(/collections/[0-9a-z]{26})"', front).group(1)
    assert [entry.title for entry in read(server, collection + "/feed.atom").entries]
    resource = pages(server)[0]
    school = re.search(r'href="(/schools/[0-9a-z]{26}/resources)"', get(server, resource).text).group(1)
    assert read(server, school + "/feed.atom").entries


def test_feedparser_asks_again_only_for_what_is_new(server):
    address = server.url + "/sites/450603/feed.atom"
    first = feedparser.parse(address)
    assert first.status == 200 and first.etag
    assert feedparser.parse(address, etag=first.etag).status == 304
    with renamed(server, first.entries[0].link, "换了名字"):
        again = feedparser.parse(address, etag=first.etag)
        assert again.status == 200 and again.entries[0].title == "换了名字" and again.entries[0].id == first.entries[0].id


def described(server, page: str) -> dict:
    answer = get(server, page)
    assert answer.status_code == 200
    found = extruct.extract(answer.text, base_url=page, syntaxes=["json-ld", "opengraph"], errors="strict")
    assert found["opengraph"], page
    kinds = {tuple(one["@type"]) if isinstance(one["@type"], list) else one["@type"]: one for one in found["json-ld"]}
    assert "BreadcrumbList" in kinds, page
    return next(one for kind, one in kinds.items() if "LearningResource" in kind)


def test_extruct_reads_what_every_public_page_is(server):
    found = pages(server)
    assert len(found) >= 9, "the demo's sites hold so many"
    for page in found:
        resource = described(server, page)
        assert resource["name"] and resource["educationalLevel"] and resource["teaches"], page
        assert resource["license"].startswith("https://creativecommons.org/"), page
        assert resource["url"] == page and resource["isAccessibleForFree"] is True
        assert resource["author"][0]["name"] and resource["publisher"]["name"]
        for file in resource["encoding"]:
            assert get(server, file["contentUrl"]).status_code == 200


def test_hostile_titles_are_only_titles(server):
    page = pages(server)[0]
    with renamed(server, page, HOSTILE):
        assert described(server, page)["name"] == HOSTILE
        assert "<b>" not in get(server, page).text.replace("<body>", "")
        feeds = [read(server, f"/sites/{code}/feed.atom") for code in ["450600", *COUNTIES]]
        links = {entry.link: entry for feed in feeds for entry in feed.entries}
        assert "😀" in links[page].title and links[page].title_detail.type == "text/plain"
        answer = get(server, "/oembed", params={"url": page, "format": "json"}).json()
        assert answer["title"] == HOSTILE and answer["html"].count("<") == 2


def test_others_embed_by_the_discovery_link(server):
    page = pages(server)[0]
    link = re.search(r'type="application/json\+oembed"[^>]* href="([^"]+)"', get(server, page).text).group(1)
    answer = get(server, link.replace("&amp;", "&")).json()
    assert answer["version"] == "1.0" and answer["type"] == "rich" and answer["provider_name"] and answer["author_name"]
    frame = get(server, re.search(r'src="([^"]+)"', answer["html"]).group(1))
    assert frame.status_code == 200 and "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers and "Set-Cookie" not in frame.headers
    assert "frame-ancestors 'none'" in get(server, page).headers["Content-Security-Policy"]
    for other in ["https://elsewhere.example/resources/" + page[-26:], server.url + "/resources/mine", ""]:
        assert get(server, "/oembed", params={"url": other}).status_code == 404, other


def test_robots_are_shown_the_map(server):
    lines = get(server, "/robots.txt").text.splitlines()
    assert f"Sitemap: {server.url}/sitemap.xml" in lines
