"""Teachers find resources by words, initials and with a wrong character, and keep what they look for often."""
from playwright.sync_api import expect
from steps import confirm, go, heading

TITLE = "《灯塔下的路》教案"


def look_for(page, text: str) -> None:
    page.goto("/resources/search")
    page.get_by_label("要找什么").fill(text)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_label("要找什么")).to_have_value(text)


def test_a_teacher_finds_and_keeps_a_search(journey):
    teacher = journey("teacher")
    page = teacher.page
    page.goto("/")
    go(page, "找资源")
    heading(page, "找资源")
    teacher.expect_clean()
    for text in ("灯塔", "dtxdl", "燈塔下的路", "登塔下的路", "灯塔下的路教案", "王老师 教案"):
        look_for(page, text)
        expect(page.get_by_role("link", name=TITLE, exact=True)).to_be_visible()
    look_for(page, "灯塔")
    expect(page.locator("#results mark").first).to_have_text("灯塔")
    expect(page.locator("#results")).to_contain_text("符合：标题")
    teacher.picture("resource-search", whole=True)
    page.get_by_label("类型").select_option(label="课件")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("link", name="《灯塔下的路》课件")).to_be_visible()
    assert page.get_by_role("link", name=TITLE, exact=True).count() == 0

    page.get_by_text("保存这次查找").click()
    page.get_by_label("名称").fill("")
    page.get_by_label("名称").fill("灯塔的课件")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已保存")
    teacher.expect_clean()
    page.get_by_role("link", name="灯塔的课件").click()
    expect(page.get_by_role("link", name="《灯塔下的路》课件")).to_be_visible()
    page.goto("/resources/searches")
    page.get_by_role("button", name="删除").click()
    confirm(page, "删除")
    expect(page.get_by_role("status")).to_contain_text("已删除")
    expect(page.locator("main")).to_contain_text("还没有保存的查找")


def test_pupil_and_visitor_find_what_is_open_to_them(journey):
    pupil = journey("pupil", "phone")
    look_for(pupil.page, "周长练习")
    expect(pupil.page.get_by_role("link", name="周长练习单")).to_be_visible()
    pupil.picture("resource-search-phone")
    pupil.expect_clean()
    look_for(pupil.page, "灯塔")
    expect(pupil.page.get_by_role("link", name=TITLE, exact=True)).to_be_visible()
    assert pupil.page.get_by_role("link", name="《灯塔下的路》课件").count() == 0
    look_for(pupil.page, "没有人写过的东西鲲鹏")
    expect(pupil.page.locator("main")).to_contain_text("没有找到")
    pupil.expect_clean()

    visitor = journey("visitor")
    look_for(visitor.page, "周长练习")
    expect(visitor.page.locator("main")).to_contain_text("没有找到")
    look_for(visitor.page, "灯塔")
    expect(visitor.page.get_by_role("link", name=TITLE, exact=True)).to_be_visible()
    assert visitor.page.get_by_text("保存这次查找").count() == 0
