"""The three kinds of operators: each sees its own part and no business data."""
import openpyxl
from playwright.sync_api import expect
from steps import heading, sign_in, status


def test_the_system_administrator_sees_accounts_and_jobs(journey):
    system = journey("system")
    page = system.page
    page.goto("/operations/jobs")
    heading(page, "后台任务")
    expect(page.locator("main")).to_contain_text("冻结到期的快照")
    system.picture("operators-jobs")
    page.goto("/accounts")
    expect(page.locator("main")).to_contain_text("李校长")
    assert [status(page, path) for path in ("/plan", "/register", "/operations/audit")] == [404, 404, 404]
    assert page.get_by_role("searchbox", name="搜索学校").count() == 0


def test_the_audit_administrator_reads_and_verifies_the_log(journey):
    audit = journey("audit")
    page = audit.page
    page.goto("/operations/audit")
    page.get_by_label("事件").select_option(label="账号与登录")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("main")).to_contain_text("登录")
    expect(page.locator("main")).not_to_contain_text("account.")
    audit.picture("operators-audit")
    page.get_by_role("link", name="校验完整性").click()
    expect(page.locator("main")).to_contain_text("条记录完整")
    audit.picture("operators-verification")
    assert [status(page, path) for path in ("/plan", "/accounts", "/operations/jobs")] == [404, 404, 404]


def test_only_the_audit_administrator_takes_the_log_out(journey, accounts, tmp_path):
    audit = journey()
    page = audit.page
    sign_in(page, accounts["audit"])
    page.goto("/operations/audit")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Excel").click()
    file = tmp_path / "audit.xlsx"
    waiting.value.save_as(file)
    rows = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    assert len(rows) > 3 and any("审计管理员" in line for line in rows)
    page.goto("/operations/audit")
    expect(page.locator("main tbody tr").first).to_contain_text("导出")
    page.get_by_role("link", name="校验完整性").click()
    expect(page.locator("main")).to_contain_text("条记录完整")

    city = journey("city").page
    city.goto("/operations/audit")
    heading(city, "审计")
    assert city.get_by_role("link", name="Excel").count() == 0
    assert [status(city, f"/operations/audit?format={form}") for form in ("xlsx", "csv")] == [403, 403]
    assert status(city, "/operations/audit/verification") == 404


def test_the_security_administrator_looks_but_changes_nothing(journey):
    security = journey("security")
    page = security.page
    page.goto("/accounts")
    expect(page.locator("main")).to_contain_text("李校长")
    security.expect_clean()
    assert page.get_by_role("link", name="新建账号").count() == 0
    assert [status(page, path) for path in ("/accounts/new", "/operations/audit")] == [404, 404]
