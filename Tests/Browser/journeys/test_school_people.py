"""The school administrator brings her school in: staff, a class, its pupils, their accounts; and a teacher leaves."""
import datetime

from playwright.sync_api import expect
from steps import confirm, go, heading, school_addresses, status

YEAR = datetime.date.today().year - (datetime.date.today().month < 9)
PASSWORD = "Mu-mian-88-shu"


def activate(page, login: str, code: str) -> None:
    page.goto("/activate")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("激活码").fill(code)
    page.get_by_label("设置密码").fill(PASSWORD)
    page.get_by_label("再填一次密码").fill(PASSWORD)
    page.get_by_role("button", name="激活并登录").click()
    page.wait_for_url(lambda url: "/activate" not in url)


def add_teacher(page, school: str, name: str, phone: str) -> None:
    page.goto(school)
    page.get_by_role("link", name="教职工").click()
    page.get_by_role("link", name="添加教职工").click()
    page.get_by_label("姓名").fill(name)
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="添加").click()
    expect(page.locator("main")).to_contain_text(name)


def new_class(journey, number: int, teacher: str) -> str:
    page = journey.page
    go(page, "班级")
    page.get_by_role("link", name="新建班级").click()
    page.get_by_label("小学").check()
    page.get_by_label("入学年").fill(str(YEAR - 1))
    page.get_by_label("班号").fill(str(number))
    journey.picture("school-class-new")
    page.get_by_role("button", name="新建", exact=True).click()
    heading(page, f"二年级({number})班")
    address = page.url
    page.get_by_role("link", name="安排教师").click()
    heading(page, "安排教师")
    choice = page.locator("select[name=person]")
    labels = choice.locator("option").all_inner_texts()
    choice.select_option(label=next(label for label in labels if label.startswith(teacher)))
    page.get_by_role("button", name="安排").click()
    expect(page.locator("#teachers")).to_contain_text(teacher)
    return address


def test_a_school_enters_its_people_and_opens_their_accounts(journey):
    school = journey("school")
    page = school.page
    home = school_addresses(page)[0]
    add_teacher(page, home, "林小梅", "13977000123")
    school.picture("school-staff")
    address = new_class(school, 9, "林小梅")
    school.expect_clean()

    page.get_by_role("link", name="批量添加").click()
    page.get_by_label("学生名单").fill("刘一鸣\n阿卜杜热西提·麦麦提依明江\n钟晓 G12345")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("#preview")).to_contain_text("1 行不能添加")
    school.picture("school-pupils-preview")
    page.get_by_label("学生名单").fill("刘一鸣\n阿卜杜热西提·麦麦提依明江\n钟晓")
    page.get_by_role("button", name="重新查看").click()
    page.get_by_role("button", name="添加 3 名学生").click()
    heading(page, "二年级(9)班")
    school.picture("school-class")

    page.goto(home + "/staff")
    page.get_by_role("link", name="开通账号").click()
    heading(page, "开通账号")
    school.picture("school-accounts")
    page.get_by_role("button", name="为教职工开通账号").click()
    expect(page.get_by_role("status")).to_contain_text("已为教职工开通")
    page.get_by_role("button", name="为全校学生开通账号").click()
    expect(page.get_by_role("status")).to_contain_text("由班主任打印激活条或登录卡")
    school.expect_clean()
    page.get_by_role("button", name="打印激活条").click()
    heading(page, "激活条")
    school.picture("school-slips")
    slip = page.locator(".slip").filter(has=page.get_by_role("heading", name="林小梅", exact=True))
    login, code = slip.locator("code").all_inner_texts()

    # Long names stay on their cards.
    page.goto(address + "/accounts")
    page.get_by_role("button", name="打印全班登录卡").click()
    confirm(page, "打印全班登录卡")
    expect(page.locator(".slip--card")).to_have_count(3)
    school.expect_clean()

    teacher = journey()
    own = teacher.page
    activate(own, login, code)
    go(own, "班级")
    own.get_by_role("link", name="二年级(9)班").click()
    own.get_by_role("link", name="班级账号").click()
    heading(own, "班级账号")
    teacher.expect_clean()

    # She leaves: with her post go her class, her role and what they open, at once.
    page.goto(home + "/staff")
    row = page.locator("main tbody tr").filter(has_text="林小梅")
    row.get_by_role("button", name="结束任职").click()
    confirm(page, "结束任职")
    expect(page.get_by_role("status")).to_be_visible()
    school.expect_clean()
    assert [status(own, path) for path in (address, address + "/accounts", home, "/classes")] == [404] * 4
    page.goto("/accounts?q=林小梅")
    page.get_by_role("link", name="林小梅").click()
    expect(page.locator("#grants")).to_contain_text("已结束")
    assert page.locator("#grants").get_by_text("有效", exact=True).count() == 0
    school.picture("school-teacher-left")


def test_opening_accounts_fits_a_phone(journey):
    school = journey("school", "phone")
    page = school.page
    page.goto(school_addresses(page)[0] + "/accounts")
    school.picture("school-accounts-phone")
