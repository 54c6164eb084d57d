"""The county administrator sees the own county, what falls short in it, and nothing of the other counties."""
import re

from playwright.sync_api import expect
from steps import go, heading, school_addresses, status


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


def test_a_county_imports_and_manages_accounts_but_sets_nothing_for_the_city(journey):
    county = journey("county")
    page = county.page
    page.goto("/plan")
    go(page, "登记")
    county.expect_clean()
    page.goto("/register/imports")
    heading(page, "导入")
    county.picture("county-imports")
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
