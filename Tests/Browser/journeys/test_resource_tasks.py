"""The city and a county set what schools are to publish; a school publishes and sees it counted, on the task and on the board."""
from playwright.sync_api import expect
from steps import agree, go, heading, status, write_resource

TITLE = "《数脚印》课标解读"
LESSON = "捡贝壳的孩子"
TASK = "校本资源共建"


def set_task(page, title: str, wanted: str, area: str = "小学语文", group: str = "素材和其他") -> str:
    page.goto("/resources/tasks")
    page.get_by_role("link", name="布置任务").click()
    heading(page, "布置任务")
    page.get_by_label("标题").fill(title)
    page.get_by_label("学段学科 1", exact=True).select_option(label=area)
    page.get_by_label("类型 1", exact=True).select_option(label=group)
    page.get_by_label("每校数量 1", exact=True).fill(wanted)
    page.get_by_role("button", name="保存").click()
    return page.url


def publish(page, desk, file, readers: str = "本校") -> str:
    """The teacher writes and hands in, her school passes it; the address of the resource."""
    write_resource(page, LESSON, TITLE, "课标解读", file, readers)
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("status").first).to_contain_text("已提交")
    desk.goto(page.url)
    desk.get_by_label("通过", exact=True).check()
    desk.locator("#decision").get_by_role("button", name="提交").click()
    expect(desk.get_by_role("status").first).to_contain_text("已通过")
    return page.url


def test_a_task_is_set_and_counted(journey, people, tmp_path):
    file = tmp_path / "数脚印.txt"
    file.write_text("从海边走回来，数一数谁的脚印最多。", encoding="utf-8")
    city, school, teacher = journey("city"), journey("school"), journey("teacher")
    page, desk = teacher.page, school.page

    # What is wrong is told at its field, and what was typed stays.
    set_task(city.page, TASK, "很多")
    expect(city.page.locator(".error-summary")).to_contain_text("每校数量应在 1 到 999 之间")
    expect(city.page.get_by_label("标题")).to_have_value(TASK)
    city.expect_clean()
    city.page.get_by_label("每校数量 1", exact=True).fill("1")
    city.page.get_by_role("button", name="保存").click()
    heading(city.page, TASK)
    task = city.page.url
    expect(city.page.locator("#units")).to_contain_text("防城区")
    city.picture("year-task", whole=True)

    # The school sees what is wanted of it, and nobody has to enter anything.
    desk.goto("/resources/mine")
    expect(desk.locator("main")).to_contain_text("还差 1 项")
    desk.goto("/")
    go(desk, "校本任务")
    row = desk.locator("main tbody tr").filter(has_text=TASK)
    expect(row).to_contain_text("0/1")
    resource = publish(page, desk, file)
    desk.goto("/resources/tasks")
    expect(row).to_contain_text("1/1")
    expect(row).to_contain_text("已完成")
    desk.get_by_role("link", name=TASK).click()
    desk.locator("#schools").get_by_role("link").first.click()
    desk.get_by_role("link", name="小学语文，素材和其他，已发布 1").click()
    expect(desk.get_by_role("link", name=TITLE)).to_be_visible()
    school.expect_clean()
    desk.goto("/resources/mine")
    expect(desk.locator("main")).not_to_contain_text("还差 1 项")

    # The rest is told, once a day.
    city.page.goto(task)
    city.page.get_by_role("button", name="提醒未完成的学校").click()
    expect(city.page.get_by_role("status").first).to_contain_text("已提醒")
    city.page.get_by_role("button", name="提醒未完成的学校").click()
    expect(city.page.locator("main")).to_contain_text("今天已经提醒过了")
    with city.page.expect_download() as download:
        city.page.locator("#schools").get_by_role("link", name="导出 CSV").click()
    assert TASK in download.value.suggested_filename

    # The board: from counties to schools to the resource; the teacher keeps her name off.
    page.goto("/")
    go(page, "贡献榜")
    expect(page.locator("#naming")).to_contain_text("榜上写你的姓名")
    teacher.picture("contributions", whole=True)
    page.get_by_role("button", name="不公开姓名").click()
    expect(page.get_by_role("status").first).to_contain_text("不再公开")
    city.page.goto("/resources/contributions")
    city.page.locator("main").get_by_role("link", name="学校", exact=True).click()
    expect(city.page.locator("main tbody")).to_contain_text("实验小学")
    city.expect_clean()
    reader = people.page("county")
    assert status(reader, resource) == 404, "what is open to one school stays there"
    page.get_by_role("button", name="公开姓名").click()
    teacher.expect_clean()

    city.page.goto(task)
    agree(city.page, "结束任务")
    expect(city.page.get_by_role("status").first).to_contain_text("任务已结束")


def test_a_county_sets_its_own(journey, people):
    county = journey("county")
    address = set_task(county.page, "本县共建", "2", area="小学各学科", group="全部类型")
    heading(county.page, "本县共建")
    expect(county.page.locator("#schools")).to_contain_text("进行中")
    school = people.page("school")
    assert status(school, address) == 404, "a school of another unit does not see it"
    phone = journey("county", "phone")
    phone.page.goto(address)
    phone.expect_clean()


def test_samples_have_a_desk(journey):
    city = journey("city")
    city.page.goto("/resources/reviews")
    city.page.get_by_role("link", name="资源抽查").click()
    heading(city.page, "资源抽查")
    city.page.get_by_role("link", name="抽查统计").click()
    heading(city.page, "抽查统计")
    city.expect_clean()
