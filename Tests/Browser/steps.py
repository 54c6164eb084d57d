"""Steps that several journeys share."""
import re

from playwright.sync_api import Page, expect
from santong import REGISTER

SCHOOL = re.compile(r"^/schools/[^/?]{16,}$")


def go(page: Page, item: str) -> None:
    """Follows an item of the main navigation, also on a phone where the menu is folded away."""
    menu = page.locator("details.fold > summary")
    if menu.is_visible():
        menu.click()
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=item, exact=True).click()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def school_addresses(page: Page) -> list[str]:
    """The schools on the first page of the person's list."""
    page.goto("/schools")
    links = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
    return sorted({link for link in links if SCHOOL.match(link)})


def status(page: Page, address: str) -> int:
    """What the server answers this person at that address."""
    return page.context.request.get(address).status


def counts(page: Page) -> dict[str, int]:
    """The figures of a change set, by their names: 新增, 变更, 不变, 退回."""
    found = {}
    for name in ("新增", "变更", "不变", "退回"):
        figure = page.locator(".statistic").filter(has=page.get_by_text(name, exact=True))
        found[name] = int(re.sub(r"\D", "", figure.locator(".statistic-value").inner_text()))
    return found


def upload(page: Page, file=REGISTER) -> None:
    """From the list of imports to the recognised columns; to the change set when they are remembered from before."""
    page.goto("/register/imports")
    page.get_by_role("link", name="导入工作簿").first.click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("识别列|变更集"), timeout=15_000)
