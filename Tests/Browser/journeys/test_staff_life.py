"""A teacher is away and comes back; another is offered to a school of another county and moves with everybody's word."""
from playwright.sync_api import expect
from steps import heading, school_addresses, sign_in


def test_a_teacher_is_away_and_comes_back(journey):
    school = journey("school")
    page = school.page
    staff = school_addresses(page)[0] + "/staff"
    page.goto(staff + "/new")
    page.get_by_label("姓名").fill("黎小满")
    page.get_by_label("手机号").fill("13977000321")
    page.get_by_role("button", name="添加").click()
    page.goto(staff)
    page.get_by_role("link", name="黎小满").click()
    heading(page, "黎小满")
    expect(page.locator("main")).to_contain_text("在岗")
    school.picture("staff-record")
    page.get_by_role("link", name="请假", exact=True).click()
    page.get_by_role("button", name="登记请假").click()
    expect(page.get_by_role("alert")).to_contain_text("类别")
    page.get_by_label("类别").select_option(label="进修")
    page.get_by_label("说明").fill("自治区骨干教师培训")
    school.picture("staff-leave")
    page.get_by_role("button", name="登记请假").click()
    expect(page.get_by_role("status")).to_contain_text("已登记请假")
    expect(page.locator("#leaves")).to_contain_text("进修")
    page.get_by_role("link", name="销假").click()
    page.get_by_role("button", name="登记销假").click()
    expect(page.get_by_role("status")).to_contain_text("已登记销假")
    school.expect_clean()


def test_a_teacher_moves_to_another_county(journey, accounts):
    county = journey()
    page = county.page
    sign_in(page, {"username": "dongxing", "password": accounts["city"]["password"]})
    page.goto("/staff-transfers")
    page.locator("main tbody a").first.click()
    expect(page.locator("#decision")).to_be_visible()
    county.picture("staff-transfer")
    case = page.url
    page.get_by_label("同意", exact=True).check()
    page.locator("#decision").get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("已同意")
    # The bureau has the last word between two counties.
    assert page.locator("#decision").count() == 0
    bureau = journey("city")
    bureau.page.goto(case)
    bureau.page.get_by_label("同意", exact=True).check()
    bureau.page.locator("#decision").get_by_role("button", name="提交").click()
    expect(bureau.page.locator("main")).to_contain_text("已办结")
    bureau.expect_clean()
