"""The school administrator keeps the school's own register and sees what the school still lacks."""
import re

from playwright.sync_api import expect
from steps import heading, school_addresses, status


def own_school(page) -> str:
    page.goto("/register")
    edit = page.locator("main a[href*='/register/schools/'][href$='/edit']").first
    if edit.count():
        edit.click()
    page.wait_for_url("**/register/schools/*/edit")
    return page.url


def test_a_figure_is_corrected_and_its_history_kept(journey):
    school = journey("school")
    page = school.page
    own_school(page)
    school.picture("school-register")
    computers = page.get_by_label("学生用计算机").first
    before = int(computers.input_value())
    computers.fill(str(before + 1))
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_be_visible()
    school.expect_clean()
    own_school(page)
    assert int(page.get_by_label("学生用计算机").first.input_value()) == before + 1


def test_the_school_calls_its_roster_whole_and_the_bureau_takes_that_back(journey):
    school = journey("school")
    page = school.page
    form = own_school(page)
    expect(page.get_by_label("在校学生数")).to_have_count(1)
    page.get_by_role("link", name="学籍已录全").click()
    heading(page, "学籍录入")
    expect(page.locator("main")).to_contain_text("学籍未录全")
    roster = page.url
    page.get_by_role("button", name="学籍已录全").click()
    expect(page.get_by_role("status")).to_contain_text("已标为学籍已录全")
    school.picture("school-roster-whole")
    school.expect_clean()
    page.goto(form)
    expect(page.get_by_label("在校学生数")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("来源：花名册")

    bureau = journey("city")
    page = bureau.page
    page.goto(roster)
    page.get_by_role("button", name="收回").click()
    expect(page.get_by_role("alert")).to_contain_text("填写收回的原因")
    page.get_by_label("收回的原因").fill("还缺两个年级")
    page.get_by_role("button", name="收回").click()
    expect(page.get_by_role("status")).to_contain_text("已收回")
    expect(page.locator("main")).to_contain_text("还缺两个年级")
    bureau.expect_clean()


def test_an_impossible_figure_is_refused_and_what_was_typed_stays(journey):
    school = journey("school")
    page = school.page
    own_school(page)
    page.get_by_label("普通教室").first.fill("-3")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("普通教室").first).to_have_value("-3")
    expect(page).to_have_title(re.compile("^错误："))
    school.picture("school-register-refused")


def test_the_school_sees_its_lights_its_gap_and_its_file(journey):
    school = journey("school")
    page = school.page
    address = school_addresses(page)[0]
    page.goto(address)
    expect(page.locator("main")).to_contain_text("带宽")
    school.picture("school-page")
    page.goto(address + "/dossier")
    heading(page, "档")
    school.picture("school-dossier")


def test_other_schools_do_not_exist_for_the_school(people, journey):
    everything = set(school_addresses(people.page("city")))
    page = journey("school").page
    own = set(school_addresses(page))
    assert len(own) == 1
    assert all(status(page, address) == 404 for address in sorted(everything - own)[:5])
    identifier = sorted(everything - own)[0].rsplit("/", 1)[1]
    assert status(page, f"/register/schools/{identifier}/edit") == 404
    assert status(page, "/organisations") in (200, 403, 404)
    assert status(page, "/operations/jobs") in (403, 404)


def test_the_register_form_works_on_a_phone(journey):
    school = journey("school", "phone")
    own_school(school.page)
    school.picture("school-register-phone")


def test_a_teacher_gets_an_account_and_sets_a_password_of_her_own(journey, people):
    school = journey("school")
    page = school.page
    page.goto("/accounts/new")
    page.get_by_label("姓名").fill("黄小燕")
    page.get_by_label("登录名").fill("huangxiaoyan")
    page.get_by_label("角色").select_option(label="教师")
    page.get_by_label("单位").select_option(index=1)
    school.picture("school-account-new")
    page.get_by_role("button", name="新建").click()
    heading(page, "初始密码")
    school.expect_clean()
    first = re.search(r"[A-Z][a-z]+-[A-Z][a-z]+-\d{4}", page.locator("main").inner_text())
    assert first, page.locator("main").inner_text()

    teacher = journey()
    page = teacher.page
    page.goto("/sign-in?return=/account")
    page.locator("input[name=login]").fill("huangxiaoyan")
    page.locator("input[name=password]").fill(first.group(0))
    page.get_by_role("button", name="登录", exact=True).click()
    heading(page, "修改密码")
    teacher.picture("school-first-password")
    page.locator("input[name=present]").fill(first.group(0))
    page.locator("input[name=password]").fill("Shan-cha-88-hua")
    page.locator("input[name=repeated]").fill("Shan-cha-88-hua")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(lambda url: "/account/password" not in url)
    page.goto("/account")
    expect(page.locator("main")).to_contain_text("教师")
    teacher.picture("school-own-account")
