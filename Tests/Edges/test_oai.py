"""The public catalogue harvested by Sickle and by Perl's HTTP::OAI, and our harvester against a library of the test."""
import concurrent.futures
import http.server
import re
import threading
import time
import urllib.parse

import pytest
import requests
from harness import PASSWORD, wait_until
from public_records import add_copies, all_dated, has_perl_client, perl, take_down
from santong import Server, command, command_json
from sickle import Sickle, oaiexceptions
from sickle.iterator import OAIResponseIterator

# Resources that go the whole way, and the place of one among them that no test takes down.
IMPORTED, UNTOUCHED = 40, 25


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("oai") / "data", environment={"SANTONG_OUTBOUND_PRIVATE": "true"})
    yield server
    assert server.stop() == 0, server.last_lines()


class Person:
    """Somebody of the demo with a program in place of a browser."""

    def __init__(self, server: Server, login: str):
        self.url, self.session = server.url, requests.Session()
        page = self.session.get(self.url + "/sign-in", timeout=30).text
        done = self.session.post(
            self.url + "/sign-in", data=hidden(page) | {"login": login, "password": PASSWORD}, timeout=30
        )
        assert done.status_code == 200 and "/sign-in" not in done.url, done.url

    def post(self, path: str, page: str, files=None, **fields) -> requests.Response:
        form = hidden(self.session.get(self.url + page, timeout=60).text) | fields
        return self.session.post(self.url + path, data=form, files=files, timeout=120)


def hidden(page: str) -> dict[str, str]:
    """The tokens of a page's forms."""
    return dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', page))


def headers(server: Server, **asked) -> dict[str, bool]:
    """What Sickle harvests: identifiers, and whether each is deleted. Each comes once."""
    found = {}
    sickle = Sickle(server.url + "/oai", max_retries=5, timeout=60)
    for record in sickle.ListRecords(**{"metadataPrefix": "oai_dc"} | asked):
        assert record.header.identifier not in found, "twice"
        found[record.header.identifier] = record.deleted
        if not record.deleted:
            assert record.metadata["title"][0] and record.metadata["identifier"][0].startswith("http")
    return found


def told(server: Server, **asked) -> dict[str, bool]:
    """The same by headers alone and not too often, for waiting; nothing when nothing fits."""
    time.sleep(0.5)
    try:
        found = Sickle(server.url + "/oai", max_retries=5, timeout=60).ListIdentifiers(
            **{"metadataPrefix": "oai_dc"} | asked
        )
        return {one.identifier: one.deleted for one in found}
    except oaiexceptions.NoRecordsMatch:
        return {}


def stamp() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@pytest.fixture(scope="module")
def library(server, tmp_path_factory):
    """Resources of 王老师, published for everybody by school, city; their paths. Beside them stand copies, so that there is
    more than one page."""
    folder = tmp_path_factory.mktemp("folder")
    rows = ["标题,文件,类型,课,授权方式,谁能看到"]
    for number in range(IMPORTED):
        (folder / f"{number}.txt").write_text(f"内容 {number} & <记号>", encoding="utf-8")
        rows.append(f"公开资源 {number} & <记号>,{number}.txt,教案,灯塔下的路,CC BY 4.0,公开")
    (folder / "元数据.csv").write_text("\n".join(rows), encoding="utf-8")
    outcome = command_json(
        "import", "resources", str(folder), "--login", "wang", "--accept", "--submit", "--data", str(server.data),
        timeout=600,
    )
    refused = [line for line in outcome["lines"] if line["result"] != "taken" or line["reasons"]]
    assert not refused, [(line["row"], line["result"], line["reasons"]) for line in refused[:3]]
    again = command_json("import", "resources", str(folder), "--login", "wang", "--data", str(server.data))
    assert {line["result"] for line in again["lines"]} == {"known"}
    # Each level begins when the machine has looked, and records are told when they are dated.
    wait_until(lambda: pass_all(server) is not None and len(told(server)) >= IMPORTED, 180, "all are passed and told")
    records = Sickle(server.url + "/oai", max_retries=5).ListRecords(metadataPrefix="oai_dc")
    ours = [one.header.identifier for one in records if one.metadata["title"][0].startswith("公开资源")]
    assert len(ours) == IMPORTED
    paths = sorted("/resources/" + identifier.rsplit(":", 1)[1] for identifier in ours)
    add_copies(server, paths[UNTOUCHED], range(IMPORTED, 230))
    wait_until(lambda: all_dated(server), 60, "the copies are told")
    return paths


def pass_all(server: Server) -> list[str]:
    """Everything that waits is passed, by the school, and by the city in place of a county and for itself; their paths."""
    paths = []
    for login, level in (("li", "school"), ("shiju", "county"), ("shiju", "city")):
        person = Person(server, login)
        while True:
            page = person.session.get(server.url + "/resources/reviews?level=" + level, timeout=60).text
            waiting = {part.split('"', 1)[0] for part in page.split('href="/resources/')[1:]}
            waiting = sorted(one for one in waiting if len(one) == 26)
            waiting = [one for one in waiting if decide(person, f"/resources/{one}")]
            if not waiting:
                break
            paths += [f"/resources/{one}" for one in waiting]
    return sorted(set(paths))


def decide(person: Person, path: str) -> bool:
    page = person.session.get(person.url + path, timeout=60).text
    if 'name="decision"' not in page:
        return False
    revision = page.split('name="revision" value="', 1)[1].split('"', 1)[0]
    form = hidden(page) | {"revision": revision, "decision": "yes", "remark": "可以"}
    return person.session.post(person.url + path + "/review", data=form, timeout=60).status_code == 200


def test_sickle_gets_everything_by_every_verb(server, library):
    sickle = Sickle(server.url + "/oai", max_retries=5, timeout=60)
    identify = sickle.Identify()
    assert identify.protocolVersion == "2.0" and identify.deletedRecord == "persistent"
    assert identify.granularity == "YYYY-MM-DDThh:mm:ssZ" and identify.baseURL == server.url + "/oai"
    assert {one.metadataPrefix for one in sickle.ListMetadataFormats()} == {"oai_dc", "lom"}
    sets = {one.setSpec: one.setName for one in sickle.ListSets()}
    assert sets["stage-2"] == "小学" and any(spec.startswith("area-") for spec in sets)
    every = headers(server)
    assert len(every) >= 230 and not any(every.values())
    assert {one.identifier for one in sickle.ListIdentifiers(metadataPrefix="lom")} == set(every)
    first = next(iter(every))
    one = sickle.GetRecord(identifier=first, metadataPrefix="lom")
    assert one.header.identifier == first and "http://ltsc.ieee.org/xsd/LOM" in one.raw
    in_set = {record.header.identifier for record in sickle.ListRecords(metadataPrefix="oai_dc", set="stage-2")}
    assert in_set <= set(every) and len(in_set) >= 230


def test_by_post_it_is_the_same(server, library):
    by_get = Sickle(server.url + "/oai").GetRecord
    first = next(iter(headers(server)))
    by_post = Sickle(server.url + "/oai", http_method="POST").GetRecord
    asked = {"identifier": first, "metadataPrefix": "oai_dc"}
    assert by_get(**asked).metadata == by_post(**asked).metadata


def test_what_is_taken_down_is_told_as_deleted_and_only_what_changed_comes_again(server, library):
    # A change is dated some seconds ahead.
    wait_until(lambda: not told(server, **{"from": stamp()}), 30, "nothing is dated ahead any more")
    before = stamp()
    city = Person(server, "shiju")
    for path in library[:3]:
        done = city.post(path + "/takedown", path, reason="有错")
        assert done.status_code == 200, done.text[-500:]
    gone = {path.rsplit("/", 1)[1] for path in library[:3]}
    wait_until(lambda: len(told(server, **{"from": before})) == 3, 40, "the takedowns are told")
    changed = headers(server, **{"from": before})
    assert {identifier.rsplit(":", 1)[1] for identifier in changed} == gone and all(changed.values())
    every = headers(server)
    assert sum(every.values()) == 3 and len(every) >= 230
    # By day it is the same.
    assert set(changed) <= set(headers(server, **{"from": before[:10]}))
    deleted = next(identifier for identifier, is_deleted in every.items() if is_deleted)
    # Sickle spells the name of this error without its last letter, so it gives the general one.
    with pytest.raises(oaiexceptions.OAIError):
        list(Sickle(server.url + "/oai").ListMetadataFormats(identifier=deleted))


def test_while_records_change_nothing_is_lost_and_nothing_comes_twice(server, library):
    """Takedowns while the list is read: the list and what is asked for since its beginning hold everything."""
    before = headers(server)
    start = stamp()
    changing = library[10:20] + library[-10:]

    def change() -> None:
        city = Person(server, "shiju")
        for path in changing:
            assert city.post(path + "/takedown", path, reason="更新").status_code == 200

    with concurrent.futures.ThreadPoolExecutor() as pool:
        change_done = pool.submit(change)
        rounds = [headers(server) for _ in range(4)]
        change_done.result()
    assert all(set(found) == set(before) for found in rounds)
    ids = {path.rsplit("/", 1)[1] for path in changing}

    def all_told():
        since = told(server, **{"from": start})
        return {identifier.rsplit(":", 1)[1] for identifier, is_deleted in since.items() if is_deleted} >= ids

    wait_until(all_told, 40, "what changed is told")


def test_every_error_code_is_understood(server, library):
    sickle = Sickle(server.url + "/oai")
    first = next(iter(headers(server)))
    cases = [
        (oaiexceptions.BadArgument, lambda: next(sickle.ListRecords(metadataPrefix="oai_dc", **{"from": "gestern"}))),
        (oaiexceptions.BadVerb, lambda: OAIResponseIterator(sickle, {"verb": "ListEverything"})),
        (oaiexceptions.BadResumptionToken, lambda: next(sickle.ListRecords(resumptionToken="AAAA.BBBB"))),
        (oaiexceptions.CannotDisseminateFormat, lambda: next(sickle.ListRecords(metadataPrefix="marc21"))),
        (oaiexceptions.IdDoesNotExist, lambda: sickle.GetRecord(identifier=first + "x", metadataPrefix="oai_dc")),
        (oaiexceptions.NoRecordsMatch, lambda: next(sickle.ListRecords(metadataPrefix="oai_dc", until="2001-01-01"))),
    ]
    for expected, ask in cases:
        with pytest.raises(expected):
            ask()


def test_a_city_without_public_resources_has_no_sets(tmp_path):
    server = Server(tmp_path / "data", demo="none")
    try:
        with pytest.raises(oaiexceptions.NoSetHierarchy):
            next(Sickle(server.url + "/oai").ListSets())
    finally:
        assert server.stop() == 0


def test_perl_gets_the_same(server, library):
    if not has_perl_client():
        pytest.skip("Perl's HTTP::OAI is not installed (Debian: libhttp-oai-perl)")
    assert perl(server) == headers(server)
    day = time.strftime("%Y-%m-%d", time.gmtime())
    assert perl(server, day) == headers(server, **{"from": day})


def test_five_thousand_records_come_whole_to_both_while_they_change(server, library):
    keys = sorted(add_copies(server, library[UNTOUCHED], range(230, 5_000)))
    wait_until(lambda: all_dated(server), 60, "the copies are told")
    start, found, gone = stamp(), {}, []
    # What was given and what is still to come goes while the list is read.
    turns = {1_000: keys[:10] + keys[-10:], 4_000: keys[100:110] + keys[-110:-100]}
    sickle = Sickle(server.url + "/oai", max_retries=5, timeout=60)
    for number, record in enumerate(sickle.ListRecords(metadataPrefix="oai_dc")):
        if number in turns:
            take_down(server, turns[number])
            gone += turns[number]
        assert record.header.identifier not in found, "twice"
        found[record.header.identifier] = record.deleted
    assert len(found) >= 5_000 and {one.rsplit(":", 1)[1] for one in found} >= set(keys)
    wait_until(lambda: all_dated(server), 60, "what changed is told")
    since = headers(server, **{"from": start})
    assert {one.rsplit(":", 1)[1] for one in since} == set(gone) and all(since.values())
    every = told(server)
    assert set(every) == set(found)
    assert {one.rsplit(":", 1)[1] for one, is_deleted in every.items() if is_deleted} >= set(gone)
    if has_perl_client():
        assert perl(server) == every


def test_whoever_asks_too_much_is_told_when_to_come_again(tmp_path):
    server = Server(tmp_path / "data", demo="none")
    try:
        with requests.Session() as session:
            answers = [session.get(server.url + "/oai?verb=Identify", timeout=30) for _ in range(1_300)]
        refused = [answer for answer in answers if answer.status_code == 503]
        assert refused and all(0 < int(answer.headers["Retry-After"]) <= 60 for answer in refused)
        assert all(answer.status_code in (200, 503) for answer in answers)
    finally:
        assert server.stop() == 0


class Library(http.server.ThreadingHTTPServer):
    """Another platform: its answers by token, good, broken, slow and without end."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Shelf)
        self.pages: dict[str, bytes] = {}
        self.asked: list[dict[str, str]] = []
        self.refusals = 0
        self.url = f"http://127.0.0.1:{self.server_port}/oai"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Shelf(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        self.server.asked.append(asked)
        if self.server.refusals:
            self.server.refusals -= 1
            self.send_response(503)
            self.send_header("Retry-After", "1")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = IDENTIFY if asked["verb"] == "Identify" else self.server.pages[asked.get("resumptionToken", "")]
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def answer(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>2026-11-30T08:00:00Z</responseDate>{body}</OAI-PMH>"
    ).encode()


IDENTIFY = answer("<Identify><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>")


def record(identifier: str, title: str) -> str:
    return (
        f"<record><header><identifier>{identifier}</identifier></header><metadata><dc><title>{title}</title>"
        f"<identifier>https://lib.example/{identifier}</identifier></dc></metadata></record>"
    )


def page(*records: str, token: str = "") -> bytes:
    end = f"<resumptionToken>{token}</resumptionToken>" if token else ""
    return answer("<ListRecords>" + "".join(records) + end + "</ListRecords>")


def harvest(server: Server, library: Library, name: str) -> str:
    """Registers the library when it is new, harvests it, and returns the report."""
    city = Person(server, "shiju")
    listed = city.session.get(server.url + "/resources/sources", timeout=30).text
    if name not in listed:
        done = city.post(
            "/resources/sources", "/resources/sources/new", name=name, base=library.url, format="oai_dc",
            audience="everybody", hours="24",
        )
        source = urllib.parse.urlsplit(done.url).path
    else:
        source = "/resources/sources/" + listed.split(f'">{name}</a>', 1)[0].rsplit("/resources/sources/", 1)[1]
    report = urllib.parse.urlsplit(city.post(source + "/harvests", source).url).path

    def ended() -> str:
        text = city.session.get(server.url + report, timeout=30).text
        return "" if "采集中" in text else text

    return wait_until(ended, 60, "the harvest ends")


def test_our_harvester_takes_what_is_good_and_tells_what_is_not(server):
    library = Library()
    library.refusals = 2
    library.pages = {
        "": page(record("a", "红树林 & 海"), record("b", "潮汐观测"), token="2"),
        "2": page(record("c", "海豚"), record("d", "白鹭"), token="3").replace("</title>".encode(), b"", 1),
        "3": page(record("e", "沙蟹的家")).decode().encode("gb18030"),
    }
    report = harvest(server, library, "海洋图书馆")
    assert "已完成" in report and "有问题的应答 3" in report and "退回的记录 1" in report
    found = requests.get(server.url + "/resources/external", timeout=30).text
    for title in ("潮汐观测", "白鹭", "沙蟹的家", "红树林 &amp; 海"):
        assert title in found, title
    assert "海豚" not in found

    library.pages = {"": page(record("c", "海豚"), '<record><header status="deleted"><identifier>b</identifier></header></record>')}
    again = harvest(server, library, "海洋图书馆")
    assert "已完成" in again and library.asked[-1]["from"] == "2026-11-30T07:00:00Z"
    found = requests.get(server.url + "/resources/external", timeout=30).text
    assert "海豚" in found and "潮汐观测" not in found
    library.shutdown()


def test_a_library_without_end_is_left(server):
    library = Library()
    library.pages = {"": page(record("x", "一"), token="1"), "1": page(record("y", "二"), token="2"),
                     "2": page(record("z", "三"), token="1")}
    report = harvest(server, library, "没有尽头的图书馆")
    assert "中断" in report and "没有尽头" in report
    assert len(library.asked) < 10
    library.shutdown()


def test_the_house_is_closed_unless_it_is_opened(tmp_path):
    library = Library()
    server = Server(tmp_path / "data")
    try:
        report = harvest(server, library, "内网的图书馆")
        assert "失败" in report and "内网" in report and not library.asked
    finally:
        library.shutdown()
        assert server.stop() == 0


def test_the_command_says_what_it_would_do(server, tmp_path):
    (tmp_path / "元数据.csv").write_text("标题,文件,类型\n没有,没有.txt,教案\n", encoding="utf-8")
    done = command("import", "resources", str(tmp_path), "--login", "wang", "--data", str(server.data))
    assert done.returncode == 0, done.stderr
    assert "refused 1" in done.stdout and "missing\t没有.txt" in done.stdout
    nobody = command("import", "resources", str(tmp_path), "--login", "nobody-at-all", "--data", str(server.data))
    assert nobody.returncode != 0
