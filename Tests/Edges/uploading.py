"""A teacher whose program uploads with tuspy, and what her files consist of."""
import hashlib
import io
import pathlib
import random
import urllib.parse

import requests
from harness import wait_until
from santong import Server, command
from tusclient.client import TusClient

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


def stored(server: Server, data: bytes) -> pathlib.Path:
    """Where the data folder keeps the content when no bucket is set."""
    digest = hashlib.sha256(data).hexdigest()
    return server.data / "files" / digest[:2] / digest
