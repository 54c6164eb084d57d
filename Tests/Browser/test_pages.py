"""Every page type, as every role, on both screens."""
import pytest
from crawl import Crawl
from page_checks import look, validity
from steps import school_addresses

STARTS = [
    "/", "/sign-in", "/plan", "/plan/targets/T12", "/schools", "/register", "/register/imports",
    "/register/imports/new", "/organisations", "/settings", "/account", "/account/password", "/accounts",
    "/accounts/access", "/accounts/policy", "/classes", "/activate", "/sign-in/confirm", "/card/no-such-card",
    "/applications", "/applications/registry", "/applications/registry/new",
    "/operations/jobs", "/operations/audit", "/development/components", "/no-such-page",
]
EVERYBODY = ["visitor", "pupil", "teacher", "school", "county", "city", "system", "security", "audit"]
FIRST_PAGE_LIMIT = 150_000


@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("role", EVERYBODY)
def test_every_page_type_is_clean(people, server, role, screen):
    crawl = Crawl(people.context(role, screen), server.url)
    school = school_addresses(people.page("school"))[0]
    crawl.run(STARTS + [school + page for page in ("", "/staff", "/staff/new", "/classes", "/classes/new", "/accounts")])
    # The markup is the same on both screens.
    findings = crawl.findings + (validity(crawl.documents) if screen == "desktop" else [])
    assert not findings, f"{len(findings)} findings\n" + "\n".join(findings)
    assert len(crawl.documents) >= 3, f"only {list(crawl.documents)} could be opened"


@pytest.mark.parametrize("role", ["visitor", "city"])
@pytest.mark.parametrize("mode", ["长辈版", "高对比"], ids=["large-type", "high-contrast"])
def test_display_modes_are_accessible(people, role, mode):
    page = people.page(role, "phone")
    page.goto("/" if role == "visitor" else "/plan")
    page.get_by_role("button", name=mode).or_(page.get_by_role("link", name=mode)).first.click()
    page.wait_for_load_state("load")
    findings = look(page)
    assert not findings, "\n".join(findings)


def test_bar_charts_fit_a_phone(people):
    page = people.page("visitor", "phone")
    page.goto("/")
    areas = page.locator(".chart-scroll:has(> .chart-fluid)")
    assert areas.count() > 0
    assert areas.evaluate_all("all => all.filter(area => area.scrollWidth > area.clientWidth).length") == 0
    cut = "all => all.filter(text => { const box = text.getBoundingClientRect(), area = text.ownerSVGElement"
    cut += ".getBoundingClientRect(); return box.left < area.left - 1 || box.right > area.right + 1 })"
    assert page.locator(".chart-fluid text").evaluate_all(cut + ".map(text => text.textContent)") == []


def test_the_first_key_press_reaches_the_skip_link(people):
    page = people.page("city")
    page.goto("/plan")
    page.keyboard.press("Tab")
    target = page.evaluate("document.activeElement.getAttribute('href')")
    assert target and target.startswith("#"), f"the first focus is on {target}"
    assert page.locator(target).count() == 1


def test_chinese_is_drawn_with_a_simplified_chinese_font(people):
    page = people.page()
    page.goto("/")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    heading = session.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": heading})["fonts"]
    assert "Noto Sans CJK SC" in [font["familyName"] for font in fonts], fonts


@pytest.mark.parametrize(("role", "path"), [("visitor", "/"), ("visitor", "/sign-in"), ("city", "/plan")])
def test_a_first_page_stays_under_its_weight(people, role, path):
    page = people.page(role)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    assert received and sum(received) < FIRST_PAGE_LIMIT, f"{sum(received)} bytes in {len(received)} answers"
