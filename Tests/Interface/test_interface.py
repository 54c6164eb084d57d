"""The JSON API against what its own description promises, asked thousands of questions by an independent program."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

import pytest
from santong import Server, command

PROGRAM = str(pathlib.Path(sys.executable).parent / "st")
EXAMPLES = 200
# Who may not see a thing is told 404, so what belongs to others cannot be told from what does not exist; and the
# description names the bearer token while pages' own cookies are taken too.
LEFT_OUT = "ignored_auth,positive_data_acceptance"


@pytest.fixture(scope="module")
def server():
    folder = pathlib.Path(tempfile.mkdtemp())
    server = Server(folder / "data")
    yield server
    server.stop()
    shutil.rmtree(folder)


def token(server, login: str) -> str:
    done = command("user", "token", login, "--data", str(server.data))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def a_school(server, bearer: str) -> str:
    request = urllib.request.Request(
        server.url + "/api/v1/organisations?kind=school", headers={"authorization": f"Bearer {bearer}"}
    )
    with urllib.request.urlopen(request) as answer:
        found = json.load(answer)
    rows = found if isinstance(found, list) else next(value for value in found.values() if isinstance(value, list))
    return next(row["id"] for row in rows if row.get("kind") in ("school", None))


@pytest.mark.parametrize("login", ["shiju", "chen", "wang"])
@pytest.mark.parametrize("known", [False, True], ids=["any id", "a school's id"])
def test_the_interface_keeps_its_description(server, login, known, tmp_path):
    bearer = token(server, login)
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(f'[parameters]\n"path.id" = "{a_school(server, token(server, "shiju"))}"\n' if known else "")
    done = subprocess.run(
        [
            PROGRAM, "--config-file", str(settings), "run", server.url + "/api/v1/openapi.json",
            "-H", f"Authorization: Bearer {bearer}", "-n", str(EXAMPLES), "--checks", "all",
            "--exclude-checks", LEFT_OUT, "--phases", "examples,coverage,fuzzing", "--generation-deterministic",
        ],
        capture_output=True, text=True, timeout=300, cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Tested: 6" in done.stdout, done.stdout[-2000:]
