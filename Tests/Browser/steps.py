"""Steps that several journeys share."""
import base64
import hashlib
import hmac
import io
import re
import time

import zxingcpp
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from santong import REGISTER

SCHOOL = re.compile(r"^/schools/[^/?]{16,}$")


def sign_in(page: Page, account: dict[str, str], way: str = "") -> None:
    page.goto("/sign-in" + (f"?return={way}" if way else ""))
    page.locator("input[name=login]").fill(account["username"])
    page.locator("input[name=password]").fill(account["password"])
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: not url.partition("?")[0].endswith("/sign-in"))


def choose_password(page: Page, present: str, password: str) -> None:
    """On the page that somebody with a password of another's making is led to."""
    heading(page, "修改密码")
    page.locator("input[name=present]").fill(present)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=repeated]").fill(password)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(lambda url: "/account/password" not in url)


def new_account(page: Page, name: str, login: str, role: str, place: str | None = None) -> str:
    """Opens an account as the administrator on the page, at the first place or the one named; the initial password."""
    page.goto("/accounts/new")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("登录名").fill(login)
    page.get_by_label("角色").select_option(label=role)
    choice = page.get_by_label("单位")
    choice.select_option(label=place) if place else choice.select_option(index=1)
    page.get_by_role("button", name="新建").click()
    heading(page, "初始密码")
    return page.locator("main code").inner_text()


def confirm(page: Page, verb: str) -> None:
    """Answers the question that a button asks back."""
    page.get_by_role("dialog").get_by_role("button", name=verb).click()


def agree(page: Page, verb: str) -> None:
    """Presses a button that asks first, and answers with the same verb."""
    page.locator("main").get_by_role("button", name=verb, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=verb, exact=True).click()


def opened(download):
    """The workbook that was downloaded; the browser keeps it under a name without an ending."""
    with open(download.value.path(), "rb") as file:
        return load_workbook(io.BytesIO(file.read()))


def scan(picture: Locator) -> str:
    """What a phone reads from a QR code on the screen."""
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(picture.screenshot())))
    assert found is not None, "no code can be read"
    return found.text


class Authenticator:
    """The app on somebody's phone (RFC 6238), by the secret in its base32 spelling. No code is given twice, so that
    nobody waits for the next: one step ahead of the clock is accepted too."""

    def __init__(self, secret: str):
        self.seed = base64.b32decode(secret)
        self.last = 0

    def code(self) -> str:
        self.last = max(self.last + 1, int(time.time()) // 30)
        digest = hmac.digest(self.seed, self.last.to_bytes(8), hashlib.sha1)
        number = int.from_bytes(digest[digest[19] & 15:][:4]) & 0x7FFF_FFFF
        return f"{number % 1_000_000:06}"


def go(page: Page, item: str) -> None:
    """Follows an item of the main navigation, also on a phone where the menu is folded away."""
    menu = page.locator("details.fold > summary")
    if menu.is_visible():
        menu.click()
    navigation = page.locator("details.fold nav" if menu.is_visible() else "nav.bar-nav")
    name = re.compile(f"^{re.escape(item)}$")
    link = navigation.locator("a").filter(has_text=name)
    group = navigation.locator("details.nav-group", has=page.locator("a").filter(has_text=name)).locator("summary")
    # The group of the page that is open stands open already.
    if group.count() and not link.is_visible():
        group.click()
    link.click()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def slip_of(page: Page, name: str | None = None) -> dict[str, str]:
    """What stands on the slip of somebody, or on the last one."""
    slip = page.locator(".slip")
    slip = slip.filter(has=page.get_by_role("heading", name=name, exact=True)) if name else slip.last
    login, code = slip.locator("code").all_inner_texts()
    return {"name": slip.get_by_role("heading").inner_text(), "login": login, "code": code}


def activate(page: Page, slip: dict[str, str], password: str) -> None:
    """Fills in the page that makes an account one's own."""
    page.get_by_label("登录名").fill(slip["login"])
    page.get_by_label("激活码").fill(slip["code"])
    page.get_by_label("设置密码").fill(password)
    page.get_by_label("再填一次密码").fill(password)
    page.get_by_role("button", name="激活并登录").click()


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


def write_resource(page: Page, lesson: str, title: str, kind: str, file, readers: str = "本校") -> str:
    """A draft of one's own for a lesson of the third year, with a file; its address."""
    page.goto("/textbooks?stage=2&subject=13")
    page.get_by_role("link", name="三年级上册").first.click()
    page.get_by_role("link", name=lesson, exact=True).click()
    page.get_by_role("link", name="为这一课上传资源").click()
    heading(page, "新建资源")
    page.get_by_label("标题").fill(title)
    page.get_by_label("类型").select_option(label=kind)
    page.locator("#field-file").set_input_files(file)
    expect(page.locator(".upload-note")).to_contain_text("可以使用")
    page.get_by_label(readers, exact=True).check()
    page.get_by_label("原创声明").check()
    page.get_by_role("button", name="保存草稿").click()
    heading(page, title)
    return page.url
