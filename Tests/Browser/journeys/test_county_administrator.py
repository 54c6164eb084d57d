"""The county administrator sees the own county, takes in its workbook, keeps its register and its organisations."""
import re

from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from santong import REGISTER
from steps import agree, go, heading, opened, school_addresses, status, upload
from workbooks import more_computers

REFUSED_COLOUR = "FFFFC7CE"


def counts(page: Page) -> dict[str, int]:
    """How many rows the tabs of a change set announce."""
    tabs = page.locator("#changes").inner_text()
    return {kind: int(number) for kind, number in re.findall(r"(新增|变更|不变|退回)\s+(\d+)", tabs)}


def accept(page: Page) -> str:
    agree(page, "接受")
    heading(page, "导入结果")
    return page.url


def change_set(page: Page, file=REGISTER) -> dict[str, int]:
    upload(page, file)
    page.get_by_role("button", name="查看变更集").click()
    heading(page, "变更集")
    return counts(page)


def test_the_plan_shows_the_own_county_and_what_falls_short(journey, accounts):
    county = journey("county")
    page = county.page
    page.goto("/plan")
    heading(page, "行动计划")
    expect(page.locator("main")).to_contain_text(accounts["county"]["organisation"])
    county.picture("county-plan")
    page.get_by_label("只看未达标").check()
    page.get_by_role("button", name=re.compile("查询|筛选")).first.click()
    heading(page, "行动计划")
    county.expect_clean()


def test_a_target_lists_the_schools_short_of_it_with_their_gap(journey):
    county = journey("county")
    page = county.page
    page.goto("/plan/targets/T12")
    expect(page.get_by_role("heading", level=2, name=re.compile("未达标"))).to_be_visible()
    county.picture("county-target")


def test_schools_of_other_counties_do_not_exist_for_the_county(people, journey):
    everything = set(school_addresses(people.page("city")))
    own = set(school_addresses(people.page("county")))
    others = everything - own
    assert own and others
    county = journey("county").page
    assert all(status(county, address) == 404 for address in sorted(others)[:5])
    assert all(status(county, address) == 200 for address in sorted(own)[:5])


def test_the_county_takes_in_its_own_rows_and_takes_them_back(journey, accounts, tmp_path):
    county = journey("county")
    page = county.page
    upload(page)
    county.picture("county-import-columns", whole=True)
    page.get_by_role("button", name="查看变更集").click()
    heading(page, "变更集")
    first = counts(page)
    assert first["新增"] == 148, first
    assert first["退回"] == 428 - 148, first
    county.picture("county-import-changes")
    page.get_by_role("link", name=re.compile("^退回")).last.click()
    expect(page.locator("main")).to_contain_text("不在你的管理范围内")
    county.picture("county-import-refused")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载退回的行").click()
    returned = opened(download)
    assert [sheet.title for sheet in returned] == [sheet.title for sheet in load_workbook(REGISTER)]
    marked = [cell for sheet in returned for row in sheet.iter_rows() for cell in row if cell.comment]
    assert any("不是数字" in cell.comment.text for cell in marked)
    assert all(cell.fill.fgColor.rgb == REFUSED_COLOUR for cell in marked)

    accepted = accept(page)
    county.picture("county-import-result")
    again = change_set(page)
    assert (again["新增"], again["变更"]) == (0, 0), again

    # What something later stands on stays until that is taken back.
    later = change_set(page, more_computers(tmp_path / "later.xlsx"))
    assert later["新增"] == 0 and later["变更"] > 100, later
    changed = accept(page)
    page.goto(accepted)
    agree(page, "撤销导入")
    expect(page.get_by_role("status")).to_contain_text("不能撤销")
    county.picture("county-import-undo-refused")
    for address in (changed, accepted):
        page.goto(address)
        agree(page, "撤销导入")
        expect(page.get_by_role("status")).to_contain_text("已撤销")
    county.expect_clean()
    page.goto("/register/imports")
    heading(page, "导入")
    county.picture("county-imports")


def test_a_workbook_that_is_none_is_refused_where_it_was_chosen(journey, tmp_path):
    county = journey("county")
    page = county.page
    half = tmp_path / "half.xlsx"
    half.write_bytes(REGISTER.read_bytes()[:20_000])
    for file, words in (
        (half, "文件已损坏或没有传完整"),
        (tmp_path / "letter.xlsx", "没有找到表头"),
        (tmp_path / "locked.xlsx", "请去掉密码"),
    ):
        if file.name == "letter.xlsx":
            file.write_text("关于报送统计表的通知")
        if file.name == "locked.xlsx":
            file.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(4096) + "EncryptedPackage".encode("utf-16-le"))
        page.goto("/register/imports/new")
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="上传").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page).to_have_title(re.compile("^错误："))
    county.picture("county-import-wrong-file")


def test_a_surprising_figure_asks_for_a_reason_and_keeps_it(journey):
    county = journey("county")
    page = county.page
    page.goto("/register?q=" + "华石镇中心小学")
    heading(page, "设施登记")
    county.picture("county-register")
    page.get_by_role("link", name="填报").first.click()
    field = page.locator("input[name=student_computers]")
    before = int(field.input_value())
    field.fill(str(before // 2))
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("减少三成以上")
    expect(field).to_have_value(str(before // 2))
    county.picture("county-register-warning")
    page.get_by_label("已核对，数值无误").check()
    page.get_by_label("变化较大的原因").fill("报废旧机，新机未到")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已保存 1 项")
    county.picture("county-school", whole=True)
    page.get_by_role("link", name="登记历史").click()
    expect(page.locator("main")).to_contain_text("报废旧机，新机未到")
    county.picture("county-register-history")


def test_a_school_is_found_by_the_first_letters_of_its_name(journey):
    county = journey("county")
    page = county.page
    page.goto("/schools")
    page.locator("main input[name=q]").fill("hszzxxx")
    page.get_by_role("button", name="查询").click()
    found = page.get_by_role("link", name="华石镇中心小学(示例)")
    expect(found).to_be_visible()
    county.picture("county-schools")
    found.click()
    page.get_by_role("link", name="一校一档").click()
    heading(page, "一校一档")
    county.expect_clean()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").first.click()
    sheets = opened(download).sheetnames
    assert {"基本信息", "设施登记", "登记历史"} <= set(sheets), sheets


def test_organisations_are_added_renamed_merged_and_closed_with_dates(journey, accounts):
    county = journey("county")
    page = county.page
    page.goto("/plan")
    go(page, "组织")
    heading(page, "组织")
    county.picture("county-organisations")
    page.goto("/organisations?q=" + "小峰经济作物场")
    page.get_by_role("link", name="小峰经济作物场").first.click()
    town = page.url
    for name in ("旅程第一小学", "旅程第二小学"):
        page.goto(town + "/children")
        page.get_by_label("学校", exact=True).check()
        page.get_by_label("名称").fill(name)
        page.get_by_role("button", name="新建", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("办学类型")
        expect(page.get_by_label("名称")).to_have_value(name)
        page.get_by_label("办学类型").select_option("211")
        page.get_by_role("button", name="新建", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("已新建" + name)
    page.goto("/organisations?q=" + "旅程第一小学")
    page.get_by_role("link", name="旅程第一小学").first.click()
    school = page.url
    page.get_by_role("link", name="更名").click()
    page.get_by_label("新名称").fill("旅程中心小学")
    page.get_by_label("生效日期").fill("2999-01-01")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("不能晚于今天")
    county.picture("county-rename-refused")
    page.get_by_label("生效日期").fill("2015-09-01")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已更名为旅程中心小学")
    page.goto(school + "/merger")
    target = page.locator("select[name=target] option", has_text="旅程第二小学")
    page.get_by_label("并入").select_option(target.get_attribute("value"))
    page.get_by_label("生效日期").fill("2016-09-01")
    page.locator("main").get_by_role("button", name="并入", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已并入旅程第二小学")
    page.goto(school)
    expect(page.locator("#history")).to_contain_text("旅程第一小学 → 旅程中心小学")
    county.picture("county-organisation-history")
    page.goto("/organisations?q=" + "旅程第二小学")
    page.get_by_role("link", name="旅程第二小学").first.click()
    page.get_by_role("link", name="撤销单位").click()
    page.get_by_label("生效日期").fill("2017-09-01")
    page.locator("main").get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已撤销")
    county.expect_clean()


def test_a_county_manages_accounts_but_sets_nothing_for_the_city(journey):
    county = journey("county")
    page = county.page
    page.goto("/plan")
    go(page, "登记")
    county.expect_clean()
    page.goto("/accounts")
    heading(page, "账号")
    county.picture("county-accounts")
    assert status(page, "/operations/audit") in (403, 404)


def test_the_plan_reads_on_a_phone(journey):
    county = journey("county", "phone")
    page = county.page
    page.goto("/plan")
    heading(page, "行动计划")
    county.picture("county-plan-phone")
    go(page, "学校")
    heading(page, "学校")
    county.picture("county-schools-phone")
    for address in ("/register", "/register/imports", "/register/imports/new", "/organisations"):
        page.goto(address)
        county.expect_clean()
