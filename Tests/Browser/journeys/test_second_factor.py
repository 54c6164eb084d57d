"""A second factor beside the password: set up, given, lost and reset."""
import re

from playwright.sync_api import expect
from steps import Authenticator, choose_password, heading, new_account, scan, sign_in

PASSWORD = "Lan-hua-77-kai"
TEACHER = {"username": "molaoshi", "password": PASSWORD}


def sign_out(page) -> None:
    page.goto("/account")
    menu = page.locator("details.fold > summary")
    if menu.is_visible():
        menu.click()
    page.locator("header form[action='/sign-out'] button, form[action='/sign-out'] button").first.evaluate(
        "button => button.form.requestSubmit(button)"
    )
    heading(page, "登录")


def give(page, code: str) -> None:
    page.get_by_label("验证码").fill(code)
    page.get_by_role("button", name=re.compile("^(确认|启用)$")).click()


def test_a_teacher_protects_her_account_and_loses_her_phone(journey):
    school = journey("school")
    desk = school.page
    first = new_account(desk, "莫老师", "molaoshi", "教师")
    desk.get_by_role("link", name="账号：莫老师").click()
    account = desk.url

    teacher = journey()
    page = teacher.page
    sign_in(page, TEACHER | {"password": first}, "/account")
    choose_password(page, first, PASSWORD)
    page.goto("/account")
    page.get_by_role("link", name="启用两步验证").click()
    heading(page, "设置两步验证")
    teacher.picture("second-factor-begin")
    address = scan(page.get_by_role("img", name="验证器二维码"))
    assert address.startswith("otpauth://totp/"), address
    secret = re.search("secret=([A-Z2-7]+)", address).group(1)
    assert page.locator("main code").inner_text().replace(" ", "") == secret
    phone = Authenticator(secret)
    give(page, "000000")
    expect(page.get_by_role("alert")).to_contain_text("验证码不正确")
    teacher.expect_clean()
    give(page, phone.code())
    heading(page, "恢复码")
    teacher.picture("second-factor-recovery")
    codes = page.locator("main li code").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("link", name="已经记下，继续").click()
    expect(page.locator("#second-factor")).to_contain_text("已启用")
    teacher.picture("second-factor-on")

    sign_out(page)
    sign_in(page, TEACHER, "/account")
    heading(page, "两步验证")
    teacher.picture("second-factor-ask")
    # Nothing opens in between.
    page.goto("/account")
    heading(page, "两步验证")
    give(page, phone.code())
    heading(page, "我的账号")

    sign_out(page)
    sign_in(page, TEACHER, "/account")
    give(page, codes[0])
    heading(page, "我的账号")
    expect(page.locator("#second-factor")).to_contain_text("还有 9 个恢复码")
    sign_out(page)
    sign_in(page, TEACHER, "/account")
    give(page, codes[0])
    expect(page.get_by_role("alert")).to_be_visible()

    desk.goto(account)
    expect(desk.locator("main")).to_contain_text("已启用")
    desk.get_by_role("button", name="重置两步验证").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("核实本人身份")
    dialog.get_by_role("button", name="重置两步验证").click()
    expect(desk.get_by_role("status")).to_contain_text("两步验证已重置")
    school.picture("second-factor-reset")
    sign_in(page, TEACHER, "/account")
    heading(page, "我的账号")
    expect(page.locator("#second-factor")).to_contain_text("没有启用")


def test_the_second_step_fits_a_phone(journey):
    pupil = journey("pupil", "phone")
    pupil.page.goto("/sign-in/confirm?return=/account")
    heading(pupil.page, "设置两步验证")
    pupil.picture("second-factor-begin-phone")


def test_the_security_administrator_demands_it_of_a_role(journey, accounts):
    security = journey("security")
    page = security.page
    page.goto("/accounts/policy")
    heading(page, "安全策略")
    security.picture("security-policy")
    page.get_by_label("教研员").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("安全策略已保存")
    security.expect_clean()

    researcher = journey()
    own = researcher.page
    sign_in(own, accounts["security"] | {"username": "zhou"})
    heading(own, "设置两步验证")
    expect(own.locator("main")).to_contain_text("你的角色登录时必须使用两步验证")
    researcher.picture("second-factor-demanded")

    page.get_by_label("教研员").uncheck()
    page.get_by_role("button", name="保存").click()
    own.goto("/plan")
    heading(own, "计划")
