"""Uploads with tuspy over lines that are cut and servers that are killed."""
import hashlib
import os
import urllib.parse

import pytest
import requests
from cutting_line import CuttingLine
from santong import Server
from tusclient.exceptions import TusCommunicationError, TusUploadFailed
from uploading import Teacher, content, stored

SIZE = int(os.environ.get("SANTONG_EDGE_UPLOAD_MB", "200")) << 20
CUTS = 20


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data")
    yield server
    server.kill()


def test_an_upload_survives_cut_lines_and_a_killed_server(server):
    """Cut 20 times and the server killed once in between: nothing is lost and next to nothing sent twice."""
    data, teacher = content(SIZE), Teacher(server)
    step = SIZE // (CUTS + 1)
    line = CuttingLine(urllib.parse.urlsplit(server.url).port, [step * number for number in range(1, CUTS + 1)])
    uploader = teacher.uploader(data, "录课.txt", port=line.port, chunk_size=SIZE // 3)
    is_killed = False
    while uploader.offset < SIZE:
        try:
            uploader.upload()
        except (TusUploadFailed, TusCommunicationError, requests.RequestException):
            if line.broken == CUTS // 2 and not is_killed:
                is_killed = True
                server.kill()
                again = Server(server.data, environment=None)
                server.process, server.url = again.process, again.url
                line.target = urllib.parse.urlsplit(again.url).port
            uploader.offset = uploader.get_offset()
    line.stop()
    assert is_killed and line.broken == CUTS
    path = urllib.parse.urlsplit(uploader.url).path
    assert teacher.settled(path)["state"] == "ready"
    with stored(server, data).open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == hashlib.sha256(data).hexdigest()
    resent = line.sent / SIZE - 1
    print(f"\n{SIZE >> 20} MB cut {CUTS} times and over a kill: {resent:.2%} sent twice, requests included")
    assert resent <= 0.02


def test_pieces_with_checksums_and_the_same_content_once(server):
    data, teacher = content(3_000_000), Teacher(server)
    for name in ("甲.txt", "乙.txt"):
        path = teacher.send(data, name, chunk_size=700_000, upload_checksum=True)
        told = teacher.settled(path)
        assert (told["state"], told["name"]) == ("ready", name)
    assert stored(server, data).stat().st_size == len(data)
    assert sum(file.read_bytes() == data for file in server.data.glob("files/**/*") if file.is_file()) == 1
    assert list(server.data.glob("partial/*")) == []
