"""Two schools and two counties transfer a pupil; a school interrupts one's schooling; a class teacher enters absences."""
import datetime

from playwright.sync_api import expect
from steps import choose_password, confirm, go, heading, new_account, sign_in

TODAY = datetime.date.today()
YEAR = TODAY.year - (TODAY.month < 9)
PASSWORD = "Hai-tang-66-hua"
NAME = "覃小满"


def number(sequence: int) -> str:
    """A 学籍号 of the area 450699, which is nobody's."""
    digits = f"450699{YEAR - 10}0301{sequence:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, weights)) % 11]
    return "G" + digits + check


def add_pupil(page, class_name: str, name: str, student_number: str) -> str:
    """Returns the address of the class."""
    page.goto("/classes")
    page.get_by_role("link", name=class_name).click()
    heading(page, class_name)
    address = page.url
    page.get_by_role("link", name="添加学生").click()
    page.get_by_label("姓名").fill(name)
    page.get_by_label("学籍号").fill(student_number)
    page.get_by_label("入班日期").fill(f"{YEAR}-09-01")
    page.get_by_role("button", name="添加", exact=True).click()
    heading(page, class_name)
    return address


def pass_step(page, name: str) -> None:
    """From the desk to the case, and the word of whose turn it is."""
    go(page, "学籍")
    page.locator("#waiting").get_by_role("link", name=name).click()
    heading(page, name)
    page.get_by_label("说明").last.fill("材料齐全")
    page.locator("#decision").get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_be_visible()


def test_two_schools_and_two_counties_transfer_a_pupil(journey, accounts):
    password = accounts["city"]["password"]
    sending = journey("school")
    roster = add_pupil(sending.page, "五年级(1)班", NAME, number(997))

    county = journey()
    sign_in(county.page, {"username": "dongxing", "password": password})
    county.page.goto("/accounts/new")
    places = county.page.get_by_label("单位").locator("option").all_inner_texts()
    place = next(label for label in places if "江平镇中心小学" in label)
    initial = new_account(county.page, "陆学籍", "lu-xueji", "学籍管理员", place)

    receiving = journey(screen="phone")
    page = receiving.page
    sign_in(page, {"username": "lu-xueji", "password": initial})
    choose_password(page, initial, PASSWORD)
    go(page, "学籍")
    receiving.picture("transfer-desk-phone")
    page.get_by_role("link", name="转入申请").click()
    heading(page, "转入申请")
    page.get_by_label("姓名").fill(NAME)
    page.get_by_label("学籍号").fill("G1")
    page.get_by_label("转入班级").select_option(label="四年级(1)班")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("alert")).to_be_visible()
    receiving.expect_clean()
    page.get_by_label("学籍号").fill(number(997))
    page.get_by_label("转学原因").fill("随父母务工")
    page.get_by_role("button", name="提交申请").click()
    heading(page, NAME)
    case = page.url
    receiving.picture("transfer-phone")
    pass_step(page, NAME)

    pass_step(county.page, NAME)
    county.picture("transfer-county")
    # Until the sending school has spoken, the receiving one does not learn where she is.
    page.goto(case)
    expect(page.locator("main")).to_contain_text("待转出校核")
    assert "实验小学" not in page.locator("main").inner_text()

    pass_step(sending.page, NAME)
    sending.picture("transfer-sending")
    bureau = journey("city")
    bureau.page.goto("/")
    pass_step(bureau.page, NAME)
    expect(bureau.page.locator("main")).to_contain_text("已办结")
    bureau.picture("transfer-done")

    page.goto(case)
    expect(page.locator("main")).to_contain_text("实验小学")
    go(page, "班级")
    page.get_by_role("link", name="四年级(1)班").click()
    expect(page.locator("#pupils")).to_contain_text(NAME)
    # She has left, and was there before.
    sending.page.goto(roster)
    expect(sending.page.locator("#pupils")).not_to_contain_text(NAME)
    sending.page.goto(f"{roster}?on={YEAR}-09-01")
    expect(sending.page.locator("#pupils")).to_contain_text(NAME)
    sending.picture("class-on-a-day")
    assert sending.page.goto(case).status == 200


def test_a_school_interrupts_a_pupils_schooling(journey):
    school = journey("school")
    page = school.page
    add_pupil(page, "三年级(1)班", "邓小川", number(996))
    page.get_by_role("link", name="邓小川").click()
    page.get_by_role("link", name="办理异动").click()
    school.expect_clean()
    page.get_by_role("link", name="休学").click()
    page.get_by_label("预计复学日期").fill((TODAY + datetime.timedelta(days=120)).isoformat())
    page.get_by_label("休学原因").select_option(label="疾病治疗")
    page.get_by_label("证明材料").select_option(label="医院证明")
    school.picture("student-change-form")
    page.get_by_role("button", name="提交申请").click()
    heading(page, "邓小川")
    page.get_by_role("button", name="撤回").click()
    confirm(page, "撤回")
    expect(page.locator("main")).to_contain_text("已撤回")
    school.picture("student-change")


def test_a_class_teacher_enters_absences_on_her_phone(journey):
    teacher = journey("teacher", "phone")
    page = teacher.page
    page.goto("/classes")
    page.get_by_role("link", name="六年级(1)班").click()
    page.get_by_role("link", name="缺勤登记").click()
    heading(page, "缺勤登记")
    teacher.picture("absences-phone")
    choices = page.locator("form.form select")
    if choices.count() == 0:
        expect(page.locator("main")).to_contain_text("不上课")
        return
    choices.nth(3).select_option(label="病假")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("缺勤已保存")
    expect(choices.nth(3)).to_have_value("sick")
    teacher.expect_clean()
