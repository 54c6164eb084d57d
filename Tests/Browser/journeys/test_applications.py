"""A school connects an application: the administrator applies, the bureau approves, the teacher opens it."""
import re
import struct
import zlib

from playwright.sync_api import expect
from steps import go, heading, status


def picture() -> bytes:
    """A small green square as PNG."""
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x1f\x8a\x5b" * 48 for _ in range(48))
    head = struct.pack(">IIBBBBB", 48, 48, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def fill(page, name: str, redirect: str) -> None:
    page.get_by_label("应用名称").fill(name)
    page.get_by_label("简介").fill("在线做题、自动批改。")
    page.get_by_label("接入级别").select_option(label="校")
    page.get_by_label("申请单位").select_option(index=1)
    page.get_by_label("联系人").fill("李校长")
    page.get_by_label("联系电话").fill("0770-1234567")
    page.get_by_label("回调地址（OpenID Connect）").fill(redirect)
    page.get_by_label("打开地址").fill("https://tiku.example.cn/")
    page.get_by_label("图标").set_input_files({"name": "tiku.png", "mimeType": "image/png", "buffer": picture()})


def test_a_school_connects_an_application_and_its_teacher_opens_it(journey):
    school = journey("school")
    page = school.page
    page.goto("/")
    go(page, "应用")
    page.get_by_role("link", name="接入管理").click()
    page.get_by_role("link", name="申请接入").click()
    heading(page, "系统接入申请")
    fill(page, "在线题库", "https://tiku.example.cn/callback")
    school.picture("application-form", whole=True)
    fill(page, "在线题库", "http://tiku.example.cn/callback")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("alert")).to_contain_text("应以 https:// 开头")
    school.picture("application-refused")
    fill(page, "在线题库", "https://tiku.example.cn/callback")
    page.get_by_role("button", name="保存草稿").click()
    heading(page, "在线题库")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已提交审批")
    school.expect_clean()
    address = page.url

    city = journey("city")
    desk = city.page
    desk.goto("/applications/registry?state=waiting")
    city.picture("application-list")
    desk.get_by_role("link", name="在线题库").click()
    desk.get_by_label("退回").check()
    desk.get_by_role("button", name="提交决定").click()
    expect(desk.get_by_role("alert")).to_contain_text("退回时写明要改什么")
    city.expect_clean()
    desk.goto(address)
    desk.get_by_label("通过").check()
    desk.get_by_label("意见").fill("地址已核对，同意接入。")
    desk.locator("#approval").scroll_into_view_if_needed()
    city.picture("application-approval")
    desk.get_by_role("button", name="提交决定").click()
    expect(desk.get_by_role("status")).to_contain_text("应用已接入")
    assert desk.get_by_role("button", name="领取密钥").count() == 0

    page.goto(address)
    page.get_by_role("button", name="领取密钥").click()
    heading(page, "在线题库的密钥")
    secret = page.locator("main code").last.inner_text()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret), secret
    school.expect_clean()
    page.goto(address)
    assert secret not in page.content()
    assert page.get_by_role("button", name="领取密钥").count() == 0
    school.picture("application-page")

    teacher = journey("teacher")
    own = teacher.page
    own.goto("/")
    go(own, "应用")
    heading(own, "我的应用")
    tile = own.get_by_role("link", name="在线题库")
    expect(tile).to_have_attribute("href", "https://tiku.example.cn/")
    assert own.evaluate("() => [...document.querySelectorAll('img.logo')].every(image => image.naturalWidth > 0)")
    teacher.picture("application-launcher")
    assert status(own, "/applications/registry") == 404

    page.goto(address)
    page.get_by_role("link", name="修改").click()
    page.get_by_label("回调地址（OpenID Connect）").fill("https://tiku.example.cn/new")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("变更已提交审批")
    expect(page.locator("#amendment")).to_contain_text("https://tiku.example.cn/callback")
    desk.goto(address)
    city.picture("application-change")
    desk.get_by_label("通过").check()
    desk.get_by_role("button", name="提交决定").click()
    expect(desk.get_by_role("status")).to_contain_text("变更已生效")
    desk.get_by_label("原因").fill("发现安全漏洞，修好后恢复")
    desk.get_by_role("button", name="暂停").click()
    expect(desk.get_by_role("status")).to_contain_text("应用已暂停")
    city.expect_clean()
    own.goto("/applications")
    assert own.get_by_role("link", name="在线题库").count() == 0


def test_the_launcher_fits_a_phone(journey):
    teacher = journey("teacher", "phone")
    teacher.page.goto("/applications")
    heading(teacher.page, "我的应用")
    teacher.picture("application-launcher-phone")
