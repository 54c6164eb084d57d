"""The real clamd with signatures of this run only: its own folder and process, never the system's service."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys

from harness import free_port, wait_until

MARK = b"SANTONG-TEST-SIGNATURE-2015"
NAME = "Santong.Test.Mark"


def program() -> str:
    places = [os.path.dirname(sys.executable), os.environ["PATH"], "/usr/sbin"]
    found = shutil.which("clamd", path=os.pathsep.join(places))
    assert found, "no clamd: run bin/install --tests"
    return found


class Clamd:
    """Listens on a socket in its folder and on a port of the loopback interface, and finds `MARK`. Takes streams of 4 MiB
    and archives of 20 members; looks at 2 MiB of one file."""

    stream_limit, file_limit, members = 4 << 20, 2 << 20, 20

    def __init__(self, folder: pathlib.Path):
        self.folder, self.port = folder, free_port()
        self.socket = folder / "clamd.ctl"
        (folder / "signatures").mkdir(parents=True)
        # Name, any kind of file, any place in it, the bytes.
        (folder / "signatures/test.ndb").write_text(f"{NAME}:0:*:{MARK.hex()}\n")
        (folder / "clamd.conf").write_text(
            f"Foreground yes\nDatabaseDirectory {folder}/signatures\nTemporaryDirectory {folder}\n"
            f"LocalSocket {self.socket}\nTCPSocket {self.port}\nTCPAddr 127.0.0.1\n"
            f"StreamMaxLength {self.stream_limit}\nMaxFileSize {self.file_limit}\nMaxFiles {self.members}\n"
            f"AlertExceedsMax yes\nMaxThreads 4\n"
        )
        self.process = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program(), "--config-file", str(self.folder / "clamd.conf")], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log,
            )
        wait_until(self._answers, 30, "clamd answers")

    def _answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.sendall(b"zPING\0")
                return self.socket.exists() and line.recv(16) == b"PONG\0"
        except OSError:
            return False

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None
