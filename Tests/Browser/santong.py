"""The built `santong` program as the tests use it: as a server and as a command."""
import json
import os
import pathlib
import re
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SANTONG_BINARY", str(ROOT / ".build/debug/santong"))
REGISTER = ROOT / "Tests/ConnectivityTests/Fixtures/facility-register-2015.xlsx"
LISTENING = re.compile(r"listening on (http://127\.0\.0\.1:\d+)")


def command(*arguments: str, timeout: float = 300, environment: dict | None = None) -> subprocess.CompletedProcess:
    """Runs one `santong` command to its end and returns what it printed, whatever its exit status."""
    return subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=timeout, cwd=ROOT,
        env=os.environ | (environment or {}),
    )


def command_json(*arguments: str, timeout: float = 300, environment: dict | None = None):
    """Runs one command with `--json` and returns what it printed; fails the test when the command fails."""
    done = command(*arguments, "--json", timeout=timeout, environment=environment)
    assert done.returncode == 0, f"santong {' '.join(arguments)} exited {done.returncode}: {done.stderr[-2000:]}"
    return json.loads(done.stdout)


class Server:
    """A running `santong serve` on a free port of the loopback interface."""

    def __init__(
        self, data: pathlib.Path, demo: str = "small", start_limit: float = 300, environment: dict | None = None
    ):
        self.data = data
        self.log = data.parent / f"{data.name}.log"
        self.output = data.parent / f"{data.name}.out"
        arguments = [BINARY, "serve", "--data", str(data), "--demo", demo, "--port", "0"]
        with self.output.open("wb") as out, self.log.open("wb") as log:
            self.process = subprocess.Popen(
                arguments, stdout=out, stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT,
                env=os.environ | (environment or {}),
            )
        self.url = self._wait_until_listening(time.monotonic() + start_limit)

    def _wait_until_listening(self, deadline: float) -> str:
        while time.monotonic() < deadline:
            if found := LISTENING.search(self.output.read_text(errors="replace")):
                return found.group(1)
            if self.process.poll() is not None:
                raise RuntimeError(f"the server exited {self.process.returncode}:\n{self.last_lines()}")
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"the server did not say where it listens:\n{self.last_lines()}")

    def last_lines(self) -> str:
        return self.output.read_text(errors="replace")[-2000:] + self.log.read_text(errors="replace")[-4000:]

    def stop(self, limit: float = 20) -> int:
        """Asks the server to end and returns its exit status; a server that does not obey is killed and fails."""
        self.process.terminate()
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
