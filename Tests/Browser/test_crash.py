"""What was acknowledged survives `kill -9`, and an import is wholly in or wholly out.

Two workbooks that differ in one column are accepted in turn on one data folder. The importing process is killed at a
moment drawn from a fixed seed, most of them late in its run, where the transaction is. Afterwards the preview of one of
the two workbooks tells which one the register holds: it sees no change or a change in every row; anything between is
a torn import.
"""
import json
import random
import subprocess
import time

import pytest
from openpyxl import load_workbook
from santong import BINARY, REGISTER, ROOT, command, command_json

ROUNDS = 50
SEED = 20151231
COMPUTERS_COLUMN = 17
FIRST_DATA_ROW = 5


def other_register(path) -> None:
    """The same workbook with one more pupils' computer wherever the count is a plain number."""
    workbook = load_workbook(REGISTER)
    for sheet in workbook:
        for row in range(FIRST_DATA_ROW, sheet.max_row + 1):
            cell = sheet.cell(row, COMPUTERS_COLUMN)
            if type(cell.value) is int and type(sheet.cell(row, 1).value) is int:
                cell.value += 1
    workbook.save(path)


class Register:
    """The facility register of one data folder, reached by command."""

    def __init__(self, data, files):
        self.data, self.files = str(data), [str(file) for file in files]

    def preview(self, which: int) -> dict:
        return command_json("import", "register", self.files[which], "--data", self.data)

    def accept(self, which: int, kill_after: float | None) -> bool:
        """Whether the import was acknowledged: the process ended well and printed its counts."""
        arguments = [BINARY, "import", "register", self.files[which], "--accept", "--json", "--data", self.data]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            printed, problems = process.communicate(timeout=300 if kill_after is None else kill_after)
        except subprocess.TimeoutExpired:
            process.kill()
            printed, _ = process.communicate()
            return is_whole_answer(printed)
        assert process.returncode == 0, problems
        assert is_whole_answer(printed), printed
        return True

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
    other_register(tmp_path / "other.xlsx")
    return Register(data, [REGISTER, tmp_path / "other.xlsx"])


def test_fifty_kills_lose_nothing_and_tear_nothing(register):
    register.accept(0, kill_after=None)
    again = register.preview(0)
    assert (again["new"], again["changed"]) == (0, 0), "the same file again must change nothing"
    changes = register.preview(1)["changed"]
    assert changes > 20, "the two workbooks must differ enough for a torn import to show"
    start = time.monotonic()
    register.accept(1, kill_after=None)
    usual = time.monotonic() - start

    moments = random.Random(SEED)
    held, acknowledged_rounds, killed_rounds = 1, 0, 0
    for round_number in range(ROUNDS):
        wanted = 1 - held
        moment = None if round_number % 10 == 9 else usual * moments.uniform(0.3, 1.1)
        acknowledged = register.accept(wanted, moment)
        now = register.held(changes)
        assert now is not None, f"round {round_number}: torn import after a kill at {moment} s"
        assert now == wanted or not acknowledged, f"round {round_number}: an acknowledged import is lost"
        acknowledged_rounds += acknowledged
        killed_rounds += not acknowledged
        held = now
        if round_number % 10 == 9:
            doctor = command("doctor", "--data", register.data, "--json")
            assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert acknowledged_rounds >= ROUNDS // 10, "too few imports came through for the test to say anything"
    assert killed_rounds >= ROUNDS // 10, "too few imports were killed for the test to say anything"
