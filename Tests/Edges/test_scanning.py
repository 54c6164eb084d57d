"""Uploads before the real clamd: what it finds, what it cannot look at in full, and when it is not there."""
import io
import os
import zipfile

import pytest
from clamd import MARK, NAME, Clamd
from harness import remove, temporary_folder, wait_until
from santong import Server, command
from uploading import Teacher, content, stored

# The start of a recording, by which its kind is known.
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


def archive(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return packed.getvalue()


@pytest.fixture
def clamd():
    # The name of a socket must be short.
    folder = temporary_folder()
    clamd = Clamd(folder / "clamd")
    yield clamd
    clamd.stop()
    remove(folder)


def test_what_clamd_finds_is_refused_and_its_absence_is_waited_out(tmp_path, clamd):
    environment = {"SANTONG_CLAMD": f"unix:{clamd.socket}"}
    server = Server(tmp_path / "data", environment=environment)
    try:
        teacher, marked = Teacher(server), b"see: " + MARK
        early, late = teacher.send("教案".encode(), "教案.txt"), teacher.send(marked, "说明.txt")
        for path, data in ((early, "教案".encode()), (late, marked)):
            wait_until(lambda path=path: teacher.state(path)["state"] == "quarantined", 10, "it is quarantined")
            assert "安全检查暂时不可用" in teacher.state(path)["remark"]
            assert not stored(server, data).exists()
        clamd.start()
        assert teacher.settled(early)["state"] == "ready"
        found = [
            (late, marked), *((teacher.send(data, "附件.zip"), data) for data in (
                archive({"课件/说明.txt": marked}), archive({"内.zip": archive({"说明.txt": marked})})
            ))
        ]
        for path, data in found:
            told = teacher.settled(path)
            assert told["state"] == "refused" and "文件含有病毒" in told["remark"] and NAME in told["remark"], told
            assert not stored(server, data).exists()
        clean = archive({"说明.txt": "没有问题".encode()})
        assert teacher.settled(teacher.send(clean, "附件.zip"))["state"] == "ready"
        assert stored(server, clean).exists()

        clamd.stop()
        waiting = teacher.send("第二份".encode(), "第二份.txt")
        wait_until(lambda: teacher.state(waiting)["state"] == "quarantined", 10, "it is quarantined")
        assert command("doctor", "--data", str(server.data), environment=environment).returncode == 1
        clamd.start()
        assert teacher.settled(waiting)["state"] == "ready"
        doctor = command("doctor", "--data", str(server.data), environment=environment)
        assert "ClamAV " in doctor.stdout, doctor.stdout + doctor.stderr
    finally:
        server.kill()


def test_what_clamd_cannot_look_at_in_full_is_never_clean(tmp_path, clamd):
    """The platform believes that clamd takes 8 MB; clamd itself takes less."""
    clamd.start()
    environment = {"SANTONG_CLAMD": f"tcp:127.0.0.1:{clamd.port}", "SANTONG_CLAMD_MB": "8"}
    server = Server(tmp_path / "data", environment=environment)
    try:
        teacher = Teacher(server)
        beyond = {
            "超过平台的上限.txt": content(9 << 20),
            "超过一次能收的.txt": content(clamd.stream_limit + 1),
            "超过一次能收的很多.txt": content(8 << 20),
            "超过能查的.txt": content(clamd.file_limit + 1),
            "文件太多.zip": archive({f"{number}.txt": b"%d" % number for number in range(clamd.members + 5)}),
        }
        sent = [(teacher.send(data, name), data) for name, data in beyond.items()]
        for path, data in sent:
            told = teacher.settled(path)
            assert told["state"] == "refused" and "安全检查" in told["remark"] and "病毒" not in told["remark"], told
            assert not stored(server, data).exists()
        whole = content(clamd.file_limit - 1)
        assert teacher.settled(teacher.send(whole, "刚好.txt"))["state"] == "ready"

        # Of recordings the start is looked at, as much of it as clamd takes.
        film = FILM + os.urandom(9 << 20)
        assert teacher.settled(teacher.send(film, "录课.mp4"))["state"] == "ready"
        marked = FILM + MARK + os.urandom(9 << 20)
        told = teacher.settled(teacher.send(marked, "录课二.mp4"))
        assert told["state"] == "refused" and NAME in told["remark"], told
    finally:
        server.kill()
