"""A clerk looks at a pupil's number for a reason; the school's data officer reads of it, and the pupil too."""
import re

import openpyxl
from playwright.sync_api import expect
from steps import choose_password, go, heading, new_account, school_addresses, sign_in, status

PASSWORD = "Zi-jing-77-ma"
WHOLE = re.compile(r"\b\d{17}[\dX]\b")


def first_pupil(page) -> str:
    page.goto(school_addresses(page)[0] + "/classes")
    page.locator("main tbody a").first.click()
    page.locator("#pupils tbody a").first.click()
    return page.get_by_role("heading", level=1).inner_text()


def test_a_look_is_on_record(journey, tmp_path):
    school = journey("school")
    page = school.page
    pupil = first_pupil(page)
    assert not WHOLE.search(page.locator("main").inner_text())
    page.get_by_role("link", name="查看完整信息").click()
    heading(page, "查看完整信息")
    school.picture("look-reason")
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("选择查看原因")
    page.get_by_label("身份证号").check()
    page.get_by_label("查看原因").select_option(label="核对学籍信息")
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.locator("#shown")).to_contain_text(WHOLE)
    school.picture("look-shown")
    school.expect_clean()
    shown = WHOLE.search(page.locator("#shown").inner_text()).group()

    page.goto("/accounts/new")
    places = page.get_by_label("单位").locator("option").all_inner_texts()
    first = new_account(page, "林安全", "linanquan", "数据安全员", next(place for place in places if "实验小学" in place))
    officer = journey()
    own = officer.page
    sign_in(own, {"username": "linanquan", "password": first}, "/account")
    choose_password(own, first, PASSWORD)
    go(own, "查看记录")
    heading(own, "查看记录")
    row = own.locator("main tbody tr").filter(has_text=pupil)
    expect(row.first).to_contain_text("身份证号")
    expect(row.first).to_contain_text("核对学籍信息")
    expect(row.first).to_contain_text("李校长")
    assert shown not in own.content()
    officer.picture("look-record")
    own.get_by_label("查看人").first.fill("没有这个人")
    own.get_by_role("button", name="查询").click()
    expect(own.locator("main")).to_contain_text("没有查看记录")
    own.get_by_role("link", name="重置").click()
    with own.expect_download() as waiting:
        own.get_by_role("link", name="Excel").click()
    file = tmp_path / "looks.xlsx"
    waiting.value.save_as(file)
    cells = [cell.value for line in openpyxl.load_workbook(file).active.iter_rows() for cell in line]
    assert pupil in cells and shown not in cells
    own.get_by_role("link", name="异常查看").click()
    heading(own, "异常查看")
    officer.expect_clean()
    # She reads the record and nothing else of the pupils.
    assert [status(own, path) for path in ("/classes", "/privacy/requests", "/privacy/retention")] == [404] * 3


def test_a_pupil_reads_what_is_held_about_her(journey):
    pupil = journey("pupil", "phone")
    page = pupil.page
    page.goto("/account")
    go(page, "我的信息")
    heading(page, "我的信息")
    assert not WHOLE.search(page.locator("main").inner_text())
    pupil.picture("my-data-phone")
    page.get_by_role("link", name="显示完整内容").click()
    expect(page.locator("main")).to_contain_text(WHOLE)
    page.get_by_label("请求").select_option(label="更正")
    page.get_by_label("说明").fill("姓名拼音写错了")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("15 个工作日内答复")
    expect(page.locator("#requests")).to_contain_text("办理中")
    pupil.expect_clean()

    school = journey("school")
    desk = school.page
    desk.goto("/privacy/requests")
    desk.locator("main tbody a").first.click()
    heading(desk, "更正请求")
    school.picture("rights-request")
    desk.get_by_label("已办理", exact=True).check()
    desk.get_by_label("答复").last.fill("已更正，核对后无误")
    desk.get_by_role("button", name="答复").click()
    expect(desk.get_by_role("status")).to_contain_text("已答复")
    school.expect_clean()
    page.reload()
    expect(page.locator("#requests")).to_contain_text("已更正")


def test_what_is_due_is_counted_and_nothing_goes_by_itself(journey):
    city = journey("city")
    page = city.page
    page.goto("/privacy/retention")
    heading(page, "保存期限")
    page.get_by_role("button", name="清点到期记录").click()
    # When the job is done its page leads back.
    expect(page.locator("#runs")).to_contain_text("待确认", timeout=30_000)
    expect(page.locator("#periods")).to_contain_text("花名册导入的文件和变更集")
    city.picture("retention")
