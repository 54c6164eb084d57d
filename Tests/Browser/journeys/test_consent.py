"""A guardian decides on her phone what may be shown of her child; papers, the 14th birthday, and what the class sees."""
import contextlib
import sqlite3
from datetime import date

from playwright.sync_api import expect
from steps import go, heading, sign_in, status

PASSWORD = "Santong-demo-2015"
CLASS, CHILD = "六年级(1)班", "孙同学"


def family(journey):
    """The guardian's page of her child, on her phone."""
    parent = journey(screen="phone")
    page = parent.page
    sign_in(page, {"username": "sunjia", "password": PASSWORD})
    page.goto("/children")
    page.get_by_role("link", name=f"查看{CHILD}").tap()
    page.get_by_role("link", name="查看和答复").tap()
    heading(page, "征求同意")
    return parent


def say(page, words: str, done: str) -> None:
    page.get_by_role("button", name=words, exact=True).tap()
    expect(page.get_by_role("status")).to_contain_text(done)


def board(journey, purpose: str):
    teacher = journey("teacher")
    page = teacher.page
    page.goto("/")
    go(page, "班级")
    page.get_by_role("link", name=CLASS).click()
    page.get_by_role("link", name="征求同意", exact=True).click()
    heading(page, "征求同意")
    page.get_by_role("navigation", name="事项").get_by_role("link", name=purpose).click()
    return teacher


def row(page, name: str):
    return page.locator("main tbody tr").filter(has_text=name).first


@contextlib.contextmanager
def born(server, day: date):
    """For a while the child has this birth date; only an approved change could give her one on a page."""
    def put(value):
        with sqlite3.connect(f"{server.data}/santong.sqlite", timeout=10) as database:
            old = database.execute("SELECT birth_date FROM directory_person WHERE name = ?", (CHILD,)).fetchone()[0]
            database.execute("UPDATE directory_person SET birth_date = ? WHERE name = ?", (value, CHILD))
        database.close()
        return old

    before = put(day.isoformat())
    try:
        yield
    finally:
        put(before)


def test_a_guardian_answers_and_at_14_the_pupil_does(journey, server):
    parent = family(journey)
    page = parent.page
    assert page.locator("main input:checked").count() == 0
    parent.picture("consent-guardian-phone")
    say(page, "同意：作品展示", "已记录：同意")
    say(page, "不同意：照片影像", "已记录：不同意")
    teacher = board(journey, "作品展示")
    expect(row(teacher.page, CHILD)).to_contain_text("同意")
    expect(row(teacher.page, CHILD)).not_to_contain_text("不同意")
    say(page, "撤回同意：作品展示", "已撤回")
    expect(page.locator("#history tbody tr")).to_have_count(3)
    parent.expect_clean()
    teacher.page.reload()
    expect(row(teacher.page, CHILD)).to_contain_text("不同意")
    teacher.expect_clean()

    today = date.today()
    with born(server, date(today.year - 15, 1, 1)):
        page.reload()
        expect(page.locator("main")).to_contain_text("由孩子自己决定")
        expect(page.get_by_role("button", name="同意：作品展示")).to_have_count(0)
        pupil = journey(screen="phone")
        own = pupil.page
        sign_in(own, {"username": "sun", "password": PASSWORD})
        own.goto("/my-data")
        own.get_by_role("link", name="查看和更改").tap()
        heading(own, "征求同意")
        expect(own.locator("#works")).to_contain_text("现在由你自己决定")
        pupil.picture("consent-pupil-phone")
        say(own, "同意：作品展示", "已记录：同意")
        pupil.expect_clean()
        teacher.page.reload()
        expect(row(teacher.page, CHILD)).to_contain_text("本人")
        expect(row(teacher.page, CHILD)).not_to_contain_text("不同意")
    assert status(own, page.url) == 404


def test_the_class_teacher_enters_paper(journey):
    teacher = board(journey, "作品展示")
    page = teacher.page
    teacher.picture("class-consents")
    name = page.locator("main tbody th").nth(4).inner_text()
    page.get_by_role("link", name="打印告知书").click()
    heading(page, "告知书")
    teacher.picture("class-consents-notice")
    page.get_by_role("link", name="返回").click()
    page.get_by_role("link", name="登记纸质同意书").click()
    page.get_by_label(f"{name}：作品展示").select_option(label="同意")
    page.get_by_label(f"{name}：签字人").select_option(label="其他家长（未登记）")
    page.get_by_label(f"{name}：其他家长的姓名").fill("韦秀英")
    page.get_by_label(f"{name}：其他家长与学生的关系").select_option(index=1)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("签字日期")
    expect(page.get_by_label(f"{name}：作品展示")).to_have_value("yes")
    page.get_by_label("签字日期").fill(date.today().isoformat())
    page.get_by_label(f"{name}：照片影像").select_option(label="不同意")
    teacher.picture("class-consents-paper")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已登记 2 项答复")
    expect(row(page, name)).to_contain_text("纸质")
    teacher.expect_clean()
    address = page.url
    assert [status(journey(role).page, address) for role in ("school", "pupil", "county")] == [200, 404, 404]


def test_the_city_words_what_is_asked(journey):
    city = journey("city")
    page = city.page
    page.goto("/privacy/looks")
    page.get_by_role("link", name="征求事项").click()
    heading(page, "征求事项")
    city.picture("consent-purposes")
    page.get_by_role("link", name="问卷").click()
    page.get_by_role("link", name="更新说明").click()
    city.expect_clean()
    page.get_by_label("做什么用").fill("请家长填写学校的问卷，用来改进食堂和校车。")
    page.get_by_role("button", name="公布第 2 版").click()
    expect(page.get_by_role("status")).to_contain_text("第 2 版已公布")
    city.expect_clean()
    page.goto("/privacy/consents")
    heading(page, "同意情况")
    city.picture("consent-counts")
    page.get_by_role("link", name="未成年人报告").click()
    heading(page, "未成年人报告")
    city.expect_clean()
    parent = family(journey).page
    expect(parent.locator("#survey")).to_contain_text("食堂和校车")
    expect(parent.locator("#survey")).to_contain_text("第 2 版")
