"""A teacher hands a resource in, the school sends it back with a reason, and the notice of it is read once."""
import re

from playwright.sync_api import expect
from steps import heading, status, write_resource

TITLE = "《听潮》教学设计"
LESSON = "捡贝壳的孩子"


def read_all(page) -> None:
    """Begins with nothing unread, whatever happened before."""
    page.goto("/notices")
    heading(page, "消息")
    button = page.get_by_role("button", name="全部标为已读")
    if button.count():
        button.click()
        expect(page.get_by_role("status").first).to_contain_text("已全部标为已读")
    expect(page.locator(".bar-count")).to_have_count(0)


def test_a_resource_comes_back(journey, people, tmp_path):
    file = tmp_path / "听潮.txt"
    file.write_text("闭上眼睛，听潮水来去。", encoding="utf-8")
    teacher, school = journey("teacher", "phone"), journey("school")
    page, desk = teacher.page, school.page
    read_all(page)
    read_all(desk)

    resource = write_resource(page, LESSON, TITLE, "教案", file)
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("status").first).to_contain_text("已提交")

    desk.goto(resource)
    desk.get_by_label("退回修改", exact=True).check()
    desk.locator("#decision").get_by_label("说明").fill("缺朗读指导")
    desk.locator("#decision").get_by_role("button", name="提交").click()
    expect(desk.get_by_role("status").first).to_contain_text("已退回")

    # On any page, with the number and in words.
    page.goto("/textbooks")
    link = page.get_by_role("link", name=re.compile(r"^消息 1\s*条未读$"))
    expect(link).to_be_visible()
    teacher.expect_clean()
    link.click()
    heading(page, "消息")
    row = page.locator("main tbody tr").filter(has_text=TITLE).first
    expect(row).to_contain_text("被退回修改（校级）：缺朗读指导")
    expect(row).to_contain_text("未读")
    teacher.expect_clean()
    # Whatever fetches ahead reads nothing.
    assert status(page, "/notices") == 200
    page.reload()
    expect(page.locator(".bar-count")).to_have_text("1")

    row.get_by_role("button", name=re.compile("被退回修改")).click()
    heading(page, TITLE)
    assert page.url == resource
    expect(page.locator("main")).to_contain_text("退回：缺朗读指导")
    expect(page.locator(".bar-count")).to_have_count(0)
    page.goto("/notices")
    expect(page.locator("main tbody tr").filter(has_text=TITLE).first).to_contain_text("已读")
    page.goto("/notices?state=unread")
    expect(page.locator("main")).to_contain_text("没有未读的消息")
    teacher.expect_clean()
    county = people.page("county")
    county.goto("/notices")
    expect(county.locator("main")).not_to_contain_text(TITLE)


def test_what_somebody_does_not_want(journey):
    teacher = journey("teacher")
    page = teacher.page
    page.goto("/notices")
    page.get_by_role("link", name="消息设置").click()
    heading(page, "消息设置")
    expect(page.locator("main")).to_contain_text("不能关闭")
    teacher.expect_clean()
    page.get_by_label("征集结束").uncheck()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    expect(page.get_by_label("征集结束")).not_to_be_checked()
    page.get_by_label("征集结束").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_label("征集结束")).to_be_checked()
    teacher.expect_clean()


def test_without_scripts(people):
    context = people.context("school")
    browser = context.browser
    plain = browser.new_context(
        base_url=people.url, locale="zh-CN", java_script_enabled=False, storage_state=context.storage_state())
    people.contexts.append(plain)
    page = plain.new_page()
    page.goto("/notices")
    heading(page, "消息")
    rows = page.locator("main tbody tr").filter(has_text="有资源等待校级审核")
    expect(rows.first).to_be_visible()
    rows.first.get_by_role("button", name="有资源等待校级审核").click()
    heading(page, "资源审核")
