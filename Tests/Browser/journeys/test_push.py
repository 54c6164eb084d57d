"""A teacher sends the pack of a lesson to her class for now, a pupil sees it on her phone, the teacher opens it in class, and
the figures of the plan rise and lead to the row. Lessons are held on school days: on any other day the server of this journey
takes the next one for today."""
import csv
import datetime
import re
import time
import zoneinfo

import pytest
from conftest import demo_accounts
from playwright.sync_api import expect
from santong import ROOT, Server
from steps import go, heading, status

ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
NOW = datetime.datetime.now(ZONE)
CLASS = "六年级(1)班"
LESSON = "周长"
ITEM = "周长练习单"


def school_day(day: datetime.date) -> bool:
    """As the calendar that comes with the program has it."""
    path = ROOT / "Sources/SchoolAffairs/WorkCalendar/Data/work-calendar.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    works, off = set(), set()
    for row in csv.DictReader(lines):
        first, _, last = row["date"].partition("..")
        end = datetime.date.fromisoformat(last or first)
        date = datetime.date.fromisoformat(first)
        while date <= end:
            (works if row["kind"] == "work" else off).add(date)
            date += datetime.timedelta(days=1)
    return day in works or (day not in off and day.weekday() < 5)


DAY = next(day for day in (NOW.date() + datetime.timedelta(days=n) for n in range(120)) if school_day(day))

if DAY != NOW.date():

    @pytest.fixture(scope="module")
    def server(tmp_path_factory):
        server = Server(tmp_path_factory.mktemp("lessons") / "data", environment={"SANTONG_DEMO_TODAY": DAY.isoformat()})
        yield server
        assert server.stop() == 0, "the server did not end well:\n" + server.last_lines()

    @pytest.fixture(scope="module")
    def accounts(server):
        return demo_accounts(server)

    @pytest.fixture(scope="module")
    def sessions():
        return {}


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def lesson_now(page) -> None:
    """The school has one lesson, which is on."""
    minute = datetime.datetime.now(ZONE).hour * 60 + datetime.datetime.now(ZONE).minute
    start = max(0, min(minute - 30, 24 * 60 - 110))
    page.goto("/schools")
    page.locator("#lessons").get_by_role("link", name="作息时间").click()
    heading(page, "作息时间")
    for number in range(1, 13):
        page.get_by_label(f"第{number}节上课").fill(clock(start) if number == 1 else "")
        page.get_by_label(f"第{number}节下课").fill(clock(start + 105) if number == 1 else "")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("作息时间已保存")


def row(page, code: str, school: str) -> tuple[int, str]:
    """How many classes of the school the plan counts for the target, and what its page says."""
    page.goto(f"/plan/targets/{code}/schools/{school}?date={DAY.isoformat()}")
    text = page.locator("main").inner_text()
    found = re.search(r"= (\d+) ÷", text)
    return int(found.group(1)) if found else 0, text


def test_from_the_pack_to_the_figure(journey, people):
    school = journey("school")
    desk = school.page
    lesson_now(desk)
    school.picture("lesson-times")
    own = re.search(r"/schools/([^/]+)/", desk.url).group(1)
    city = journey("city")
    before = {code: row(city.page, code, own)[0] for code in ("T26", "T28")}

    teacher = journey("teacher")
    page = teacher.page
    page.goto("/")
    go(page, "今天上课用")
    heading(page, "今天上课用")
    teacher.expect_clean()
    page.goto("/textbooks?stage=2&subject=14")
    page.get_by_role("link", name="三年级上册").first.click()
    page.get_by_role("link", name=LESSON, exact=True).click()
    page.get_by_role("link", name="推送到班级").click()
    heading(page, "推送到班级")
    teacher.picture("push-form", whole=True)
    page.get_by_role("button", name="推送", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("至少给一个班选择节次")
    group = page.locator("fieldset.field-group").filter(has_text=CLASS)
    expect(group.get_by_label("日期")).not_to_have_value("")
    group.get_by_label("日期").fill(DAY.isoformat())
    group.get_by_label("节次").select_option("1")
    page.get_by_role("button", name="推送", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已推送给 1 个班")
    heading(page, "推送：" + LESSON)
    teacher.picture("push", whole=True)

    # A pupil of the class has it on her phone; nothing of hers can be counted.
    pupil = journey("pupil", "phone")
    phone = pupil.page
    phone.goto("/lessons/mine")
    heading(phone, "今天的课")
    phone.get_by_role("link", name=LESSON).click()
    expect(phone.locator("#pack")).to_contain_text(ITEM)
    expect(phone.get_by_role("button", name="上课打开")).to_have_count(0)
    pupil.picture("lesson-pupil")
    lesson = phone.url
    assert status(people.page("county"), lesson) == 404, "another county finds nothing of it"

    # In class, on the phone.
    board = journey("teacher", "phone")
    hand = board.page
    hand.goto("/lessons")
    hand.get_by_role("link", name=f"{CLASS} {LESSON}").click()
    expect(hand.locator("main")).to_contain_text("计入第1节的课堂使用")
    board.picture("lesson-teacher")
    opened = hand.locator("#pack li").filter(has_text=ITEM).get_by_role("button", name="上课打开")
    opened.click()
    expect(hand.get_by_role("status").first).to_contain_text("已计入第1节的课堂使用")
    heading(hand, ITEM)
    board.expect_clean()
    hand.goto(lesson)
    hand.get_by_role("button", name="上课打开").first.click()
    expect(hand.get_by_role("status").first).to_contain_text("不重复计")

    # The figures follow within ten seconds, and lead to the class.
    for code, words in (("T26", "收到推送"), ("T28", "在课上用过")):
        deadline = time.monotonic() + 30
        while (now := row(city.page, code, own))[0] <= before[code] and time.monotonic() < deadline:
            time.sleep(1)
        assert now[0] == before[code] + 1, f"{code} was {before[code]}: {now[1]}"
        line = city.page.locator("main tbody tr").filter(has_text=CLASS)
        expect(line).to_contain_text(words)
        city.expect_clean()
    city.page.locator("main tbody tr").filter(has_text=CLASS).get_by_role("link").click()
    heading(city.page, "资源和课堂使用")
    expect(city.page.locator("main")).to_contain_text("第1节已计入")
    city.picture("class-lessons")


def test_a_teaching_point_takes_a_light_pack(journey):
    school = journey("school")
    page = school.page
    page.goto("/schools")
    page.locator("#lessons").get_by_role("link", name="轻量包").click()
    heading(page, "轻量包")
    page.locator("#budget").get_by_label("每天的预算").fill("很大")
    page.locator("#budget").get_by_role("button", name="保存").click()
    expect(page.locator(".error-summary")).to_contain_text("5 到 2000")
    page.locator("#budget").get_by_label("每天的预算").fill("20")
    page.locator("#budget").get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    page.goto(page.url.partition("?")[0] + f"?day={DAY.isoformat()}")
    expect(page.locator("#chosen")).to_contain_text(ITEM)
    school.picture("light-pack", whole=True)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^下载（")).click()
    assert open(download.value.path(), "rb").read(2) == b"PK"
