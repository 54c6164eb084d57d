"""A resource goes up from the school to the city's library; a report takes it down; a call for a lesson is answered."""
from playwright.sync_api import expect
from steps import go, heading, status

TITLE = "《赶海》教学设计"
LESSON = "捡贝壳的孩子"


def lesson(page) -> None:
    page.goto("/textbooks?stage=2&subject=13")
    page.get_by_role("link", name="三年级上册").first.click()
    page.get_by_role("link", name=LESSON, exact=True).click()
    heading(page, LESSON)


def write(page, title: str, file, readers: str) -> None:
    """The form of a resource, from the lesson or the call on."""
    heading(page, "新建资源")
    page.get_by_label("标题").fill(title)
    page.get_by_label("类型").select_option(label="教案")
    page.get_by_label("简介").fill("一课时，先看图再读文。")
    page.locator("#field-file").set_input_files(file)
    expect(page.locator(".upload-note")).to_contain_text("可以使用")
    page.get_by_label(readers, exact=True).check()
    page.get_by_label("原创声明").check()
    page.get_by_role("button", name="保存草稿").click()
    heading(page, title)


def decide(page, address: str, choice: str, remark: str = "") -> None:
    page.goto(address)
    page.get_by_label(choice, exact=True).check()
    page.locator("#decision").get_by_label("说明").fill(remark)
    page.locator("#decision").get_by_role("button", name="提交").click()


def test_from_the_school_to_the_city(journey, people, tmp_path):
    file = tmp_path / "赶海.txt"
    file.write_text("看潮水退去，数一数沙滩上的脚印。", encoding="utf-8")
    teacher, school = journey("teacher"), journey("school")
    page, desk = teacher.page, school.page
    lesson(page)
    page.get_by_role("link", name="为这一课上传资源").click()
    write(page, TITLE, file, "全市")
    resource = page.url
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("status").first).to_contain_text("已提交")

    desk.goto("/")
    go(desk, "资源审核")
    expect(desk.locator("main tbody tr").filter(has_text=TITLE)).to_contain_text("小学语文")
    school.picture("review-desk")
    desk.get_by_role("link", name=TITLE).click()
    desk.get_by_role("button", name="认领").click()
    expect(desk.get_by_role("status").first).to_contain_text("已认领")
    decide(desk, resource, "退回修改")
    expect(desk.locator(".error-summary")).to_contain_text("写明原因")
    school.expect_clean()
    desk.locator("#decision").get_by_label("说明").fill("缺板书设计")
    desk.locator("#decision").get_by_role("button", name="提交").click()
    expect(desk.get_by_role("status").first).to_contain_text("已退回")

    # The author sees why; unchanged it is not taken again.
    page.goto(resource)
    expect(page.locator("main")).to_contain_text("退回：缺板书设计")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("main")).to_contain_text("内容没有改动")
    page.goto(resource + "/edit")
    page.get_by_label("简介").fill("一课时，先看图再读文。板书：潮水、脚印、贝壳。")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("status").first).to_contain_text("已提交")

    decide(desk, resource, "通过")
    expect(desk.get_by_role("status").first).to_contain_text("已通过")
    page.goto("/resources/mine")
    expect(page.locator("main tbody tr").filter(has_text=TITLE)).to_contain_text("县级待审")
    county = people.page("county")
    assert status(county, resource) == 404, "the county of another school does not find it yet"
    city = journey("city")
    city.page.goto("/resources/reviews?level=county")
    expect(city.page.get_by_role("link", name=TITLE)).to_be_visible()
    decide(city.page, resource, "通过", "同意")
    expect(city.page.get_by_role("status").first).to_contain_text("已通过")
    expect(city.page.locator("#review")).to_contain_text("市级代")
    city.picture("review-steps", whole=True)
    county.goto("/resources?q=" + "赶海")
    expect(county.get_by_role("link", name=TITLE)).to_be_visible()

    # A reader reports it, and the city takes it down.
    reader = journey("county", "phone")
    reader.page.goto(resource)
    reader.page.get_by_role("link", name="举报").click()
    reader.expect_clean()
    reader.page.get_by_label("侵犯版权").check()
    reader.page.get_by_label("哪里有问题").fill("图片没有授权")
    reader.page.get_by_role("button", name="提交").click()
    expect(reader.page.get_by_role("status").first).to_contain_text("1 个工作日")
    answer = reader.page.url
    city.page.goto("/resources/cases")
    city.page.get_by_role("link", name=TITLE).click()
    city.picture("report")
    city.page.get_by_label("属实，下架").check()
    city.page.get_by_label("理由").fill("换成有授权的图片")
    city.page.get_by_role("button", name="提交").click()
    expect(city.page.get_by_role("status").first).to_contain_text("已处理")
    assert status(county, resource) == 404
    reader.page.goto(answer)
    expect(reader.page.locator("main")).to_contain_text("属实，已下架")
    page.goto(resource)
    expect(page.locator("main")).to_contain_text("已下架：换成有授权的图片")
    expect(page.get_by_role("link", name="申诉")).to_be_visible()
    teacher.expect_clean()


def test_a_call_is_answered(journey, tmp_path):
    file = tmp_path / "答.txt"
    file.write_text("一问一答。", encoding="utf-8")
    school, teacher = journey("school"), journey("teacher")
    desk, page = school.page, teacher.page
    desk.goto("/resources/coverage?stage=2&subject=13&edition=示例版&grade=P3&grade_of=none")
    row = desk.locator("main tbody tr").first
    title = row.get_by_role("link").first.inner_text()
    row.get_by_role("button", name="征集").click()
    heading(desk, f"征集：{title}")
    desk.get_by_label("课件类").uncheck()
    desk.get_by_label("说明").fill("要有朗读指导")
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_role("status").first).to_contain_text("已保存")
    school.picture("call", whole=True)
    call = desk.url

    page.goto("/")
    go(page, "资源征集")
    teacher.picture("calls")
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.locator("main")).to_contain_text("要有朗读指导")
    page.get_by_role("link", name="回应征集").click()
    write(page, f"{title}教案", file, "本校")
    page.get_by_role("button", name="提交审核").click()
    decide(desk, page.url, "通过")
    desk.goto(call)
    expect(desk.locator("main")).to_contain_text("已征齐")
    expect(desk.locator("#answers")).to_contain_text("1 项已发布")
