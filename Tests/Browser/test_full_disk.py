"""A full disk: what cannot be kept is refused in plain words, reading goes on, and nothing acknowledged is lost.

The server runs in a mount namespace of its own with its data on a small file system in memory, which the test fills.
"""
import errno
import json
import os
import pathlib
import subprocess
import sys
import time

import pytest
from conftest import sign_in
from playwright.sync_api import expect
from santong import BINARY, REGISTER, ROOT, Server
from steps import heading

SIZE = "96m"
NO_SPACE = "存储空间不足"


def refusal(folder: pathlib.Path) -> str | None:
    """Why this machine lets nobody mount a file system; nothing when it does."""
    if os.geteuid() != 0:
        return "only root may mount a small file system"
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
        capture_output=True, text=True,
    )
    return None if tried.returncode == 0 else f"mounting is refused here: {tried.stderr.strip()}"


class CrampedServer(Server):
    """A server whose data folder is a file system of `SIZE`."""

    def __init__(self, data: pathlib.Path):
        self.data, self.log, self.output = data, data.parent / "cramped.log", data.parent / "cramped.out"
        data.mkdir()
        script = 'mount -t tmpfs -o size="$0" tmpfs "$1" && exec "$2" serve --data "$1" --demo small --port 0'
        arguments = ["unshare", "--mount", "sh", "-c", script, SIZE, str(data), BINARY]
        with self.output.open("wb") as out, self.log.open("wb") as log:
            self.process = subprocess.Popen(arguments, stdout=out, stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT)
        self.url = self._wait_until_listening(time.monotonic() + 300)

    @property
    def filler(self) -> pathlib.Path:
        """In the data folder as it is reached from outside."""
        return pathlib.Path(f"/proc/{self.process.pid}/root{self.data}/filler")

    def fill(self) -> None:
        """Writes until nothing fits any more. The database's log is emptied first: space it holds would be used again."""
        checkpoint = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('PRAGMA wal_checkpoint(TRUNCATE)'))"
        emptied = self.inside(sys.executable, "-c", checkpoint, str(self.data / "santong.sqlite"))
        assert emptied.startswith("(0,"), f"the log of the database could not be emptied: {emptied}"
        with self.filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error

    def inside(self, *arguments: str) -> str:
        """What a command prints that runs where the data folder is the server's own."""
        enter = ["nsenter", "--target", str(self.process.pid), "--mount", "--wd"]
        done = subprocess.run([*enter, *arguments], capture_output=True, text=True, timeout=120, cwd=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def cramped(tmp_path):
    if reason := refusal(tmp_path):
        pytest.skip(reason)
    server = CrampedServer(tmp_path / "data")
    yield server
    assert server.stop() == 0, server.last_lines()


def save_classes(page, school: str, classes: int) -> None:
    page.goto(f"/register{school}/edit")
    page.locator("input[name=classes]").fill(str(classes))
    page.get_by_role("button", name="保存", exact=True).click()


def upload(page) -> None:
    page.goto("/register/imports/new")
    page.locator("input[type=file]").set_input_files(REGISTER)
    page.get_by_role("button", name="上传").click()


def test_a_full_disk_refuses_writes_in_words_and_loses_nothing(cramped, browser):
    context = browser.new_context(base_url=cramped.url, locale="zh-CN")
    page = context.new_page()
    answers: list[int] = []
    page.on("response", lambda response: answers.append(response.status))
    listed = json.loads(cramped.inside(BINARY, "demo", "accounts", "--data", str(cramped.data), "--json"))
    account = next(one for one in listed if one["role"] == "countyAdministrator")
    sign_in(page, account)
    page.goto("/schools")
    school = page.locator("main a[href^='/schools/']").first.get_attribute("href")
    save_classes(page, school, 11)
    page.wait_for_url(f"**{school}")

    cramped.fill()
    save_classes(page, school, 12)
    expect(page.locator("main")).to_contain_text(NO_SPACE)
    upload(page)
    expect(page.locator("main")).to_contain_text(NO_SPACE)
    for address in ("/plan", "/schools", school, "/register/imports", "/organisations"):
        assert page.goto(address).status == 200, address
    page.goto(f"/register{school}/edit")
    assert page.locator("input[name=classes]").input_value() == "11", "an acknowledged value is lost or a refused one in"

    cramped.filler.unlink()
    save_classes(page, school, 13)
    page.wait_for_url(f"**{school}")
    upload(page)
    heading(page, "识别列")
    cramped.inside(BINARY, "doctor", "--data", str(cramped.data), "--json")
    assert not [status for status in answers if status == 500], answers
    context.close()
