"""The city administrator asks where the plan stands, takes in the counties' workbook and sets the readings."""
import re

from openpyxl import load_workbook
from playwright.sync_api import expect
from steps import counts, go, heading, upload


def test_the_plan_opens_from_a_clause_to_the_schools_behind_a_figure(journey):
    city = journey("city")
    page = city.page
    page.goto("/")
    page.wait_for_url("**/plan**")
    heading(page, "行动计划")
    expect(page.locator("main article")).to_contain_text("三、")
    city.picture("city-plan")

    page.get_by_role("link", name=re.compile("T12")).first.click()
    page.wait_for_url("**/plan/targets/T12**")
    expect(page.get_by_role("heading", level=2, name=re.compile("县"))).to_be_visible()
    expect(page.locator("main table").first).to_be_visible()
    city.picture("city-target")

    page.locator("main a[href^='/schools/']").first.click()
    page.wait_for_url("**/schools/**")
    city.picture("city-school")


def test_the_plan_can_be_asked_for_an_earlier_day(journey):
    city = journey("city")
    page = city.page
    page.goto("/plan?date=2015-09-30")
    heading(page, "行动计划")
    expect(page.locator("input[name=date]")).to_have_value("2015-09-30")
    city.expect_clean()


def test_a_workbook_is_imported_repeated_and_undone(journey):
    city = journey("city")
    page = city.page
    upload(page)
    city.picture("city-import-columns")
    page.get_by_role("button", name="查看变更集").click()
    heading(page, "变更集")
    first = counts(page)
    assert first["退回"] == 16, first
    assert first["新增"] + first["变更"] > 0, first
    city.picture("city-import-changes")
    with page.expect_download() as refused:
        page.get_by_role("link", name="下载退回的行").click()
    returned = load_workbook(refused.value.path())
    assert any(cell.comment for sheet in returned for row in sheet.iter_rows() for cell in row)

    page.get_by_role("button", name="接受", exact=True).click()
    heading(page, "导入结果")
    city.picture("city-import-result")
    accepted = page.url

    upload(page)
    page.get_by_role("button", name="查看变更集").click()
    heading(page, "变更集")
    again = counts(page)
    assert (again["新增"], again["变更"]) == (0, 0), again

    page.goto(accepted)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤销导入").click()
    expect(page.get_by_role("status")).to_contain_text("已撤销")
    city.expect_clean()

    upload(page)
    page.get_by_role("button", name="查看变更集").click()
    heading(page, "变更集")
    assert counts(page) == first, "after the undo the register must be as it was before"


def test_a_file_that_is_no_workbook_is_refused_in_plain_words(journey, tmp_path):
    city = journey("city")
    page = city.page
    wrong = tmp_path / "register.xlsx"
    wrong.write_bytes(b"%PDF-1.7 not a workbook")
    page.goto("/register/imports/new")
    page.locator("input[type=file]").set_input_files(wrong)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_title(re.compile("^错误："))
    city.expect_clean()


def test_schools_are_found_by_pinyin_initials_and_exported(journey):
    city = journey("city")
    page = city.page
    page.goto("/schools")
    name = page.locator("main table tbody th").first.inner_text().strip()
    page.goto(f"/schools?q={name[:2]}")
    expect(page.locator("main table tbody")).to_contain_text(name)
    city.picture("city-schools")
    with page.expect_download() as download:
        page.locator("main a[href*='format=xlsx']").click()
    sheet = load_workbook(download.value.path(), read_only=True).active
    assert name in [str(cell).strip() for row in sheet.iter_rows(values_only=True) for cell in row]


def test_settings_jobs_and_audit_are_within_reach(journey):
    city = journey("city")
    page = city.page
    for item, words in [("组织", "组织"), ("设置", "设置")]:
        page.goto("/plan")
        go(page, item)
        heading(page, words)
        city.expect_clean()
    page.goto("/operations/jobs")
    city.expect_clean()
    page.goto("/operations/audit")
    city.picture("city-audit")


def test_signing_out_ends_the_session(journey, accounts, people):
    from conftest import sign_in

    page = people.page()
    sign_in(page, accounts["city"])
    page.locator("details.user-menu > summary").click()
    page.get_by_role("button", name="退出").click()
    page.goto("/operations/audit")
    expect(page.locator("input[name=login]")).to_be_visible()
