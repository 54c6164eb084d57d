"""PostgreSQL restarted under traffic: people get a page that says so, nobody gets an error 500, and the server heals."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time

import pytest
from client import Client, fields
from santong import Server, command_json

LIMIT = 60
LOST = "数据库暂时连接不上"
UNKNOWN = "不能确定是否已保存"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Postgres:
    """A server of its own, gone afterwards."""

    def __init__(self, programs: pathlib.Path):
        self.programs, self.port = programs, free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="santong-postgres-"))
        self.data = self.folder / "data"
        self.user = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.user = ["runuser", "-u", "postgres", "--"]
        self.run("initdb", "--pgdata", self.data, "--username", "santong", "--auth", "trust", "--encoding", "UTF8",
                 "--locale", "C.UTF-8", "--no-sync")
        self.control("start")
        self.run("createdb", "--host", "127.0.0.1", "--port", self.port, "--username", "santong", "santong")

    @property
    def conninfo(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=santong dbname=santong"

    def run(self, program: str, *arguments) -> None:
        words = [*self.user, str(self.programs / program), *map(str, arguments)]
        done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", timeout=120)
        assert done.returncode == 0, done.stderr

    def control(self, deed: str, *arguments) -> None:
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -F"
        self.run("pg_ctl", deed, "--wait", "--silent", "--pgdata", self.data, "--log", self.folder / "log",
                 "--options", options, *arguments)

    def remove(self) -> None:
        self.run("pg_ctl", "stop", "--wait", "--silent", "--pgdata", self.data, "--mode", "fast")
        shutil.rmtree(self.folder)


@pytest.fixture
def postgres():
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is not installed")
    postgres = Postgres(programs[-1].parent)
    yield postgres
    postgres.remove()


class Traffic:
    """Asks again and again until told to stop; keeps what was answered."""

    def __init__(self, deed):
        self.deed, self.good, self.refused, self.wrong, self.ends = deed, 0, 0, [], threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        while not self.ends.is_set():
            try:
                answer, is_good = self.deed()
            except Exception as error:  # A broken thread must fail the test, not hang it.
                self.wrong.append(repr(error))
                return
            if is_good:
                self.good += 1
            elif answer.status == 503 and (LOST in answer.text or UNKNOWN in answer.text):
                self.refused += 1
            else:
                self.wrong.append(f"{answer.status} {answer.location} {answer.text[-600:]}")

    def stop(self) -> None:
        self.ends.set()
        self.thread.join()


class Writer:
    """Saves a growing number of classes for one school and remembers the last one that was acknowledged."""

    def __init__(self, client: Client, school: str):
        self.client, self.address = client, f"/register{school}/edit"
        self.tried = self.acknowledged = 10

    def __call__(self):
        page = self.client.get(self.address)
        if page.status != 200:
            return page, False
        self.tried += 1
        form = fields(page.text, self.address) | {"classes": str(self.tried)}
        answer = self.client.post(self.address, form)
        if answer.status == 503 and UNKNOWN in answer.text:
            return self.ask_again(form)
        if answer.status == 303:
            self.acknowledged = self.tried
        return answer, answer.status == 303

    def ask_again(self, form: dict):
        """The same form, until somebody can say that it is saved, now or before."""
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            answer = self.client.post(self.address, form)
            if answer.status != 503:
                is_saved = answer.status == 303 or "没有重复办理" in answer.text
                assert is_saved, answer.text[-600:]
                self.acknowledged = self.tried
                return answer, True
            time.sleep(0.02)
        raise AssertionError("nobody can say whether the form is saved")

    def held(self) -> int:
        return int(self.client.form(self.address, self.address)["classes"])


def test_a_restart_of_postgresql_is_told_in_words_and_healed(postgres, tmp_path, monkeypatch):
    monkeypatch.setenv("SANTONG_POSTGRES", postgres.conninfo)
    server = Server(tmp_path / "data")
    listed = command_json("demo", "accounts", "--data", str(server.data))
    account = next(one for one in listed if one["role"] == "countyAdministrator")
    readers = [Client(server.url, account) for _ in range(3)]
    school = re.search(r'href="(/schools/[^"?/]{16,})"', readers[0].get("/schools").text).group(1)
    writer = Writer(Client(server.url, account), school)

    def reading(client: Client, path: str):
        def ask():
            answer = client.get(path)
            return answer, answer.status == 200

        return ask

    traffic = [Traffic(reading(client, path)) for client, path in zip(readers, ("/schools", "/plan", school))]
    traffic.append(Traffic(writer))
    try:
        wait_for_more(traffic, 3)
        for mode in ("fast", "immediate", "fast"):
            postgres.control("restart", "--mode", mode)
            wait_for_more(traffic, 3)
    finally:
        for one in traffic:
            one.stop()
    wrong = [words for one in traffic for words in one.wrong]
    assert not wrong, "\n".join(wrong[:5])
    # A lost connection may hide that a commit came through, never that an acknowledged one did not.
    assert writer.acknowledged <= writer.held() <= writer.tried
    assert server.stop() == 0, server.last_lines()


def wait_for_more(traffic: list[Traffic], count: int) -> None:
    """Until each of them has got that many more good answers."""
    wanted = [one.good + count for one in traffic]
    deadline = time.monotonic() + LIMIT
    while any(one.good < aim for one, aim in zip(traffic, wanted)):
        assert not any(one.wrong for one in traffic), [one.wrong[:2] for one in traffic]
        assert time.monotonic() < deadline, f"not healed: {[(one.good, one.refused) for one in traffic]}"
        time.sleep(0.02)
