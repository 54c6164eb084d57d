"""A system without an interface: its folder, a file that comes in, one that goes out, and the city's own bundle back again."""
import datetime
import pathlib
import re
import subprocess
import time

from playwright.sync_api import Page, expect
from steps import agree, go, heading

YEAR = datetime.date.today().year - (datetime.date.today().month < 9)


def sm3(path: pathlib.Path) -> str:
    """By another program than ours."""
    done = subprocess.run(["openssl", "dgst", "-sm3", "-r", str(path)], capture_output=True, text=True, check=True)
    return done.stdout.split()[0]


def drop(folder: pathlib.Path, name: str, text: str) -> None:
    """As the partner does: the content, its sum, and at last the marker."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (folder / f"{name}.sm3").write_text(sm3(path) + "\n")
    (folder / f"{name}.done").touch()


def wait_for(page: Page, words, limit: float = 45) -> None:
    """The platform looks into the folders every 20 seconds."""
    end = time.monotonic() + limit
    while not page.locator("main").get_by_text(words).count():
        assert time.monotonic() < end, page.locator("main").inner_text()
        page.wait_for_timeout(500)
        page.reload()


def figure(page: Page, name: str) -> int:
    found = page.locator(".statistic").filter(has=page.get_by_text(name, exact=True))
    # A light stands before a figure that asks for something.
    return int(re.sub(r"\D", "", found.locator(".statistic-value").inner_text()))


def test_files_and_bundles_of_other_systems(journey, server, tmp_path):
    city = journey("city")
    page = city.page
    page.goto("/plan")
    go(page, "数据交换")
    page.get_by_role("link", name="交换伙伴").click()
    page.get_by_role("link", name="新建交换伙伴").first.click()
    page.get_by_label("名称").fill("宿舍管理系统")
    page.get_by_label("文件夹名").fill("Dorm 1")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("文件夹名用 2 到 40 个小写字母")
    expect(page.get_by_label("名称")).to_have_value("宿舍管理系统")
    city.expect_clean()
    page.get_by_label("文件夹名").fill("dorm")
    page.get_by_label("单位范围").select_option(label="防城港市实验小学(示例)")
    page.get_by_label("全国学籍系统").check()
    page.get_by_label("全国教师系统").check()
    page.get_by_role("button", name="保存").click()
    heading(page, "宿舍管理系统")
    partner = page.url
    city.picture("city-exchange-partner", whole=True)

    # The school's code stands in the name of the file.
    inbox = server.data / "exchange/dorm/in"
    number = re.search(r"\b2145\d{6}\b", school_page(page)).group()
    roster = f"姓名,性别,班级,出生日期\n石大河,男,三(9)班,{YEAR - 9}-03-10\n石小河,女,海豚班,{YEAR - 9}-03-11\n"
    name = f"students_{number}_20260901083000.csv"
    drop(inbox, name, roster)
    drop(inbox, f"orgs_{number}_20260901083000.csv", "名称\n某校\n")
    page.goto(partner)
    wait_for(page, "待接受")
    expect(page.locator("main")).to_contain_text("未接收")
    city.expect_clean()
    assert "由市教育局平台维护" in (inbox / f"orgs_{number}_20260901083000.csv.refused").read_text(encoding="utf-8")
    page.get_by_role("link", name=name).click()
    assert (figure(page, "新增"), figure(page, "退回")) == (1, 1)
    expect(page.locator("main")).to_contain_text("看不出是几班")
    city.picture("city-exchange-file")
    file = page.url
    agree(page, "接受")
    heading(page, name)
    expect(page.locator("main")).to_contain_text("已写入花名册")
    agree(page, "撤销")
    expect(page.get_by_role("status")).to_contain_text("已撤销")

    page.goto(partner)
    page.get_by_role("row", name=re.compile("^学生")).get_by_role("button", name="写出全部").click()
    wait_for(page, "已发出")
    outbox = server.data / "exchange/dorm/out"
    sent = next(path for path in outbox.iterdir() if path.suffix == ".csv")
    assert (outbox / f"{sent.name}.sm3").read_text().split() == [sm3(sent), sent.name]
    assert (outbox / f"{sent.name}.done").exists()
    phone = journey("city", "phone")
    for address in (partner, file):
        phone.page.goto(address)
        phone.expect_clean()

    # The city's own bundle comes back and brings nothing.
    go(page, "名册包")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    bundle = tmp_path / "名册.zip"
    download.value.save_as(bundle)
    page.get_by_role("link", name="收到的名册包").click()
    page.get_by_role("link", name="接收名册包").first.click()
    page.get_by_label("交换伙伴").select_option(label="宿舍管理系统")
    page.locator("input[type=file]").set_input_files(bundle)
    page.get_by_role("button", name="上传").click()
    heading(page, "名册.zip")
    expect(page.locator("main")).to_contain_text("users.csv")
    assert (figure(page, "新增"), figure(page, "变更")) == (0, 0), page.locator("main").inner_text()
    city.picture("city-exchange-bundle", whole=True)


def school_page(page: Page) -> str:
    """What the list of schools says of 实验小学, its code among it."""
    return page.context.request.get("/schools?q=实验小学&format=csv").text()
