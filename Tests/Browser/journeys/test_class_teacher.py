"""A class teacher gives her pupils their accounts; they come in by slip and by card."""
import re

from playwright.sync_api import expect
from steps import activate, confirm, go, heading, scan, sign_in, slip_of, status

CLASS = "六年级(1)班"
PASSWORD = "Qing-shan-66"


def class_accounts(page) -> str:
    """From the front page to the accounts of the class she leads."""
    page.goto("/")
    go(page, "班级")
    page.get_by_role("link", name=CLASS).click()
    page.get_by_role("link", name="班级账号").click()
    heading(page, "班级账号")
    return page.url


def open_accounts(page) -> None:
    """Whatever test comes first."""
    button = page.get_by_role("button", name="为全班开通账号")
    if button.count():
        button.click()
        expect(page.get_by_role("status")).to_contain_text("已开通")


def test_a_class_gets_accounts_and_cards_and_a_pupil_scans_hers(journey):
    teacher = journey("teacher")
    page = teacher.page
    page.goto("/")
    go(page, "班级")
    teacher.picture("class-own")
    page.get_by_role("link", name=CLASS).click()
    teacher.picture("class-page")
    address = class_accounts(page)
    teacher.expect_clean()
    open_accounts(page)
    teacher.picture("class-accounts")
    page.get_by_role("button", name="打印全班登录卡").click()
    confirm(page, "打印全班登录卡")
    heading(page, "登录卡")
    teacher.picture("class-cards")
    expect(page.locator(".slip--card")).to_have_count(40)
    card = page.locator(".slip--card").last
    name = card.get_by_role("heading").inner_text()
    link = scan(card.get_by_role("img"))

    pupil = journey(screen="phone")
    phone = pupil.page
    phone.goto(link)
    heading(phone, name)
    pupil.picture("pupil-card")
    phone.get_by_role("button", name=f"以{name}登录").click()
    phone.wait_for_url(lambda url: "/card/" not in url)
    pupil.expect_clean()
    phone.goto("/account")
    expect(phone.locator("main")).to_contain_text(name)
    pupil.picture("pupil-account")
    assert [status(phone, path) for path in ("/classes", "/accounts", address)] == [404, 404, 404]

    # A card that was lost is printed anew, and the old one is worth nothing.
    page.goto(address)
    page.get_by_role("button", name=f"打印{name}的登录卡").click()
    heading(page, "登录卡")
    expect(page.locator(".slip--card")).to_have_count(1)
    finder = journey(screen="phone")
    assert finder.page.goto(link).status == 404
    expect(finder.page.locator("main")).to_contain_text("登录卡无效")
    finder.picture("pupil-card-refused")


def test_a_pupil_activates_her_account_by_a_slip(journey):
    teacher = journey("teacher")
    page = teacher.page
    class_accounts(page)
    open_accounts(page)
    page.get_by_role("button", name="打印激活条").click()
    heading(page, "激活条")
    teacher.picture("class-slips")
    slip = slip_of(page)
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", slip["code"])
    # The page is an answer, not a place: who comes back does not see the codes again.
    page.reload()
    assert slip["code"] not in page.content()

    pupil = journey(screen="phone")
    own = pupil.page
    own.goto("/sign-in")
    own.get_by_role("link", name="激活账号").click()
    heading(own, "激活账号")
    pupil.picture("pupil-activation")
    activate(own, slip, "12345678")
    expect(own.get_by_role("alert")).to_be_visible()
    expect(own.get_by_label("激活码")).to_have_value(slip["code"])
    pupil.picture("pupil-activation-refused")
    activate(own, slip, PASSWORD)
    own.wait_for_url(lambda url: "/activate" not in url)
    pupil.expect_clean()
    own.goto("/account")
    expect(own.locator("main")).to_contain_text(slip["name"])

    again = journey().page
    again.goto("/activate")
    activate(again, slip, PASSWORD + "x")
    expect(again.get_by_role("alert")).to_contain_text("已经用过")
    sign_in(again, {"username": slip["login"], "password": PASSWORD})


def test_a_forgotten_password_is_reset_in_two_taps_on_a_phone(journey):
    teacher = journey("teacher", "phone")
    page = teacher.page
    class_accounts(page)
    open_accounts(page)
    page.goto("/classes")
    page.get_by_role("link", name=CLASS).click()
    teacher.picture("class-page-phone")
    page.get_by_role("link", name="班级账号").tap()
    heading(page, "班级账号")
    teacher.picture("class-accounts-phone")
    page.get_by_role("button", name=re.compile("^重置.*的密码")).last.tap()
    heading(page, "激活条")
    expect(page.locator(".slip")).to_have_count(1)
    teacher.picture("class-reset-phone")
    slip = slip_of(page)

    pupil = journey(screen="phone").page
    pupil.goto("/activate")
    activate(pupil, slip, PASSWORD)
    pupil.wait_for_url(lambda url: "/activate" not in url)
    page.get_by_role("link", name="返回").click()
    page.get_by_role("button", name=f"重置{slip['name']}的密码").click()
    heading(page, "激活条")
    assert slip_of(page, slip["name"])["code"] != slip["code"]
    # Whoever was signed in with the old password is out.
    pupil.goto("/account")
    heading(pupil, "登录")


def test_a_class_teacher_equips_only_her_own_class(journey, people):
    school = people.page("school")
    school.goto("/classes")
    school.get_by_role("link", name="六年级(2)班").click()
    other = school.url
    page = journey("teacher").page
    assert [status(page, path) for path in (other, other + "/accounts")] == [404, 404]
    assert status(school, other + "/accounts") == 200
