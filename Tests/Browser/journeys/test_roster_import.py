"""A school takes in its roster as it has it: checks, accepts, repairs what came back, sends it again, takes it back."""
import datetime
import re

from openpyxl import Workbook
from playwright.sync_api import Page, expect
from steps import agree, go, heading, opened

YEAR = datetime.date.today().year - (datetime.date.today().month < 9)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(born: str, sequence: int) -> str:
    """A citizen number of nobody's area with its check digit (GB 11643)."""
    body = f"450699{born}{sequence:03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS)) % 11]


def roster(path):
    """As a class teacher keeps it: a title above, a total below, one wrong number, one class that nobody understands."""
    book = Workbook()
    sheet = book.active
    sheet.title = "三年级"
    sheet["A1"] = "三年级学生花名册"
    sheet.merge_cells("A1:H1")
    sheet.append(["序号", "姓名", "性别", "出生日期", "身份证号", "班级", "家长姓名", "家长电话"])
    born = f"{YEAR - 9}0310"
    rows = [
        ("石小山", "男", number(born, 101), "三(8)班", "石大山"), ("石小水", "女", number(born, 102), "三(8)班", "石大山"),
        ("农小林", "男", number(born, 103)[:-1] + "?", "三(8)班", "农大林"), ("盘小溪", "女", number(born, 104), "海豚", "盘大溪"),
    ]
    for index, (name, sex, document, group, parent) in enumerate(rows, 1):
        date = datetime.date(YEAR - 9, 3, 10)
        sheet.append([index, name, sex, date, document, group, parent, f"1990000{index if index != 2 else 1:04}"])
    sheet.append(["合计", len(rows)])
    book.save(path)
    return path


def counts(page: Page) -> dict[str, int]:
    """How many rows the tabs of a change set announce."""
    tabs = page.locator("#changes").inner_text()
    return {kind: int(count) for kind, count in re.findall(r"(新增|变更|不变|疑似重复|退回)\s+(\d+)", tabs)}


def send(page: Page, file) -> dict[str, int]:
    page.goto("/rosters/batches")
    page.get_by_role("link", name="导入花名册").first.click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传").click()
    heading(page, "识别列")
    page.get_by_role("button", name="查看变更集").click()
    heading(page, "变更集")
    return counts(page)


def test_a_school_imports_repairs_accepts_and_takes_back(journey, tmp_path):
    school = journey("school")
    page = school.page
    page.goto("/rosters/batches")
    school.picture("school-rosters")
    page.get_by_role("link", name="导入花名册").first.click()
    heading(page, "导入花名册")
    school.picture("school-roster-upload")

    file = roster(tmp_path / "三年级.xlsx")
    first = send(page, file)
    assert (first["新增"], first["退回"]) == (2, 2), first
    school.picture("school-roster-changes")
    page.get_by_role("link", name=re.compile("^退回")).last.click()
    expect(page.locator("main")).to_contain_text("身份证号")
    expect(page.locator("main")).to_contain_text("看不出是几班")
    school.picture("school-roster-refused")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载退回的行").click()
    returned = opened(download)
    marked = [cell for sheet in returned for row in sheet.iter_rows() for cell in row if cell.comment]
    assert len(marked) == 2, [cell.coordinate for cell in marked]

    agree(page, "接受")
    heading(page, "导入结果")
    accepted = page.url
    school.picture("school-roster-result")

    # What came back is repaired in place and sent again.
    born = f"{YEAR - 9}0310"
    for cell in marked:
        cell.value = number(born, 103) if "?" in str(cell.value) else "三(8)班"
    repaired = tmp_path / "退回.xlsx"
    returned.save(repaired)
    second = send(page, repaired)
    assert (second["新增"], second["退回"]) == (2, 0), second
    agree(page, "接受")
    heading(page, "导入结果")
    later = page.url

    again = send(page, file)
    assert (again["新增"], again["变更"], again["不变"]) == (0, 0, 2), again
    agree(page, "放弃")
    expect(page.get_by_role("status")).to_be_visible()

    # The class that the first import made holds pupils of the second.
    page.goto(accepted)
    agree(page, "撤销导入")
    expect(page.get_by_role("status")).to_contain_text("不能撤销")
    for address in (later, accepted):
        page.goto(address)
        agree(page, "撤销导入")
        expect(page.get_by_role("status")).to_contain_text("已撤销")
    go(page, "班级")
    expect(page.locator("main")).not_to_contain_text("三年级(8)班")
    school.expect_clean()
