"""The city administrator asks where the plan stands, takes in the counties' workbook and sets the readings."""
import re

from openpyxl import load_workbook
from playwright.sync_api import expect
from santong import ROOT
from steps import counts, go, heading, upload

PLAN = ROOT / "Tests/PlanTests/Fixtures/action-plan.txt"


def test_the_plan_opens_from_a_clause_to_the_schools_behind_a_figure(journey):
    city = journey("city")
    page = city.page
    page.goto("/")
    page.wait_for_url("**/plan**")
    heading(page, "行动计划")
    expect(page.locator("main article")).to_contain_text("三、")
    city.expect_clean()
    # The picture shows a clause with its lights, and the bar above it.
    page.locator(".clause", has_text="重点任务").first.evaluate("clause => clause.scrollIntoView()")
    city.picture("plan")

    target(page, "T13").click()
    city.expect_clean()
    page.get_by_role("link", name="查看 T13 的比较、名单和趋势").click()
    page.wait_for_url("**/plan/targets/T13**")
    expect(page.get_by_role("heading", level=2, name=re.compile("县"))).to_be_visible()
    city.picture("city-target")

    page.locator("#schools a[href^='/plan/targets/T13/schools/']").first.click()
    page.wait_for_url("**/plan/targets/T13/schools/**")
    city.picture("city-figure")


def table(download, folder) -> list[tuple]:
    """The rows of a downloaded workbook."""
    download.save_as(folder / "table.xlsx")
    return list(load_workbook(folder / "table.xlsx", read_only=True).active.iter_rows(values_only=True))


def change_set(page) -> dict[str, int]:
    """Uploads the workbook again; where its columns are remembered, the change set comes at once."""
    upload(page)
    button = page.get_by_role("button", name="查看变更集")
    if button.is_visible():
        button.click()
    heading(page, "变更集")
    return counts(page)


def confirmed(page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()


def target(page, code: str):
    """The line of one target beside its clause."""
    return page.locator("details.target-line > summary").filter(has=page.get_by_text(code, exact=True))


def test_the_plan_can_be_asked_for_an_earlier_day_and_for_what_falls_short(journey):
    city = journey("city")
    page = city.page
    page.goto("/plan")
    now = target(page, "T12").inner_text()
    page.get_by_label("截至", exact=True).fill("2015-09-30")
    page.get_by_role("button", name="查询").click()
    page.wait_for_url("**date=2015-09-30**")
    assert target(page, "T12").inner_text() != now
    city.expect_clean()

    lights = page.get_by_role("navigation", name="按状态查看")
    lights.get_by_role("link", name=re.compile("未达标")).click()
    expect(lights.locator("[aria-current]")).to_contain_text("未达标")
    short = int(lights.locator("[aria-current] strong").inner_text())
    expect(page.locator("details.target-line")).to_have_count(short)
    city.picture("city-short")


def test_the_plan_reads_on_a_phone_with_its_conditions_folded(journey):
    city = journey("city", "phone")
    page = city.page
    page.goto("/plan")
    expect(page.locator("select[name=organisation]")).to_be_hidden()
    city.picture("city-plan-phone")
    page.get_by_text("查询条件").click()
    expect(page.locator("select[name=organisation]")).to_be_visible()
    city.expect_clean()


def test_the_state_of_the_plan_is_printed_and_exported(journey, tmp_path):
    city = journey("city")
    page = city.page
    page.goto("/plan")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    rows = table(download.value, tmp_path)
    assert {"T1", "T34"} <= {str(row[0]) for row in rows}
    page.get_by_role("link", name="打印报告").click()
    heading(page, "完成情况")
    city.picture("city-report")
    page.emulate_media(media="print")
    city.expect_clean()


def test_a_corrected_text_is_looked_through_compared_and_published(journey, tmp_path):
    city = journey("city")
    page = city.page
    page.goto("/plan")
    page.get_by_role("link", name="计划文本和版本").click()
    page.locator("main table").get_by_role("link").first.click()
    page.get_by_role("link", name="上传新版本").click()
    corrected = tmp_path / "plan.txt"
    corrected.write_bytes(PLAN.read_text(encoding="utf-8").replace("加强队伍建设", "进一步加强队伍建设").encode("gb18030"))
    page.locator("input[type=file]").set_input_files(corrected)
    page.get_by_role("button", name="上传").click()
    heading(page, "核对")
    expect(page.locator("main")).to_contain_text("引号内是空的，按原文保留")
    city.picture("city-document")

    page.get_by_role("link", name="调整 二/(二)").click()
    page.locator("select[name=place]").select_option(index=1)
    page.get_by_role("button", name="拆分").click()
    expect(page.get_by_role("status")).to_contain_text("已拆分")
    split_off = page.get_by_role("link", name=re.compile("^调整 .*段1$"))
    split_off.click()
    page.get_by_role("button", name="与上一条合并").click()
    expect(split_off).to_have_count(0)

    page.get_by_role("link", name="与现行版本对比").click()
    expect(page.locator("main ins")).to_contain_text("进一步")
    city.picture("city-difference")
    page.go_back()
    page.get_by_label("版本说明").fill("更正第四章")
    page.locator("#publication").get_by_role("button", name="发布").click()
    expect(page.get_by_role("status")).to_contain_text("已发布")
    city.expect_clean()


def test_a_target_set_is_made_and_the_second_to_save_loses_nothing(journey):
    city = journey("city")
    page = city.page
    page.goto("/plan")
    page.get_by_role("link", name="目标集").click()
    page.get_by_role("link", name="新建目标集").click()
    page.get_by_label("名称").fill("试行目标")
    page.get_by_label("开始日期").fill("2016-01-01")
    page.get_by_label("结束日期").fill("2017-12-31")
    page.get_by_role("button", name="保存").click()
    heading(page, "试行目标")
    page.get_by_role("link", name="新建目标", exact=True).click()
    page.get_by_label("代号").fill("X1")
    page.get_by_label("名称").fill("学校接入互联网")
    page.get_by_label("指标").select_option(label="接入互联网的学校（校校通登记）")
    page.get_by_label("数值").fill("九十")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("填写数字")
    page.get_by_label("数值").fill("90")
    page.get_by_label("范围说明").fill("全部学校")
    city.picture("city-target-form")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已保存")

    page.get_by_role("link", name="编辑 X1").click()
    other = page.context.new_page()
    other.goto(page.url)
    for window, words in [(other, "先保存的名称"), (page, "后保存的名称")]:
        window.get_by_label("名称").fill(words)
        window.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("刚被市局管理员修改")
    expect(page.get_by_label("名称")).to_have_value("后保存的名称")
    city.expect_clean()
    page.get_by_role("button", name="保存").click()
    heading(page, "后保存的名称")


def test_another_reading_changes_what_counts(journey):
    city = journey("city")
    page = city.page

    def choose(reading: str) -> None:
        page.goto("/settings")
        page.locator(f"input[name=officialReading][value={reading}]").check()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("status")).to_contain_text("已保存")

    page.goto("/plan")
    before = target(page, "T4").inner_text()
    choose("M2")
    city.picture("city-settings")
    page.goto("/plan")
    assert target(page, "T4").inner_text() != before
    choose("M1")
    page.goto("/plan")
    assert target(page, "T4").inner_text() == before


def test_a_workbook_is_imported_repeated_and_undone(journey, tmp_path):
    city = journey("city")
    page = city.page
    upload(page)
    heading(page, "识别列")
    city.picture("city-import-columns")
    page.get_by_role("button", name="查看变更集").click()
    heading(page, "变更集")
    first = counts(page)
    assert first["退回"] == 16, first
    assert first["新增"] + first["变更"] > 0, first
    city.picture("city-import-changes")
    page.get_by_role("navigation", name="变更集").get_by_role("link", name="退回 16").click()
    city.picture("city-import-refused")
    with page.expect_download() as refused:
        page.get_by_role("link", name="下载退回的行").click()
    refused.value.save_as(tmp_path / "refused.xlsx")
    returned = load_workbook(tmp_path / "refused.xlsx")
    assert any(cell.comment for sheet in returned for row in sheet.iter_rows() for cell in row)

    confirmed(page, "接受")
    heading(page, "导入结果")
    city.picture("city-import-result")
    accepted = page.url

    again = change_set(page)
    assert (again["新增"], again["变更"]) == (0, 0), again

    page.goto(accepted)
    confirmed(page, "撤销导入")
    expect(page.get_by_role("status")).to_contain_text("已撤销")
    city.expect_clean()

    assert change_set(page) == first, "after the undo the register must be as it was before"


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


def test_schools_are_found_by_pinyin_initials_and_exported(journey, tmp_path):
    city = journey("city")
    page = city.page
    page.goto("/schools")
    name = page.locator("main table tbody th").first.inner_text().strip()
    page.goto(f"/schools?q={name[:2]}")
    expect(page.locator("main table tbody")).to_contain_text(name)
    city.picture("city-schools")
    with page.expect_download() as download:
        page.locator("main a[href*='format=xlsx']").click()
    assert name in [str(cell).strip() for row in table(download.value, tmp_path) for cell in row]


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
    page.evaluate("localStorage.setItem('upload 学生名册.xlsx 1 2', '/uploads/x')")
    page.locator("details.user-menu > summary").click()
    page.get_by_role("button", name="退出").click()
    expect(page.locator("input[name=login]")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('名册'))") == []
    page.goto("/operations/audit")
    expect(page.locator("input[name=login]")).to_be_visible()
