"""After everybody has worked with the demo city: what is sealed stands nowhere in the clear. Runs last by its name."""
import io
import pathlib
import zipfile

from santong import command
from steps import sign_in

# What `DemoCanaries` plants in the cast, and what the roster below brings.
CANARIES = [text.encode() for text in ("金丝雀QX7Z", "CANARY7Q2Z", "450699198505059441", "19900009871")]
ROSTER = """姓名,性别,出生日期,学籍号,现住址,班级,家长姓名,家长电话
石小溪,女,2014-01-02,G4506991985050594419,金丝雀QX7Z路2号,海豚,石大溪,19900009871
"""


def found(content: bytes) -> list[str]:
    canaries = [canary.decode() for canary in CANARIES if canary in content]
    if content[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            canaries += [f"{name}: {canary}" for name in archive.namelist() for canary in found(archive.read(name))]
    return canaries


def below(folder: pathlib.Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files, f"{folder} is empty"
    return [f"{path.relative_to(folder)}: {canary}" for path in files for canary in found(path.read_bytes())]


def test_nothing_sealed_lies_in_the_clear(server, journey, people, tmp_path):
    page = journey("school").page
    for content, name in ((ROSTER.encode(), "花名册.csv"), (b"PK\x03\x04" + ROSTER.encode(), "坏.xlsx")):
        page.goto("/rosters/batches/new")
        page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
        page.get_by_role("button", name="上传").click()
    page.goto("/people?q=19900009871")

    # The nest is not empty: whoever has the right sees the canaries in full.
    # She signs in anew, as her proof of herself is too old after a long run.
    page = people.page()
    sign_in(page, people.accounts["pupil"])
    page.goto("/my-data?full=1")
    assert "金丝雀QX7Z" in page.locator("main").inner_text()

    backup = tmp_path / "backup"
    assert command("backup", str(backup), "--data", str(server.data)).returncode == 0
    assert not below(backup)
    assert not below(server.data)
    for output in (server.log, server.output):
        assert not found(output.read_bytes()), output
