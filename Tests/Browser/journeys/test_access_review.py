"""Who may do what, and why; the way of a teacher from one school to another."""
import openpyxl
from playwright.sync_api import expect
from steps import choose_password, heading, new_account, school_addresses, sign_in, status

PASSWORD = "Bai-lu-99-fei"


def ask(page, permission: str, place: str) -> None:
    page.goto("/accounts")
    page.get_by_role("link", name="权限查询").click()
    heading(page, "权限查询")
    # Each choice asks at once.
    with page.expect_navigation():
        page.get_by_label("权限", exact=True).select_option(label=permission)
    choice = page.get_by_label("单位", exact=True)
    labels = choice.locator("option").all_inner_texts()
    with page.expect_navigation():
        choice.select_option(label=next(label for label in labels if place in label))


def row(page, name: str):
    return page.locator("main tbody tr").filter(has_text=name)


def test_the_security_administrator_sees_who_may_and_why(journey):
    security = journey("security")
    page = security.page
    page.goto("/accounts/access")
    security.expect_clean()
    ask(page, "填报三通登记", "实验小学")
    expect(row(page, "李校长")).to_contain_text("本单位的角色")
    expect(row(page, "市局管理员").first).to_contain_text("上级单位的角色")
    assert row(page, "王老师").count() == 0
    security.picture("access-review")
    ask(page, "导出审计日志", "防城港市")
    expect(row(page, "审计管理员").first).to_be_visible()
    assert page.locator("main tbody tr").count() == 1


def test_a_school_asks_about_its_own_people(journey, people, accounts, tmp_path):
    school = journey()
    page = school.page
    sign_in(page, accounts["school"])
    ask(page, "重置所带班级学生密码、打印登录卡", "实验小学")
    expect(row(page, "王老师")).to_contain_text("限于自己任教或所带的班级")
    school.picture("access-review-school")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Excel").click()
    file = tmp_path / "access.xlsx"
    waiting.value.save_as(file)
    sheet = openpyxl.load_workbook(file).active
    assert any("王老师" in [cell.value for cell in line] for line in sheet.iter_rows())
    places = page.get_by_label("单位", exact=True).locator("option").all_inner_texts()
    assert len(places) == 2, places
    phone = journey("school", "phone")
    phone.page.goto(page.url)
    phone.picture("access-review-phone")
    assert status(people.page("teacher"), "/accounts/access") == 404


def test_a_teacher_moves_to_another_school_of_the_county(journey):
    county = journey("county")
    page = county.page
    page.goto("/accounts/new")
    labels = page.get_by_label("单位").locator("option").all_inner_texts()
    schools = [label for label in labels if "·" in label and "学" in label]
    old, new = schools[0], schools[1]
    first = new_account(page, "覃老师", "qinlaoshi", "教师", old)
    page.get_by_role("link", name="账号：覃老师").click()
    account = page.url

    teacher = journey().page
    sign_in(teacher, {"username": "qinlaoshi", "password": first}, "/account")
    choose_password(teacher, first, PASSWORD)
    before = school_addresses(teacher)
    assert len(before) == 1

    page.goto(account)
    page.get_by_role("button", name="办理调动").click()
    expect(page.get_by_role("alert")).to_contain_text("选择调入的学校")
    county.expect_clean()
    page.goto(account)
    page.get_by_label("调入学校").select_option(label=new)
    county.picture("account-transfer", whole=True)
    page.get_by_role("button", name="办理调动").click()
    expect(page.get_by_role("status")).to_contain_text("已办理调动")
    grants = page.locator("#grants tbody tr")
    expect(grants.filter(has_text=old.split("·")[1])).to_contain_text("已结束")
    expect(grants.filter(has_text=new.split("·")[1])).to_contain_text("有效")
    county.expect_clean()

    # The same account, with the rights of the new school only.
    after = school_addresses(teacher)
    assert len(after) == 1 and after != before
    assert status(teacher, before[0]) == 404
