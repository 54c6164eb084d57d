"""Files in the bucket of an S3 store: OpenStack Swift behind its S3 door, and moto; boto3 looks into both."""
import hashlib
import os
import socket
import subprocess
import sys
import time

import boto3
import pytest
from harness import free_port, remove, temporary_folder, wait_until
from openstack_store import OpenStack, place_with_attributes
from santong import ROOT, Server, command, command_json
from uploading import Teacher, content, stored

BUCKET = "santong"


class Moto:
    """moto's S3, which takes any keys and forgets everything when it ends."""

    key, secret = "test", "test"

    def __init__(self):
        self.url, self.process = f"http://127.0.0.1:{free_port()}", None
        self.client = boto3.client(
            "s3", endpoint_url=self.url, aws_access_key_id=self.key, aws_secret_access_key=self.secret,
            region_name="us-east-1",
        )

    def start(self) -> None:
        program = os.path.join(os.path.dirname(sys.executable), "moto_server")
        self.process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", self.url.rpartition(":")[2]], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._is_up, 30, "moto answers")

    def _is_up(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", int(self.url.rpartition(":")[2])), 1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(10)


def settings(store: Moto | OpenStack, secret: str | None = None) -> dict[str, str]:
    return {
        "SANTONG_S3_ENDPOINT": store.url, "SANTONG_S3_BUCKET": BUCKET, "SANTONG_S3_PREFIX": "files/",
        "SANTONG_S3_ACCESS_KEY": store.key, "SANTONG_S3_SECRET_KEY": secret or store.secret,
        "SANTONG_OUTBOUND_PRIVATE": "true",
    }


def key(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    return f"files/{digest[:2]}/{digest}"


def kept(store: Moto | OpenStack, data: bytes) -> bool:
    return store.client.get_object(Bucket=BUCKET, Key=key(data))["Body"].read() == data


@pytest.fixture
def openstack():
    folder = temporary_folder(place_with_attributes())
    store = OpenStack(folder / "openstack")
    yield store
    store.stop()
    remove(folder)


@pytest.fixture(params=["moto", "openstack"])
def store(request):
    if request.param == "openstack":
        yield request.getfixturevalue("openstack")
        return
    moto = Moto()
    yield moto
    moto.stop()


def test_a_bucket_keeps_what_was_sent_also_when_it_was_away(tmp_path, store):
    environment = settings(store)
    server = Server(tmp_path / "data", environment=environment)
    try:
        teacher, small, large = Teacher(server), "教案".encode(), content(40 << 20)
        early = teacher.send(small, "教案.txt")
        assert teacher.state(early)["state"] == "checking"
        store.start()
        store.client.create_bucket(Bucket=BUCKET)
        late = teacher.send(large, "录课.txt")
        for path, data in ((early, small), (late, large)):
            assert teacher.settled(path, 60)["state"] == "ready"
            assert kept(store, data)
            assert not stored(server, data).exists()
        report = command_json("files", "verify", "--data", str(server.data), environment=environment)
        assert report["sound"] >= 2 and not report["damaged"] and not report["missing"]
        store.client.put_object(Bucket=BUCKET, Key=f"files/{'00'}/{'0' * 64}", Body=b"broken")
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


def test_uploads_outlast_a_wrong_key_a_missing_bucket_and_restarts(tmp_path, openstack):
    openstack.start()
    wrong, data = settings(openstack, secret="wrong"), "教案".encode()
    server = Server(tmp_path / "data", environment=wrong)
    try:
        teacher = Teacher(server)
        path = teacher.send(data, "教案.txt")
        wait_until(lambda: "blob not stored" in server.log.read_text(), 15, "the store refuses the key")
        assert teacher.state(path)["state"] == "checking"
        assert command("files", "verify", "--data", str(server.data), environment=wrong).returncode != 0
        server.kill()

        server = teacher.server = Server(server.data, environment=settings(openstack))
        more = {teacher.send(text.encode(), f"{text}.txt"): text.encode() for text in ("第二份", "第三份")}
        wait_until(lambda: "blob not stored" in server.log.read_text(), 15, "there is no bucket")
        openstack.client.create_bucket(Bucket=BUCKET)
        assert {teacher.settled(each, 60)["state"] for each in (path, *more)} == {"ready"}
        openstack.stop()
        away = "第四份".encode()
        last = teacher.send(away, "第四份.txt")
        assert teacher.state(last)["state"] == "checking"
        openstack.start()
        assert teacher.settled(last, 60)["state"] == "ready"
        assert all(kept(openstack, each) for each in (data, *more.values(), away))
    finally:
        server.kill()


def test_what_nobody_names_is_found_over_many_pages_and_swept_after_a_day(tmp_path, openstack):
    openstack.start()
    openstack.client.create_bucket(Bucket=BUCKET)
    old, young = [b"old %d" % number for number in range(7)], [b"young %d" % number for number in range(2)]
    for data in old:
        openstack.put_dated(BUCKET, key(data), data, time.time() - 25 * 3600)
    for data in young:
        openstack.client.put_object(Bucket=BUCKET, Key=key(data), Body=data)
    openstack.client.put_object(Bucket=BUCKET, Key="files/readme.txt", Body=b"not ours")

    def run(name: str) -> list[str]:
        done = command("files", name, "--data", str(tmp_path / "data"), environment=settings(openstack))
        assert done.returncode == 0, done.stdout + done.stderr
        return sorted(line.partition("\t")[0] for line in done.stdout.splitlines())

    names = sorted(hashlib.sha256(data).hexdigest() for data in old)
    assert run("orphans") == names
    assert run("sweep") == names
    assert run("orphans") == []
    left = openstack.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    assert {thing["Key"] for page in left for thing in page.get("Contents", [])} == {
        "files/readme.txt", *(key(data) for data in young)
    }


def test_the_requirements_of_storage_hold_on_an_s3_store(openstack):
    openstack.start()
    keys = {"SANTONG_TEST_S3_KEY": openstack.key, "SANTONG_TEST_S3_SECRET": openstack.secret}
    done = subprocess.run(
        ["swift", "test", "--skip-build", "--disable-xctest", "--filter", "StorageContractTests"], cwd=ROOT, text=True,
        capture_output=True, timeout=600, env=os.environ | keys | {"SANTONG_TEST_S3": openstack.url},
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "bucket" in done.stdout + done.stderr
