"""A county fills its resource site; a visitor reads it on a phone, opens a resource and finds the feed."""
import xml.etree.ElementTree as ElementTree

from playwright.sync_api import expect
from steps import confirm, go, heading, status

COLLECTION = "八角树下的乡土课"
NEWS = "本周更新了两份教案"
ATOM = "{http://www.w3.org/2005/Atom}"


def entries(page, address: str) -> list[str]:
    """The titles of a feed, as a strict parser reads them."""
    answer = page.context.request.get(address)
    assert answer.status == 200 and answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.body())
    return [entry.findtext(ATOM + "title") for entry in feed.findall(ATOM + "entry")]


def test_a_county_fills_its_site_for_everybody(journey, people):
    county = journey("county")
    page = county.page
    page.goto("/")
    go(page, "资源网站")
    heading(page, "资源网站")
    county.picture("sites")
    page.locator("main").get_by_role("link", name="防城区数字教育资源网").click()
    heading(page, "防城区数字教育资源网")
    site = page.url

    # A collection of what is the county's own.
    page.get_by_role("link", name="新建专题").click()
    heading(page, "新建专题")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".error-summary")).to_contain_text("填写专题名称")
    county.expect_clean()
    page.get_by_label("专题名称").fill(COLLECTION)
    page.get_by_label("种类").select_option(label="本地特色")
    page.get_by_label("简介").fill("山里孩子身边的语文。")
    page.get_by_role("button", name="保存草稿").click()
    heading(page, "编辑专题")
    page.get_by_label("找资源").fill("八角林")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("button", name="收录“八角林里的观察课”").click()
    expect(page.get_by_role("status").first).to_contain_text("已收录")
    page.goto(page.url.partition("?")[0] + "?q=朗读")
    page.get_by_role("button", name="收录“跟着山歌学朗读”").click()
    page.get_by_role("button", name="上移“跟着山歌学朗读”").click()
    expect(page.locator("#items tbody tr").first).to_contain_text("跟着山歌学朗读")
    county.picture("collection-desk", whole=True)
    page.get_by_role("link", name="看专题").click()
    heading(page, COLLECTION)
    collection = page.url
    visitor = people.page("visitor", "phone")
    assert status(visitor, collection) == 404, "a draft"
    page.get_by_role("button", name="发布专题").click()
    expect(page.get_by_role("status").first).to_contain_text("专题已发布")

    # News, first without its text.
    page.goto(site)
    page.get_by_role("link", name="管理通知动态").click()
    page.get_by_role("link", name="新建通知").click()
    page.get_by_label("标题").fill(NEWS)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".error-summary")).to_contain_text("填写内容")
    page.get_by_label("内容").fill("两份教案都不用登录就能下载。")
    page.get_by_role("button", name="保存草稿").click()
    heading(page, NEWS)
    assert status(visitor, page.url) == 404, "a draft"
    page.get_by_role("button", name="发布通知").click()
    expect(page.get_by_role("status").first).to_contain_text("通知已发布")
    county.expect_clean()

    # The collection gets its place on the front page.
    page.goto(site)
    page.get_by_role("link", name="编辑网站").click()
    page.get_by_label("第 2 栏").select_option(label=f"本地特色：{COLLECTION}")
    page.get_by_label("第 3 栏").select_option(label="最新资源")
    page.get_by_label("第 4 栏").select_option(label="（空）")
    county.picture("site-form", whole=True)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("网站已保存")

    # Everybody sees it, on a phone and without an account.
    reader = journey("visitor", "phone")
    phone = reader.page
    phone.goto("/")
    phone.locator("main").get_by_role("link", name="资源网站").click()
    phone.get_by_role("link", name="防城区数字教育资源网").click()
    heading(phone, "防城区数字教育资源网")
    expect(phone.locator("main")).to_contain_text(NEWS)
    expect(phone.get_by_role("link", name="编辑网站")).to_have_count(0)
    reader.picture("site-phone", whole=True)
    feed = phone.locator('head link[type="application/atom+xml"]').first.get_attribute("href")
    assert {"八角林里的观察课", "跟着山歌学朗读"} <= set(entries(phone, feed))
    phone.get_by_role("link", name="订阅新资源").wait_for()
    phone.get_by_role("link", name=NEWS).click()
    expect(phone.locator("main")).to_contain_text("不用登录就能下载")
    reader.expect_clean()
    phone.goto(collection)
    phone.locator("#items").get_by_role("link", name="八角林里的观察课").click()
    heading(phone, "八角林里的观察课")
    expect(phone.locator("main")).to_contain_text("所在专题")
    reader.expect_clean()
    resource = phone.url

    # Another site shows it in a frame, which has nothing to press and no width to scroll.
    phone.get_by_text("嵌入到别的网站").click()
    code = phone.get_by_label("嵌入代码").input_value()
    assert code.startswith("<iframe ") and "/embed/resources/" in code
    frame = code.partition('src="')[2].partition('"')[0]
    phone.goto(frame)
    heading(phone, "八角林里的观察课")
    expect(phone.locator("form, script")).to_have_count(0)
    reader.expect_clean()

    # What is taken down is gone from all of them at once.
    city = people.page("city")
    city.goto(resource)
    city.get_by_text("下架这个资源").click()
    city.get_by_label("原因").fill("换成新的一版")
    city.get_by_role("button", name="下架", exact=True).click()
    expect(city.get_by_role("status").first).to_contain_text("已下架")
    assert status(phone, frame) == 404 and status(phone, resource) == 404
    assert "八角林里的观察课" not in entries(phone, feed)
    phone.goto(collection)
    expect(phone.locator("main")).not_to_contain_text("八角林里的观察课")
    expect(phone.locator("main")).to_contain_text("跟着山歌学朗读")

    # A site that is closed is closed with what is on it.
    page.goto(site)
    page.locator("main").get_by_role("button", name="关闭网站").click()
    confirm(page, "关闭网站")
    expect(page.get_by_role("status").first).to_contain_text("网站已关闭")
    assert status(phone, site) == 404 and status(phone, collection) == 404
    page.get_by_role("button", name="开通网站").click()
    expect(page.get_by_role("status").first).to_contain_text("网站已开通")
    assert status(phone, site) == 200
