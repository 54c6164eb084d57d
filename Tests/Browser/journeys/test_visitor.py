"""A visitor sees the aggregates that the city publishes, and the way to sign in."""
import pytest
from playwright.sync_api import expect
from steps import school_addresses, status


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_front_page_shows_what_the_city_publishes(journey, screen):
    visitor = journey("visitor", screen)
    page = visitor.page
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("行动计划")
    visitor.picture(f"visitor-front-{screen}")


def test_no_school_is_open_to_a_visitor(people, journey):
    address = school_addresses(people.page("city"))[0]
    visitor = journey().page
    for closed in [address, "/schools", "/register", "/accounts", "/operations/audit"]:
        visitor.goto(closed)
        expect(visitor.locator("input[name=login]")).to_be_visible()
    assert status(visitor, "/api/v1" + address) in (401, 403, 404)


def test_a_wrong_password_is_refused_without_saying_which_part_was_wrong(journey, accounts):
    visitor = journey()
    page = visitor.page
    words = []
    for login in [accounts["school"]["username"], "nobody-of-this-name"]:
        page.goto("/sign-in")
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill("not the password")
        page.get_by_role("button", name="登录", exact=True).click()
        alert = page.get_by_role("alert")
        expect(alert).to_be_visible()
        words.append(alert.inner_text())
        visitor.expect_clean()
    assert words[0] == words[1]


def test_the_sign_in_page_of_a_demo_lists_the_cast(journey, accounts):
    visitor = journey()
    visitor.page.goto("/sign-in")
    for account in accounts.values():
        expect(visitor.page.locator("main")).to_contain_text(account["username"])
    visitor.picture("visitor-sign-in")
