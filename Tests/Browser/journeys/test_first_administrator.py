"""A fresh installation: the operator opens the link, and the first administrator works."""
import re

import pytest
from playwright.sync_api import expect
from santong import Server
from steps import heading

LINK = re.compile(r"open (http://\S+/setup/\S+) once")
PASSWORD = "Hai-jiao-4th-light"


@pytest.fixture
def fresh(tmp_path):
    server = Server(tmp_path / "data", demo="none")
    yield server
    assert server.stop() == 0, server.last_lines()


def test_the_first_administrator_is_entered_by_the_link_and_signs_in(fresh, browser):
    link = LINK.search(fresh.log.read_text())
    assert link, fresh.last_lines()
    context = browser.new_context(base_url=fresh.url, locale="zh-CN")
    page = context.new_page()
    page.goto(link.group(1))
    heading(page, "第一位管理员")
    page.get_by_label("姓名").fill("张主任")
    page.get_by_label("登录名").fill("zhang")
    page.get_by_label("密码", exact=False).first.fill("short")
    page.get_by_label("再填一次密码").fill("short")
    page.get_by_role("button", name="建立账号").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("姓名")).to_have_value("张主任")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=repeated]").fill(PASSWORD)
    page.get_by_role("button", name="建立账号").click()
    heading(page, "登录")
    page.locator("input[name=login]").fill("zhang")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/accounts")
    expect(page.locator("main")).to_contain_text("张主任")
    # Nobody else can use the link any more.
    assert context.request.get(link.group(1)).status == 404
    context.close()
