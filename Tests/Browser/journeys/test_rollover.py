"""A city goes over into a new school year: a school makes an exception and gives its word, the city runs it and takes it
back. In life that is done from May to December; from January to April the server of this journey takes a day in May for
today where it judges the months."""
import datetime
import re

import pytest
from conftest import demo_accounts
from playwright.sync_api import expect
from santong import Server, command
from steps import go, heading

TODAY = datetime.date.today()
YEAR = TODAY.year
PUPILS = ("甘小禾", "甘小苗", "甘小穗")

if TODAY.month < 5:

    @pytest.fixture(scope="module")
    def server(tmp_path_factory):
        day = {"SANTONG_DEMO_TODAY": f"{YEAR}-05-20"}
        server = Server(tmp_path_factory.mktemp("spring") / "data", environment=day)
        yield server
        assert server.stop() == 0, "the server did not end well:\n" + server.last_lines()

    @pytest.fixture(scope="module")
    def accounts(server):
        return demo_accounts(server)

    @pytest.fixture(scope="module")
    def sessions():
        return {}


def test_only_a_demo_takes_another_day_for_today(tmp_path):
    data = str(tmp_path / "data")
    assert command("migrate", "--data", data).returncode == 0
    refused = command("doctor", "--data", data, environment={"SANTONG_DEMO_TODAY": "2026-05-20"})
    assert refused.returncode != 0 and "holds no demo" in refused.stderr


def finished_class(page) -> str:
    """A class whose last grade is over, with three pupils."""
    go(page, "班级")
    page.get_by_role("link", name="新建班级").click()
    page.get_by_label("小学").check()
    page.locator("input[name=entryYear]").fill(str(YEAR - 6))
    page.get_by_label("班号").fill("8")
    page.get_by_label("开班日期").fill(f"{YEAR - 6}-09-01")
    page.get_by_role("button", name="新建", exact=True).click()
    heading(page, f"{YEAR - 6}级小学(8)班" if TODAY.month >= 9 else "六年级(8)班")
    address = page.url
    page.get_by_role("link", name="批量添加").click()
    page.get_by_label("学生名单").fill("\n".join(PUPILS))
    page.get_by_label("入班日期").fill(f"{YEAR - 6}-09-01")
    page.get_by_role("button", name="查看").click()
    page.get_by_role("button", name=re.compile("添加 3 名学生")).click()
    expect(page.locator("#pupils")).to_contain_text(PUPILS[0])
    return address


def test_a_school_makes_an_exception_and_the_city_runs_and_takes_back(journey):
    school = journey("school")
    page = school.page
    page.goto("/")
    address = finished_class(page)
    go(page, "学年升级")
    heading(page, "学年升级")
    expect(page.locator("main")).to_contain_text("业务办理以全国学籍系统为准")
    school.picture("rollover-school")
    own = page.url
    page.get_by_role("link", name="六年级(8)班").click()
    heading(page, "六年级(8)班")
    expect(page.locator("main")).to_contain_text("毕业离校")
    page.locator("select[name=enrolment]").select_option(label=PUPILS[0])
    page.get_by_label("办理事项").select_option(label="留级")
    number = page.locator("#exception input[name=place]")
    number.fill("77")
    page.get_by_role("button", name="保存例外").click()
    expect(page.get_by_role("alert").first).to_contain_text("新学年没有六年级(77)班")
    expect(number).to_have_value("77")
    number.fill("1")
    page.get_by_role("button", name="保存例外").click()
    expect(page.locator("#pupils")).to_contain_text("留级，1 班")
    school.picture("rollover-class")
    school.expect_clean()
    page.goto(own)
    page.get_by_role("button", name="确认本校升级").click()
    expect(page.locator("#state")).to_contain_text("已确认")

    city = journey("city")
    bureau = city.page
    bureau.goto("/")
    go(bureau, "学年升级")
    heading(bureau, "学年升级")
    city.picture("rollover-city")
    bureau.locator("#run").get_by_label("范围").select_option(label="防城港市")
    bureau.get_by_role("button", name="办理升级").click()
    # When the job is done its page leads to what it did.
    result_card = bureau.locator("#result")
    expect(result_card).to_contain_text("已办理", timeout=30_000)
    expect(result_card.locator("div").filter(has_text="毕业离校")).to_contain_text("2 人")
    city.picture("rollover-result")
    city.expect_clean()
    result = bureau.url
    page.goto(address)
    expect(page.locator("main")).not_to_contain_text("添加学生")
    expect(page.locator("main")).to_contain_text("结束")

    bureau.goto(result)
    bureau.get_by_role("button", name="撤销升级").click()
    expect(result_card.locator("div").filter(has_text="状态")).to_contain_text("已撤销", timeout=30_000)
    page.goto(address)
    for name in PUPILS:
        expect(page.locator("#pupils")).to_contain_text(name)


def test_a_school_sees_its_rollover_on_a_phone(journey):
    school = journey("school", "phone")
    page = school.page
    page.goto("/rollovers")
    heading(page, "学年升级")
    school.picture("rollover-phone")
    school.expect_clean()
