"""A private OpenStack Swift with its S3 door (s3api): its own folder and processes, never the system's services."""
import contextlib
import os
import pathlib
import pwd
import socket
import subprocess
import tempfile

import boto3
import botocore.config
import requests
from harness import free_port, wait_until

DEFAULTS = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
log_level = WARNING
log_udp_host = 127.0.0.1
log_udp_port = 9
"""
STORE = DEFAULTS + """
[pipeline:main]
pipeline = {name}-server

[app:{name}-server]
use = egg:swift#{name}
conn_timeout = 10
container_update_timeout = 60
"""
# Authentication asks for a cache before it looks at a signature; where none listens, it does without. Listings are short,
# so that they need several answers.
PROXY = DEFAULTS + """
[pipeline:main]
pipeline = {pipeline}

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 10
node_timeout = 60

[filter:catch_errors]
use = egg:swift#catch_errors

[filter:gatekeeper]
use = egg:swift#gatekeeper
shunt_inbound_x_timestamp = false

[filter:healthcheck]
use = egg:swift#healthcheck

[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
set log_level = CRITICAL

[filter:listing_formats]
use = egg:swift#listing_formats

[filter:bulk]
use = egg:swift#bulk

[filter:s3api]
use = egg:swift#s3api
location = us-east-1
max_bucket_listing = 3

[filter:tempauth]
use = egg:swift#tempauth
user_santong_files = {secret} .admin

[filter:copy]
use = egg:swift#copy

[filter:slo]
use = egg:swift#slo

[filter:dlo]
use = egg:swift#dlo
"""
OUTER = "catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo proxy-server"
INNER = "catch_errors gatekeeper cache proxy-server"


def place_with_attributes() -> str:
    """A folder for temporary files whose file system keeps extended attributes: Swift has its metadata in them."""
    for place in (tempfile.gettempdir(), "/var/tmp"):
        with tempfile.NamedTemporaryFile(dir=place) as probe, contextlib.suppress(OSError):
            os.setxattr(probe.fileno(), "user.swift.metadata", b"x")
            return place
    raise AssertionError("neither TMPDIR nor /var/tmp keeps extended attributes of users, which OpenStack Swift needs")


class OpenStack:
    """The store; it keeps what it has over `stop` and `start`."""

    key, secret = "santong:files", "Geheim-2015"

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        (folder / "disk").mkdir(parents=True)
        self.ports = {name: free_port() for name in ("account", "container", "object", "proxy", "inner")}
        (folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = test\n")
        user = pwd.getpwuid(os.getuid()).pw_name
        for name, port in self.ports.items():
            pipeline = {"proxy": OUTER, "inner": INNER}.get(name)
            text = (PROXY if pipeline else STORE).format(
                name=name, port=port, user=user, folder=folder, pipeline=pipeline, secret=self.secret
            )
            (folder / f"{name}.conf").write_text(text)
        self.url = f"http://127.0.0.1:{self.ports['proxy']}"
        self.process = None
        self.client = boto3.client(
            "s3", endpoint_url=self.url, aws_access_key_id=self.key, aws_secret_access_key=self.secret,
            region_name="us-east-1", config=botocore.config.Config(s3={"addressing_style": "path"}),
        )

    def start(self) -> None:
        program = pathlib.Path(__file__).with_name("openstack_servers.py")
        ports = [str(self.ports[name]) for name in ("account", "container", "object")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                ["/usr/bin/python3", str(program), str(self.folder), *ports], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log,
            )
        wait_until(self._is_up, 60, "OpenStack Swift answers")

    def _is_up(self) -> bool:
        assert self.process.poll() is None, self.last_lines()
        try:
            for port in self.ports.values():
                socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    def last_lines(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    def put_dated(self, bucket: str, key: str, data: bytes, moment: float) -> None:
        """Keeps an object as if it had come at the moment (seconds since 1970)."""
        requests.put(
            f"http://127.0.0.1:{self.ports['inner']}/v1/AUTH_santong/{bucket}/{key}", data=data,
            headers={"X-Timestamp": f"{moment:.5f}"}, timeout=60,
        ).raise_for_status()

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None
