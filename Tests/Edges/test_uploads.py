"""Uploads with tuspy, kept in a folder or in a bucket that boto3 looks into, and scanned by a program that speaks clamd's
protocol."""
import hashlib
import io
import json
import os
import random
import socket
import subprocess
import sys
import urllib.parse

import boto3
import pytest
import requests
from clamd_stand_in import EICAR, ClamdStandIn
from cutting_line import CuttingLine
from harness import free_port, wait_until
from santong import ROOT, Server, command, command_json
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

SIZE = int(os.environ.get("SANTONG_EDGE_UPLOAD_MB", "200")) << 20
CUTS = 20
SEED = 20151231


def content(size: int) -> bytes:
    """Text, which needs no form of its own, different on every line."""
    line = random.Random(SEED).randbytes(512).hex()
    return "".join(f"{number:08} {line[:990]}\n" for number in range(size // 1000 + 1)).encode()[:size]


class Teacher:
    """王老师 with a program that uploads for her."""

    def __init__(self, server: Server):
        self.server = server
        done = command("user", "token", "wang", "--data", str(server.data))
        assert done.returncode == 0, done.stderr
        self.headers = {"Authorization": "Bearer " + done.stdout.strip()}

    def uploader(self, data: bytes, name: str, port: int | None = None, **options):
        url = f"http://127.0.0.1:{port or urllib.parse.urlsplit(self.server.url).port}/uploads"
        return TusClient(url, headers=self.headers).uploader(
            file_stream=io.BytesIO(data), metadata={"filename": name}, **options
        )

    def send(self, data: bytes, name: str, **options) -> str:
        uploader = self.uploader(data, name, **options)
        uploader.upload()
        return urllib.parse.urlsplit(uploader.url).path

    def state(self, path: str) -> dict:
        return requests.get(self.server.url + path + "/state", headers=self.headers, timeout=30).json()

    def settled(self, path: str, limit: float = 30) -> dict:
        wait_until(lambda: self.state(path)["state"] not in ("checking", "quarantined"), limit, "the upload is settled")
        return self.state(path)


def stored(server: Server, data: bytes):
    digest = hashlib.sha256(data).hexdigest()
    return server.data / "files" / digest[:2] / digest


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


def test_what_the_scanner_finds_is_refused_and_its_absence_is_waited_out(tmp_path):
    port = free_port()
    server = Server(tmp_path / "data", environment={"SANTONG_CLAMD": f"tcp:127.0.0.1:{port}"})
    try:
        teacher = Teacher(server)
        early = teacher.send("教案".encode(), "教案.txt")
        wait_until(lambda: teacher.state(early)["state"] == "quarantined", 10, "it is quarantined")
        assert not stored(server, "教案".encode()).exists()
        clamd = ClamdStandIn(port)
        assert teacher.settled(early)["state"] == "ready"
        late = teacher.send(b"see: " + EICAR, "attachment.txt")
        told = teacher.settled(late)
        assert told["state"] == "refused" and "Eicar-Test-Signature" in told["remark"]
        assert not stored(server, b"see: " + EICAR).exists()
        assert clamd.scanned
        clamd.stop()
    finally:
        server.kill()


class Moto:
    """moto's S3. It takes any keys, or when `strict` only a right signature by the keys it gave out; multipart uploads are
    beyond it then."""

    def __init__(self, port: int, strict: bool = False):
        program = os.path.join(os.path.dirname(sys.executable), "moto_server")
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            # The three requests that make the keys.
            env=os.environ | ({"INITIAL_NO_AUTH_ACTION_COUNT": "3"} if strict else {}),
        )
        wait_until(self._is_up, 30, "moto answers")
        self.key, self.secret = self._keys() if strict else ("test", "test")
        self.client = self._client("s3", self.key, self.secret)

    def _client(self, service: str, key: str, secret: str):
        return boto3.client(
            service, endpoint_url=self.url, aws_access_key_id=key, aws_secret_access_key=secret, region_name="us-east-1"
        )

    def _keys(self) -> tuple[str, str]:
        iam = self._client("iam", "none", "none")
        iam.create_user(UserName="santong")
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        iam.put_user_policy(UserName="santong", PolicyName="files", PolicyDocument=json.dumps(policy))
        made = iam.create_access_key(UserName="santong")["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    def _is_up(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", int(self.url.rpartition(":")[2])), 1).close()
        except OSError:
            return False
        return True

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def test_a_bucket_keeps_what_was_sent_also_when_it_was_away(tmp_path):
    port = free_port()
    environment = {
        "SANTONG_S3_ENDPOINT": f"http://127.0.0.1:{port}", "SANTONG_S3_BUCKET": "santong", "SANTONG_S3_PREFIX": "files/",
        "SANTONG_S3_ACCESS_KEY": "test", "SANTONG_S3_SECRET_KEY": "test", "SANTONG_OUTBOUND_PRIVATE": "true",
    }
    server = Server(tmp_path / "data", environment=environment)
    moto = None
    try:
        teacher, small, large = Teacher(server), "教案".encode(), content(40 << 20)
        early = teacher.send(small, "教案.txt")
        assert teacher.state(early)["state"] == "checking"
        moto = Moto(port)
        moto.client.create_bucket(Bucket="santong")
        late = teacher.send(large, "录课.txt")
        for path, data in ((early, small), (late, large)):
            assert teacher.settled(path, 60)["state"] == "ready"
            digest = hashlib.sha256(data).hexdigest()
            answer = moto.client.get_object(Bucket="santong", Key=f"files/{digest[:2]}/{digest}")
            assert answer["Body"].read() == data
            assert not stored(server, data).exists()
        report = command_json("files", "verify", "--data", str(server.data), environment=environment)
        assert report["sound"] >= 2 and not report["damaged"] and not report["missing"]
        moto.client.put_object(Bucket="santong", Key=f"files/{'00'}/{'0' * 64}", Body=b"broken")
        broken = command("files", "verify", "--data", str(server.data), environment=environment)
        assert broken.returncode == 1 and "damaged\t" + "0" * 64 in broken.stdout
        backup = tmp_path / "backup"
        done = command("backup", str(backup), "--data", str(server.data), environment=environment)
        assert done.returncode == 0, done.stderr
        digest = hashlib.sha256(large).hexdigest()
        assert (backup / "files" / digest[:2] / digest).read_bytes() == large
        assert f"{digest}  files/{digest[:2]}/{digest}" in (backup / "files.txt").read_text().splitlines()
        checked = subprocess.run(["sha256sum", "--quiet", "-c", "files.txt"], cwd=backup, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout
    finally:
        server.kill()
        if moto:
            moto.stop()


@pytest.mark.parametrize("is_right", [True, False], ids=["right-key", "wrong-key"])
def test_a_strict_store_takes_our_signature_and_only_with_the_right_key(tmp_path, is_right):
    moto = Moto(free_port(), strict=True)
    moto.client.create_bucket(Bucket="santong")
    environment = {
        "SANTONG_S3_ENDPOINT": moto.url, "SANTONG_S3_BUCKET": "santong", "SANTONG_S3_ACCESS_KEY": moto.key,
        "SANTONG_S3_SECRET_KEY": moto.secret if is_right else "wrong", "SANTONG_OUTBOUND_PRIVATE": "true",
    }
    server = Server(tmp_path / "data", environment=environment)
    try:
        teacher, data = Teacher(server), "教案".encode()
        path = teacher.send(data, "教案.txt")
        if is_right:
            assert teacher.settled(path)["state"] == "ready"
        else:
            wait_until(lambda: "blob not stored" in server.log.read_text(), 15, "the store refuses")
            assert teacher.state(path)["state"] == "checking"
        assert moto.client.list_objects_v2(Bucket="santong")["KeyCount"] == (1 if is_right else 0)
    finally:
        server.kill()
        moto.stop()


def test_the_requirements_of_storage_hold_on_an_s3_store():
    moto = Moto(free_port())
    try:
        done = subprocess.run(
            ["swift", "test", "--skip-build", "--disable-xctest", "--filter", "StorageContractTests"], cwd=ROOT, text=True,
            capture_output=True, timeout=600, env=os.environ | {"SANTONG_TEST_S3": moto.url},
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        assert "bucket" in done.stdout + done.stderr
    finally:
        moto.stop()
