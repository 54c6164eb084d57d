"""Sending a large file from the page over a line that breaks."""
import re

from playwright.sync_api import expect
from steps import heading

PIECE = 4 << 20
PLACE = re.compile(r"/uploads/[0-9a-z]{26}$")


class Line:
    """What leads from one page to the server: notes where each piece began, and breaks when told."""

    def __init__(self, page, breaks):
        self.offsets: list[int] = []
        self.breaks = breaks
        page.route(PLACE, self._carry)

    def _carry(self, route):
        if route.request.method != "PATCH":
            return route.continue_()
        self.offsets.append(int(route.request.headers["upload-offset"]))
        return route.abort("connectionreset") if self.breaks(self) else route.continue_()


def lesson(folder, name: str, size: int):
    file = folder / name
    line = "第一课 认识小数，读一读，写一写。\n"
    file.write_text((line * (size // len(line.encode()) + 1)).encode()[:size].decode(errors="ignore"))
    return file


def test_a_file_goes_on_where_the_line_was_cut(journey, tmp_path):
    teacher = journey("teacher")
    page = teacher.page
    page.goto("/uploads/mine")
    heading(page, "我的上传")
    teacher.expect_clean()
    line = Line(page, lambda line: len(line.offsets) == 3)
    page.locator("main input[type=file]").first.set_input_files(lesson(tmp_path, "说课 稿①.txt", 20 << 20))
    expect(page.locator(".upload-note")).to_contain_text("可以使用", timeout=60_000)
    assert line.offsets == [0, PIECE, 2 * PIECE, 2 * PIECE, 3 * PIECE, 4 * PIECE]
    teacher.expect_clean()
    page.reload()
    row = page.get_by_role("row").filter(has_text="说课 稿①.txt")
    expect(row).to_contain_text("可以使用")


def test_a_file_chosen_again_after_a_reload_goes_on_and_can_be_given_up(journey, tmp_path):
    teacher = journey("teacher")
    page = teacher.page
    page.goto("/uploads/mine")
    file = lesson(tmp_path, "实验记录.txt", 3 * PIECE)
    line = Line(page, lambda line: len(line.offsets) > 1)
    page.locator("main input[type=file]").first.set_input_files(file)
    expect(page.locator(".upload-note")).to_contain_text("正在重试", timeout=15_000)
    page.reload()
    row = page.get_by_role("row").filter(has_text="实验记录.txt")
    expect(row).to_contain_text("33%")
    line.offsets.clear()
    line.breaks = lambda line: False
    page.locator("main input[type=file]").first.set_input_files(file)
    expect(page.locator(".upload-note")).to_contain_text("可以使用", timeout=30_000)
    assert line.offsets == [PIECE, 2 * PIECE]
    page.reload()
    row.get_by_role("button", name="移除").click()
    expect(page.get_by_role("status").first).to_contain_text("已移除")
    expect(row).to_have_count(0)


def test_a_phone_offers_its_camera_and_words_tell_what_is_wrong(journey, tmp_path):
    pupil = journey("pupil", "phone")
    page = pupil.page
    page.goto("/uploads/mine")
    expect(page.get_by_text("拍照或录像")).to_be_visible()
    empty, program = tmp_path / "空.txt", tmp_path / "游戏.pdf"
    empty.write_bytes(b"")
    program.write_bytes(b"MZ\x90\x00" + b"\x00" * 100)
    page.locator("main input[multiple]").set_input_files([empty, program])
    expect(page.get_by_text("文件是空的，没有内容。").first).to_be_visible()
    expect(page.get_by_text("这是程序或脚本，不能上传").first).to_be_visible(timeout=15_000)
    pupil.expect_clean()
