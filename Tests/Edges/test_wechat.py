"""Signing in by WeChat. wechatpy, which other people wrote, shows that the stand-in speaks as WeChat does; then people
sign in through it in a browser."""
import os
import urllib.parse

import pytest
import requests
from harness import PASSWORD, remove, temporary_folder
from playwright.sync_api import expect, sync_playwright
from santong import Server
from wechat_stand_in import WeChat
from wechatpy.exceptions import WeChatOAuthException
from wechatpy.oauth import WeChatOAuth

APP_ID, SECRET = "wx0123456789abcdef", "f00dfeedf00dfeedf00dfeedf00dfeed"
PHONE = {
    "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "locale": "zh-CN",
    "user_agent": "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116.0 Mobile MicroMessenger/8.0.42",
}


@pytest.fixture(scope="module")
def wechat():
    wechat = WeChat(APP_ID, SECRET, "127.0.0.1")
    yield wechat
    wechat.stop()


@pytest.fixture(autouse=True)
def healthy(wechat):
    wechat.fault = None
    yield


@pytest.fixture(scope="module")
def platform(wechat):
    folder = temporary_folder()
    server = Server(folder / "data", environment={
        "SANTONG_OUTBOUND_PRIVATE": "true", "SANTONG_WECHAT_APP_ID": APP_ID, "SANTONG_WECHAT_APP_SECRET": SECRET,
        "SANTONG_WECHAT_OPEN_URL": wechat.url, "SANTONG_WECHAT_API_URL": wechat.url,
    })
    yield server
    assert server.stop() == 0, server.last_lines()
    for file in folder.rglob("*"):
        kept = file.read_bytes() if file.is_file() else b""
        assert SECRET.encode() not in kept and b"oStandIn" not in kept, f"{file.name} holds what is secret"
    remove(folder)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("SANTONG_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def phone(browser, platform):
    """`phone()` opens WeChat's browser on another phone."""
    contexts = []

    def open_one():
        context = browser.new_context(base_url=platform.url, **PHONE)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def oauth(wechat, monkeypatch):
    """wechatpy's client, turned to the stand-in."""
    monkeypatch.setattr(WeChatOAuth, "API_BASE_URL", wechat.url + "/")
    monkeypatch.setattr(WeChatOAuth, "OAUTH_BASE_URL", wechat.url + "/connect/")
    client = WeChatOAuth(APP_ID, SECRET, "http://127.0.0.1/wechat/callback", state="a1")
    client._http.trust_env = False
    return client


# The stand-in is WeChat to wechatpy


def test_wechatpy_redeems_a_code_of_the_stand_in(wechat, oauth):
    answer = oauth.fetch_access_token(wechat.code("oStandIn-mei"))
    assert answer["openid"] == oauth.open_id == "oStandIn-mei"
    assert oauth.check_access_token()
    assert oauth.refresh_access_token(oauth.refresh_token)["openid"] == "oStandIn-mei"
    with pytest.raises(WeChatOAuthException) as refused:
        oauth.get_user_info()
    assert refused.value.errcode == 48001
    oauth.fetch_access_token(wechat.code("oStandIn-mei", scope="snsapi_userinfo"))
    assert oauth.get_user_info()["nickname"] == "阿梅"


def test_wechatpy_is_refused_as_by_wechat(wechat, oauth):
    used = wechat.code("oStandIn-mei")
    oauth.fetch_access_token(used)
    for code, errcode in [(used, 40163), ("made-up", 40029), (wechat.code("oStandIn-mei", age=301), 42003), ("", 41008)]:
        with pytest.raises(WeChatOAuthException) as refused:
            oauth.fetch_access_token(code)
        assert refused.value.errcode == errcode
    oauth.secret = "wrong"
    with pytest.raises(WeChatOAuthException) as refused:
        oauth.fetch_access_token(wechat.code("oStandIn-mei"))
    assert refused.value.errcode == 40125


def test_wechatpy_builds_the_address_that_the_platform_leads_to(platform, oauth):
    session = requests.Session()
    session.trust_env = False
    answer = session.get(platform.url + "/wechat/sign-in", allow_redirects=False)
    assert answer.status_code == 303
    address = answer.headers["Location"]
    oauth.redirect_uri = platform.url + "/wechat/callback"
    oauth.state = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["state"][0]
    assert address == oauth.authorize_url
    assert "微信授权" in session.get(address).text
    assert "10003" in session.get(address.replace("127.0.0.1%3A", "elsewhere.example%3A")).text


# People


def to_wechat(page, way: str = "/sign-in"):
    page.goto(way)
    page.get_by_role("link", name="微信登录").click()
    expect(page.get_by_role("heading", name="微信授权")).to_be_visible()


def agree(page, name: str):
    page.get_by_role("link", name=f"以{name}的微信允许").click()


def heading(page, name: str):
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_a_teacher_binds_her_wechat_signs_in_by_it_and_moves_to_another(phone):
    first = phone()
    to_wechat(first, "/sign-in?return=%2Fplan")
    agree(first, "阿梅")
    heading(first, "绑定账号")
    first.get_by_label("登录名").fill("wang")
    first.get_by_label("密码").fill("not-this-one")
    first.get_by_role("button", name="登录", exact=True).click()
    expect(first.get_by_role("alert")).to_contain_text("账号或密码不正确")
    first.get_by_label("密码").fill(PASSWORD)
    first.get_by_role("button", name="登录", exact=True).click()
    heading(first, "绑定账号")
    expect(first.locator("main")).to_contain_text("王")
    first.get_by_role("button", name="绑定", exact=True).click()
    first.wait_for_url("**/plan")
    expect(first.locator("body")).to_contain_text("微信已绑定")

    later = phone()
    to_wechat(later, "/sign-in?return=%2Fplan")
    agree(later, "阿梅")
    later.wait_for_url("**/plan")
    later.goto("/account")
    expect(later.locator("#wechat")).to_contain_text("最近用微信登录")

    later.get_by_role("button", name="解除微信绑定").click()
    later.get_by_role("dialog").get_by_role("button", name="解除微信绑定").click()
    expect(later.locator("#wechat")).to_contain_text("没有绑定微信")
    later.locator("#wechat").get_by_role("link", name="绑定微信").click()
    agree(later, "阿兰")
    heading(later, "绑定账号")
    later.get_by_role("button", name="绑定", exact=True).click()
    later.wait_for_url("**/account")

    old, new = phone(), phone()
    to_wechat(old)
    agree(old, "阿梅")
    heading(old, "绑定账号")
    to_wechat(new, "/sign-in?return=%2Faccount")
    agree(new, "阿兰")
    new.wait_for_url("**/account")
    expect(new.locator("main")).to_contain_text("wang")


def test_who_does_not_agree_is_told_and_may_try_again(phone):
    page = phone()
    to_wechat(page)
    page.get_by_role("link", name="拒绝").click()
    expect(page.locator("main")).to_contain_text("你没有同意微信授权")
    page.get_by_role("link", name="重新用微信登录").click()
    expect(page.get_by_role("heading", name="微信授权")).to_be_visible()


@pytest.mark.parametrize("fault, text", [
    ({"errcode": -1, "errmsg": "system error"}, "暂时连不上微信"),
    ({"errcode": 45009, "errmsg": "reach max api daily quota limit"}, "暂时不能使用"),
    ({"errcode": 40029, "errmsg": "invalid code"}, "授权已经过期"),
    ("silence", "暂时连不上微信"),
])
def test_trouble_at_wechat_is_told_in_words(phone, wechat, fault, text):
    page = phone()
    to_wechat(page)
    wechat.fault = fault
    agree(page, "阿梅")
    expect(page.locator("main")).to_contain_text(text, timeout=15_000)
    expect(page.get_by_role("link", name="用密码登录")).to_be_visible()


def test_the_way_back_of_one_phone_is_no_use_on_another(phone, wechat):
    victim, stranger = phone(), phone()
    to_wechat(stranger)
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(stranger.url).query)["state"][0]
    before = wechat.requests.count("/sns/oauth2/access_token")
    victim.goto(f"/wechat/callback?code={wechat.code('oStandIn-lan')}&state={state}")
    expect(victim.locator("main")).to_contain_text("已经失效")
    assert wechat.requests.count("/sns/oauth2/access_token") == before
