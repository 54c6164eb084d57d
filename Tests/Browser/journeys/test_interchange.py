"""A curator harvests another library and keeps a catalogue of free resources; a teacher brings a folder of her own."""
import http.server
import threading
import urllib.parse
import zipfile

import pytest
from conftest import demo_accounts
from playwright.sync_api import expect
from santong import Server
from steps import confirm, go, heading

ANSWER = (
    '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-11-30T08:00:00Z</responseDate>{}</OAI-PMH>"
)


def wait_until(page, state: str) -> None:
    """A harvest goes on beside the page, which shows its state when it is read again."""
    for _ in range(60):
        if page.get_by_text(state, exact=True).count():
            return
        page.wait_for_timeout(500)
        page.reload()


def record(identifier: str, title: str) -> str:
    return (
        f"<record><header><identifier>{identifier}</identifier></header><metadata><dc><title>{title}</title>"
        f"<identifier>https://lib.example/{identifier}</identifier><publisher>示例海洋馆</publisher>"
        f"<description>北部湾的潮间带动物。</description></dc></metadata></record>"
    )


class Shelf(http.server.BaseHTTPRequestHandler):
    """A library of which the second answer is broken; another, at /busy, asks everybody to come again in an hour."""

    def do_GET(self):
        if self.path.startswith("/busy"):
            self.send_response(503)
            self.send_header("Retry-After", "3600")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        if asked["verb"] == "Identify":
            body = ANSWER.format("<Identify><granularity>YYYY-MM-DD</granularity></Identify>")
        elif asked.get("resumptionToken") == "2":
            body = ANSWER.format(f"<ListRecords>{record('c', '鲎的一生')}{record('d', '坏的')}</ListRecords>")
            body = body.replace("坏的</title>", "坏的")
        else:
            records = record("a", "招潮蟹观察手册") + record("b", "弹涂鱼")
            body = ANSWER.format(f"<ListRecords>{records}<resumptionToken>2</resumptionToken></ListRecords>")
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def library():
    shelf = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    threading.Thread(target=shelf.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{shelf.server_port}/oai"
    shelf.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A city of its own, whose server may ask its neighbours."""
    server = Server(
        tmp_path_factory.mktemp("interchange") / "data", environment={"SANTONG_OUTBOUND_PRIVATE": "true"}
    )
    yield server
    assert server.stop() == 0, "the server did not end well:\n" + server.last_lines()


@pytest.fixture(scope="module")
def accounts(server):
    return demo_accounts(server)


@pytest.fixture(scope="module")
def sessions():
    return {}


def test_a_curator_harvests_a_library(journey, library):
    curator = journey("city")
    page = curator.page
    page.goto("/")
    go(page, "外部资源")
    heading(page, "外部资源")
    page.get_by_role("link", name="采集源").click()
    expect(page.locator("main")).to_contain_text("还没有采集源")
    page.get_by_role("link", name="登记采集源").click()
    page.get_by_label("采集地址").fill("file:///etc/passwd")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".error-summary")).to_contain_text("填写名称")
    expect(page.get_by_label("采集地址")).to_have_value("file:///etc/passwd")
    curator.expect_clean()
    page.get_by_label("名称").fill("示例海洋馆")
    page.get_by_label("采集地址").fill(library)
    page.get_by_label("谁能找到").select_option(label="所有人")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已登记")
    page.get_by_role("button", name="立即采集").click()
    heading(page, "采集报告")
    wait_until(page, "已完成")
    main = page.locator("main")
    expect(main).to_contain_text("新增 3")
    expect(main).to_contain_text("有问题的应答 1")
    expect(page.locator("#faults")).to_contain_text("不是完整的 XML")
    curator.expect_clean()

    visitor = journey("visitor", "phone")
    visitor.page.goto("/resources/search")
    visitor.page.get_by_label("要找什么").fill("招潮蟹")
    visitor.page.get_by_role("button", name="查询").click()
    found = visitor.page.locator("#external")
    expect(found).to_contain_text("示例海洋馆")
    link = found.get_by_role("link", name="招潮蟹观察手册")
    expect(link).to_have_attribute("href", "https://lib.example/a")
    expect(link).to_have_attribute("rel", "external noopener noreferrer")
    visitor.expect_clean()
    visitor.page.goto("/resources/external")
    expect(visitor.page.locator("main")).to_contain_text("弹涂鱼")
    visitor.expect_clean()


def test_a_curator_stops_a_harvest(journey, library):
    curator = journey("city")
    page = curator.page
    page.goto("/resources/sources/new")
    page.get_by_label("名称").fill("忙碌的馆")
    page.get_by_label("采集地址").fill(library.replace("/oai", "/busy"))
    expect(page.get_by_label("记录上限")).to_have_value("200000")
    page.get_by_label("记录上限").fill("2000001")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".error-summary")).to_contain_text("记录上限应在 1 到 2000000 之间")
    page.get_by_label("记录上限").fill("5000")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("一次 5000 条")
    page.get_by_role("button", name="立即采集").click()
    heading(page, "采集报告")
    page.get_by_role("link", name="忙碌的馆").first.click()
    expect(page.locator("main")).to_contain_text("正在采集")
    curator.expect_clean()
    page.get_by_role("button", name="停止采集").click()
    heading(page, "采集报告")
    wait_until(page, "中断")
    expect(page.locator("main")).to_contain_text("停止；已收下的保留")
    curator.expect_clean()


def test_a_curator_keeps_free_resources(journey, tmp_path):
    curator = journey("city")
    page = curator.page
    page.goto("/resources/free-links")
    heading(page, "免费资源目录")
    page.get_by_role("link", name="添加").click()
    page.get_by_label("标题").fill("潮汐表")
    page.get_by_label("网址").fill("https://tide.example/")
    page.get_by_label("授权方式").select_option(label="公有领域")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已添加")
    curator.expect_clean()

    table = tmp_path / "免费资源.csv"
    table.write_text("标题,网址,学段\n红树林地图,https://mangrove.example/,小学\n坏的,ftp://x,大学\n", encoding="utf-8")
    page.get_by_role("link", name="导入表格").click()
    page.get_by_label("表格").set_input_files(table)
    page.get_by_role("button", name="查看变更集").click()
    heading(page, "变更集")
    expect(page.locator("#lines")).to_contain_text("新增 1，变更 0，不变 0，退回 1")
    expect(page.locator("#lines")).to_contain_text("不认识“大学”")
    curator.expect_clean()
    page.get_by_role("button", name="接受", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已导入")
    page.get_by_role("link", name="红树林地图").click()
    page.get_by_role("button", name="删除").click()
    confirm(page, "删除")
    expect(page.get_by_role("status").first).to_contain_text("已删除")
    curator.expect_clean()


def test_a_teacher_brings_a_folder(journey, tmp_path):
    archive = tmp_path / "海边的课.zip"
    rows = [
        "标题,文件,类型,课,授权方式,谁能看到", "赶海教案,第一课/赶海.txt,教案,捡贝壳的孩子,CC BY 4.0,全市",
        "贝壳练习,练习.txt,习题,捡贝壳的孩子,,本校", "没有文件的,没有.txt,教案,,,",
    ]
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("元数据.csv", "\n".join(rows))
        packed.writestr("第一课/赶海.txt", "看潮水退去。")
        packed.writestr("练习.txt", "数一数贝壳。")
        packed.writestr("草稿.txt", "没有人要。")
    teacher = journey("teacher")
    page = teacher.page
    page.goto("/resources/mine")
    page.get_by_role("link", name="导入文件夹").click()
    page.get_by_role("link", name="上传压缩包").click()
    page.get_by_label("压缩包").set_input_files(archive)
    page.get_by_role("button", name="查看变更集").click()
    heading(page, "变更集")
    main = page.locator("main")
    expect(main).to_contain_text("新增 2，不变 0，退回 1")
    expect(main).to_contain_text("文件夹里没有“没有.txt”")
    expect(main).to_contain_text("草稿.txt")
    teacher.expect_clean()
    page.get_by_label("提交审核").check()
    page.get_by_label("原创声明").check()
    page.get_by_role("button", name="接受", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("导入完成")
    page.get_by_role("link", name="赶海教案").click()
    heading(page, "赶海教案")
    expect(page.locator("main")).to_contain_text("校级待审")
    with page.expect_download() as lom:
        page.get_by_role("link", name="导出元数据 LOM").click()
    assert lom.value.suggested_filename == "赶海教案.xml"
    teacher.expect_clean()

    # The same archive again makes nothing new.
    page.goto("/resources/folders/new")
    page.get_by_label("压缩包").set_input_files(archive)
    page.get_by_role("button", name="查看变更集").click()
    expect(page.locator("main")).to_contain_text("新增 0，不变 2，退回 1")
    expect(page.locator("main")).to_contain_text("没有可以导入的新资源")
    teacher.expect_clean()
