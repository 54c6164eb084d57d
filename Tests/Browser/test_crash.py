"""What was acknowledged survives `kill -9`, and an import is wholly in or wholly out.

Two workbooks that differ in one column are accepted in turn on one data folder. The importing process is killed at a
moment drawn from a fixed seed within the time that accepting usually takes, counted from the moment the import says
that it is being accepted. Afterwards the preview of one of the two workbooks tells which one the register holds: it
sees no change or a change in every row; anything between is a torn import.
"""
import json
import pathlib
import random
import sqlite3
import subprocess
import time

import pytest
from client import Client
from santong import BINARY, REGISTER, ROOT, Server, command, command_json
from workbooks import more_computers

ROUNDS = 50
SERVER_ROUNDS = 2
SEED = 20151231
# A job whose process died is taken up again when its lease of a minute is over.
RESUMED_WITHIN = 150


def newest_import(data) -> tuple[str, str] | None:
    """Key and state of the import uploaded last, read beside the process that works on it."""
    with sqlite3.connect(f"file:{data}/santong.sqlite?mode=ro", uri=True, timeout=10) as database:
        return database.execute("SELECT id, state FROM connectivity_import ORDER BY id DESC LIMIT 1").fetchone()


def wait_until_accepting(data, before: tuple[str, str] | None, process: subprocess.Popen) -> None:
    """Until an import later than `before` is being accepted; its end is good too, for a watcher that came late."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        now = newest_import(data)
        if now and (not before or now[0] > before[0]) and now[1] in ("accepting", "accepted"):
            return
        time.sleep(0.001)


class Register:
    """The facility register of one data folder, reached by command."""

    def __init__(self, data, files):
        self.data, self.files = str(data), [str(file) for file in files]

    def preview(self, which: int) -> dict:
        return command_json("import", "register", self.files[which], "--data", self.data)

    def accept(self, which: int, kill_after: float | None) -> bool:
        """Whether the import was acknowledged: the process ended well and printed its counts."""
        before = newest_import(self.data)
        arguments = [BINARY, "import", "register", self.files[which], "--accept", "--json", "--data", self.data]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        wait_until_accepting(self.data, before, process)
        try:
            printed, problems = process.communicate(timeout=300 if kill_after is None else kill_after)
        except subprocess.TimeoutExpired:
            process.kill()
            printed, _ = process.communicate()
            return is_whole_answer(printed)
        assert process.returncode == 0, problems
        assert is_whole_answer(printed), printed
        return True

    def usual_accepting(self, which: int) -> float:
        """Seconds from the start of accepting to its commit."""
        before = newest_import(self.data)
        arguments = [BINARY, "import", "register", self.files[which], "--accept", "--data", self.data]
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        wait_until_accepting(self.data, before, process)
        start = time.monotonic()
        while newest_import(self.data)[1] != "accepted":
            assert process.poll() in (None, 0)
            time.sleep(0.001)
        usual = time.monotonic() - start
        assert process.wait(60) == 0
        return usual

    def held(self, changes: int) -> int | None:
        """Which workbook the register holds; nothing when it is neither of them."""
        counts = self.preview(0)
        if counts["new"] != 0:
            return None
        return {0: 0, changes: 1}.get(counts["changed"])


def is_whole_answer(printed: str) -> bool:
    try:
        return "changed" in json.loads(printed)
    except json.JSONDecodeError:
        return False


@pytest.fixture
def register(tmp_path):
    data = tmp_path / "data"
    done = command("demo", "small", "--data", str(data))
    assert done.returncode == 0, done.stderr
    register = Register(data, [REGISTER, more_computers(tmp_path / "other.xlsx")])
    register.accept(0, kill_after=None)
    return register


def test_fifty_kills_lose_nothing_and_tear_nothing(register):
    again = register.preview(0)
    assert (again["new"], again["changed"]) == (0, 0), "the same file again must change nothing"
    changes = register.preview(1)["changed"]
    assert changes > 20, "the two workbooks must differ enough for a torn import to show"
    usual = register.usual_accepting(1)

    moments = random.Random(SEED)
    held, acknowledged_rounds, killed_inside = 1, 0, 0
    for round_number in range(ROUNDS):
        wanted = 1 - held
        moment = None if round_number % 10 == 9 else usual * moments.uniform(0, 0.8)
        acknowledged = register.accept(wanted, moment)
        killed_inside += newest_import(register.data)[1] == "accepting"
        now = register.held(changes)
        assert now is not None, f"round {round_number}: torn import after a kill at {moment} s"
        assert now == wanted or not acknowledged, f"round {round_number}: an acknowledged import is lost"
        acknowledged_rounds += acknowledged
        held = now
        if round_number % 10 == 9:
            doctor = command("doctor", "--data", register.data, "--json")
            assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    print(f"killed while accepting: {killed_inside}, acknowledged: {acknowledged_rounds}, accepting takes {usual:.3f} s")
    assert acknowledged_rounds >= ROUNDS // 10, "too few imports came through for the test to say anything"
    assert killed_inside >= ROUNDS // 5, "too few imports were killed while accepting for the test to say anything"


def import_in_browser(client: Client, name: str, content: bytes) -> str:
    """Uploads, agrees to the columns and waits for the change set; returns the address of the import."""
    form = client.form("/register/imports/new", "/register/imports")
    answer = client.upload("/register/imports", form, name, content)
    assert answer.status == 303, answer.text[-2000:]
    address = answer.location
    if address.endswith("/columns"):
        columns, address = address, address.removesuffix("/columns")
        assert client.post(columns, client.form(columns, columns)).status == 303
    else:
        address = wait_for(lambda: client.get(address).location)
    wait_for(lambda: "变更集</h1>" in client.get(address).text)
    return address


def wait_for(question, limit: float = 60):
    deadline = time.monotonic() + limit
    while not (answer := question()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
    return answer


def test_a_server_killed_while_accepting_takes_the_work_up_again(register):
    """The person agreed to the change set, so after the restart it is written, whole and once."""
    data = pathlib.Path(register.data)
    listed = command_json("demo", "accounts", "--data", register.data)
    account = next(one for one in listed if one["role"] == "cityAdministrator")
    usual = register.usual_accepting(1)
    moments = random.Random(SEED)
    server = Server(data)
    client = Client(server.url, account)
    for round_number in range(SERVER_ROUNDS):
        content = pathlib.Path(register.files[round_number % 2]).read_bytes()
        address = import_in_browser(client, "register.xlsx", content)
        accept = address + "/acceptance"
        assert client.post(accept, client.form(address, accept)).status == 303
        wait_until_accepting(data, None, server.process)
        time.sleep(usual * moments.uniform(0, 0.9))
        server.kill()
        assert newest_import(data)[1] in ("accepting", "accepted")
        server = Server(data)
        client.url = server.url
        wait_for(lambda: newest_import(data)[1] == "accepted", RESUMED_WITHIN)
        counts = register.preview(round_number % 2)
        assert (counts["new"], counts["changed"]) == (0, 0), counts
    assert server.stop() == 0, server.last_lines()
