"""A fresh installation: the operator opens the link, and the first administrator works."""
import re

import pytest
from page_checks import look
from playwright.sync_api import expect
from santong import Server
from steps import Authenticator, heading, scan, sign_in

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
    sign_in(page, {"username": "zhang", "password": PASSWORD})
    # An administrator of the city has to set up a second factor before anything else.
    heading(page, "设置两步验证")
    assert "/sign-in" in page.goto("/accounts").url
    findings = look(page)
    assert not findings, "\n".join(findings)
    phone = Authenticator(re.search("secret=([A-Z2-7]+)", scan(page.get_by_role("img", name="验证器二维码"))).group(1))
    page.get_by_label("验证码").fill(phone.code())
    page.get_by_role("button", name="启用").click()
    heading(page, "恢复码")
    assert len(set(page.locator("main li code").all_inner_texts())) == 10
    page.get_by_role("link", name="已经记下，继续").click()
    page.goto("/accounts")
    expect(page.locator("main")).to_contain_text("张主任")
    # Nobody else can use the link any more.
    assert context.request.get(link.group(1)).status == 404
    context.close()
