"""A film, a picture and a document are made fit for the browser though the server is killed again and again meanwhile.

The server gets SIGKILL at moments drawn from a fixed seed while it works, and is started anew on the same data folder. In
the end every file is processed as if nothing had happened: what was made is there once, nothing lies about, and what was
sent is what is kept.
"""
import contextlib
import hashlib
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import time

import pytest
from client import Client
from santong import Server, command, command_json
from test_crash import wait_for

SEED = 20240229
# A job is tried five times in all.
KILLS = 4
FIELDS = {"type": "lesson-plan", "origin": "original", "licence": "city", "visibility": "school", "audience": "teacher"}


def made_by_ffmpeg(path: pathlib.Path, *arguments: str) -> bytes:
    subprocess.run(["ffmpeg", "-v", "error", *arguments, str(path)], check=True, timeout=60)
    return path.read_bytes()


def film(folder: pathlib.Path) -> bytes:
    """Some seconds in a codec that browsers do not play, so that every quality is encoded."""
    return made_by_ffmpeg(
        folder / "lesson.avi", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=8", "-f", "lavfi", "-i", "sine=d=8",
        "-c:v", "mpeg4", "-b:v", "900k", "-c:a", "libmp3lame",
    )


def picture(folder: pathlib.Path) -> bytes:
    return made_by_ffmpeg(folder / "board.png", "-f", "lavfi", "-i", "testsrc2=s=2000x1500:d=1", "-frames:v", "1")


def document() -> bytes:
    """A PDF of forty pages."""
    pages = 40
    words = [f"BT /F1 40 Tf 40 700 Td (Lesson {number}) Tj ET" for number in range(1, pages + 1)]
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(pages))
    font = 3 + 2 * pages
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>"]
    for number, text in enumerate(words):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {4 + 2 * number} 0 R"
            f"/Resources<</Font<</F1 {font} 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(text)}>>stream\n{text}\nendstream")
    objects.append("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    content, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{text}\nendobj\n"
    table = len(content)
    content += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    content += "".join(f"{place:010d} 00000 n \n" for place in places)
    content += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n"
    return content.encode()


class Data:
    """The data folder, looked at beside the server."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder

    def rows(self, query: str) -> list[tuple]:
        place = f"file:{self.folder}/santong.sqlite?mode=ro"
        with contextlib.closing(sqlite3.connect(place, uri=True, timeout=10)) as database:
            return database.execute(query).fetchall()

    def states(self, sources: list[str]) -> list[tuple[str, str]]:
        """State and remark of each content that is to be processed."""
        marks = ", ".join(f"'{source}'" for source in sources)
        return self.rows(f"SELECT state, remark FROM media_processing WHERE sha256 IN ({marks}) ORDER BY sha256")

    def let_time_pass(self) -> None:
        """As if a dead server had been found after days: what it worked on is free, and what it left is old."""
        with contextlib.closing(sqlite3.connect(self.folder / "santong.sqlite", timeout=10)) as database, database:
            database.execute("UPDATE platform_job SET lease_until = 0 WHERE state = 'running'")
        old = time.time() - 3 * 86_400
        for left in (self.folder / "processing").iterdir():
            os.utime(left, (old, old))

    def kept(self, sha256: str) -> bytes:
        found = [path for path in (self.folder / "files").rglob(sha256) if path.parent.name != "incoming"]
        assert len(found) == 1, f"{sha256} lies at {found}"
        return found[0].read_bytes()


def programs_at_work(folder: pathlib.Path) -> list[str]:
    """Command lines of programs that still work in the folder."""
    lines = []
    for process in pathlib.Path("/proc").iterdir():
        if process.name.isdigit():
            # A process may end while it is looked at.
            with contextlib.suppress(OSError):
                lines.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in lines if f"{folder}/processing" in line]


def draft(client: Client) -> str:
    """The address of a new resource of the client's."""
    tokens = {name: token(client, name) for name in ("_csrf", "_key")}
    answer = client.upload("/resources", tokens | FIELDS | {"title": "断电演练"}, "", b"")
    assert answer.status == 303, answer.text[-3000:]
    return answer.location.split("?")[0]


def token(client: Client, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', client.get("/uploads/mine").text)
    assert found, f"no {name} on the page of one's uploads"
    return found.group(1)


def made_once(data: Data, source: str, names: set[str]) -> None:
    rows = data.rows(
        "SELECT d.name, f.sha256, f.size FROM media_derived d JOIN platform_file f ON f.id = d.file_id "
        f"WHERE d.source = '{source}' ORDER BY d.position"
    )
    assert len(rows) == len(names) and {row[0] for row in rows} == names, rows
    for name, sha256, size in rows:
        content = data.kept(sha256)
        assert len(content) == size and hashlib.sha256(content).hexdigest() == sha256, name
    told = data.rows(
        f"SELECT COUNT(*) FROM platform_event WHERE kind = 'media.processed' AND payload LIKE '%{source}%'")
    assert told == [(1,)], told


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "data"
    done = command("demo", "small", "--data", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


def test_files_are_processed_once_though_the_server_is_killed(folder, tmp_path):
    data, moments = Data(folder), random.Random(SEED)
    accounts = command_json("demo", "accounts", "--data", str(folder))
    teacher = next(one for one in accounts if one["role"] == "teacher")
    sent = {"lesson.avi": film(tmp_path), "board.png": picture(tmp_path), "lesson.pdf": document()}
    sources = {name: hashlib.sha256(content).hexdigest() for name, content in sent.items()}
    wanted = list(sources.values())

    server = Server(folder)
    client = Client(server.url, teacher)
    resource = draft(client)
    for name, content in sent.items():
        answer = client.upload(resource + "/attachments", client.form(resource, resource + "/attachments"), name, content)
        assert answer.status == 303, answer.text[-3000:]
    killed_at_work = 0
    for _ in range(KILLS):
        time.sleep(moments.uniform(0.1, 1.5))
        server.kill()
        killed_at_work += any(state == "waiting" for state, _ in data.states(wanted))
        wait_for(lambda: not programs_at_work(folder), 5)
        data.let_time_pass()
        server = Server(folder)
    assert killed_at_work >= 2, "the work was over too soon for the test to say anything"
    wait_for(lambda: all(state == "done" for state, _ in data.states(wanted)), 60)

    states = data.states(wanted)
    assert states == [("done", "")] * 3, states
    made_once(
        data, sources["lesson.avi"],
        {"poster.jpg", "sprite.jpg", "sprite.vtt", "master.m3u8"}
        | {f"{side}.{ending}" for side in (180, 360) for ending in ("mp4", "m3u8", "m4s")},
    )
    made_once(data, sources["board.png"], {"image.jpg", "thumb.jpg"})
    made_once(data, sources["lesson.pdf"], {f"page-{number:04d}.jpg" for number in range(1, 41)})
    for name, content in sent.items():
        assert data.kept(sources[name]) == content, name
    # Nothing that a dead server left is there any more, and no row of the database points into nothing.
    wait_for(lambda: not list((folder / "processing").iterdir()))
    page = Client(server.url, teacher).get(resource).text
    assert not re.search(r'class="media"[^>]* data-poll', page) and all(name in page for name in sent)
    assert server.stop() == 0, server.last_lines()
    doctor = command("doctor", "--data", str(folder), "--json")
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
