"""A school confirms guardians, the class teacher gives them accounts, and a mother sees her two children and no more."""
from playwright.sync_api import expect
from steps import activate, confirm, go, heading, slip_of, status

CLASS, OTHER = "六年级(1)班", "六年级(2)班"
PHONE, PASSWORD = "19900009876", "Qing-shan-66"


def open_class(page, name: str) -> str:
    page.goto("/")
    go(page, "班级")
    page.get_by_role("link", name=name, exact=True).click()
    heading(page, name)
    return page.url


def last_pupil(page) -> str:
    link = page.locator("#pupils tbody a").last
    name = link.inner_text()
    link.click()
    heading(page, name)
    return name


def add_mother(page) -> None:
    page.get_by_role("link", name="添加家长").click()
    heading(page, "添加家长")
    page.get_by_label("姓名").fill("农春梅")
    page.get_by_label("与学生的关系").select_option(label="母亲")
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_role("button", name="添加", exact=True).click()


def test_a_mother_sees_her_children_until_the_school_ends_the_relation(journey):
    school = journey("school")
    page = school.page
    open_class(page, CLASS)
    first, first_page = last_pupil(page), page.url
    school.expect_clean()
    add_mother(page)
    expect(page.locator("#guardians")).to_contain_text("农春梅")
    school.picture("school-guardians")
    open_class(page, OTHER)
    second = last_pupil(page)
    add_mother(page)
    # She is known by her phone: bound, not entered twice.
    expect(page.locator("#known")).to_contain_text("不会重复建人")
    school.picture("school-guardian-known")
    page.get_by_role("button", name="是同一人，登记为家长").click()
    expect(page.locator("#guardians")).to_contain_text("农春梅")

    teacher = journey("teacher", "phone")
    phone = teacher.page
    address = open_class(phone, CLASS)
    phone.locator("main").get_by_role("link", name="家长", exact=True).tap()
    heading(phone, "家长")
    expect(phone.locator("main")).to_contain_text("农春梅（母亲，199****9876）")
    teacher.picture("class-guardians-phone")
    phone.get_by_role("link", name="家长账号").tap()
    heading(phone, "家长账号")
    phone.get_by_role("button", name="为全班家长开通账号").tap()
    expect(phone.get_by_role("status")).to_contain_text("家长账号")
    teacher.picture("class-guardian-accounts")
    phone.get_by_role("button", name="打印激活条").tap()
    heading(phone, "激活条")
    slip = slip_of(phone, "农春梅")

    mother = journey(screen="phone")
    own = mother.page
    own.goto("/activate")
    activate(own, slip, PASSWORD)
    heading(own, "我的孩子")
    for name in (first, second):
        expect(own.locator("main")).to_contain_text(name)
    mother.picture("guardian-children")
    own.get_by_role("link", name=f"查看{first}").tap()
    heading(own, first)
    expect(own.locator("#school")).to_contain_text("班主任")
    mother.picture("guardian-child")
    child = own.url
    assert [status(own, path) for path in (first_page, address, address + "/guardians")] == [404, 404, 404]
    own.goto("/children")
    own.get_by_role("link", name="申报另一个孩子").tap()
    own.get_by_label("孩子姓名").fill("莫小山")
    own.get_by_label("学籍号").fill("G450699200809010014")
    own.get_by_label("与学生的关系").select_option(label="母亲")
    mother.picture("guardian-declare")
    own.get_by_role("button", name="提交").tap()
    expect(own.get_by_role("status")).to_contain_text("已提交")

    page.goto(first_page)
    page.locator("#guardians").get_by_role("link", name="农春梅").click()
    school.picture("school-guardian")
    page.get_by_role("button", name="结束登记").click()
    confirm(page, "结束登记")
    expect(page.get_by_role("status")).to_contain_text("已结束")
    assert status(own, child) == 404
    own.goto("/children")
    expect(own.locator("main")).to_contain_text(second)
    expect(own.locator("main")).not_to_contain_text(first)
    mother.expect_clean()
