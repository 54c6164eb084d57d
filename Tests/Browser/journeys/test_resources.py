"""A teacher writes a resource for a lesson, her school publishes it, a teacher elsewhere finds and adapts it."""
from playwright.sync_api import expect
from steps import confirm, go, heading, status

LESSON = "捡贝壳的孩子"
TITLE = "《捡贝壳的孩子》教案"


def lesson(page) -> str:
    """By the textbook, as anybody goes."""
    page.goto("/textbooks?stage=2&subject=13")
    page.get_by_role("link", name="三年级上册").first.click()
    page.get_by_role("link", name=LESSON, exact=True).click()
    heading(page, LESSON)
    return page.url


def test_a_resource_from_the_draft_to_the_lesson(journey, people, tmp_path):
    file = tmp_path / "教案.txt"
    file.write_text("读三遍，说一说捡到了什么。", encoding="utf-8")
    teacher = journey("teacher")
    page = teacher.page
    page.goto("/")
    go(page, "教材目录")
    teacher.picture("textbooks")
    address = lesson(page)
    teacher.expect_clean()
    page.get_by_role("link", name="为这一课上传资源").click()
    heading(page, "新建资源")
    page.get_by_label("类型").select_option(label="教案")
    page.get_by_label("简介").fill("一课时。")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".error-summary")).to_contain_text("填写标题")
    expect(page.get_by_label("简介")).to_have_value("一课时。")
    page.get_by_label("标题").fill(TITLE)
    page.locator("#field-file").set_input_files(file)
    expect(page.locator(".upload-note")).to_contain_text("可以使用")
    page.get_by_label("全市", exact=True).check()
    page.get_by_label("原创声明").check()
    teacher.picture("resource-form", whole=True)
    page.get_by_role("button", name="保存草稿").click()
    heading(page, TITLE)
    resource = page.url
    assert status(people.page("pupil"), resource) == 404
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("status").first).to_contain_text("已提交")

    school = journey("school")
    desk = school.page
    desk.goto("/")
    go(desk, "资源审核")
    desk.get_by_role("link", name=TITLE).click()
    school.picture("resource-review", whole=True)
    desk.get_by_label("通过", exact=True).check()
    desk.locator("#decision").get_by_role("button", name="提交").click()
    expect(desk.get_by_role("status").first).to_contain_text("已通过")
    bureau = people.page("city")
    bureau.goto(resource)
    bureau.get_by_label("通过", exact=True).check()
    bureau.locator("#decision").get_by_role("button", name="提交").click()
    expect(bureau.get_by_role("status").first).to_contain_text("已通过")

    other = journey("county", "phone")
    other.page.goto(address)
    expect(other.page.get_by_role("link", name=TITLE)).to_be_visible()
    other.picture("textbook-node-phone")
    other.page.get_by_role("link", name=TITLE).click()
    with other.page.expect_download() as waiting:
        other.page.get_by_role("link", name="教案.txt").click()
    with open(waiting.value.path(), encoding="utf-8") as got:
        assert got.read() == file.read_text(encoding="utf-8")

    # It is for the city's teachers: neither a pupil nor a visitor finds it.
    for who in ("pupil", "visitor"):
        stranger = people.page(who)
        stranger.goto(address)
        heading(stranger, LESSON)
        assert stranger.get_by_role("link", name=TITLE).count() == 0, who
        assert status(stranger, resource) == 404, who

    with page.expect_download() as waiting:
        page.goto("/resources/mine")
        page.get_by_role("link", name="下载我的存档").click()
    assert waiting.value.suggested_filename.endswith(".zip")

    desk.goto("/resources/coverage?stage=2&subject=13&edition=示例版&grade=P3")
    expect(desk.locator("main tbody tr").filter(has_text=LESSON)).to_contain_text("不足")
    school.picture("resource-coverage")
    desk.goto(resource)
    desk.get_by_text("下架这个资源").click()
    desk.get_by_label("原因").fill("换新版")
    desk.get_by_role("button", name="下架", exact=True).click()
    expect(desk.get_by_role("status").first).to_contain_text("已下架")
    assert status(other.page, resource) == 404


def test_the_city_takes_next_years_catalogue(journey, tmp_path):
    city = journey("city")
    page = city.page
    page.goto("/textbooks")
    page.get_by_role("link", name="导入目录").click()
    city.expect_clean()
    page.get_by_role("link", name="导入目录").click()
    file = tmp_path / "目录.csv"
    rows = "高中,信息技术,示例版,,必修2,第一单元 网络,连起来,S2-1\n,,,,,,分组与路由,S2-2\n"
    file.write_text("学段,学科,版本,年级,册次,单元,课,节点代码\n" + rows, encoding="utf-8")
    page.get_by_label("目录文件").set_input_files(file)
    page.get_by_role("button", name="上传").click()
    heading(page, "教材目录")
    city.picture("catalogue-changes")
    page.get_by_role("button", name="接受").click()
    expect(page.get_by_role("status").first).to_contain_text("已接受")
    page.get_by_role("button", name="撤销").click()
    confirm(page, "撤销")
    expect(page.get_by_role("status").first).to_contain_text("已撤销")
