"""What an operator's tools see."""
import json
import pathlib
import signal
import subprocess
import threading
import urllib.request

from santong import BINARY, ROOT, Server, command, command_json


def fetch(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read().decode()


def test_health_and_readiness_answer(server):
    assert fetch(server.url + "/healthz")[0] == 200
    assert fetch(server.url + "/readyz")[0] == 200


def test_metrics_pass_the_checker_of_prometheus(server):
    fetch(server.url + "/")
    _, text = fetch(server.url + "/metrics")
    assert "santong_" in text
    checked = subprocess.run(
        [str(ROOT / ".venv/bin/promtool"), "check", "metrics"], input=text, capture_output=True, text=True, timeout=60
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert not checked.stderr.strip(), checked.stderr


def test_the_server_ends_when_asked_and_starts_again_on_the_same_data(tmp_path):
    data = tmp_path / "data"
    for _ in range(2):
        server = Server(data, demo="none")
        assert fetch(server.url + "/readyz")[0] == 200
        assert server.stop() == 0, server.last_lines()


def test_a_demo_whose_loading_was_killed_starts_anew(tmp_path):
    data = tmp_path / "data"
    arguments = [BINARY, "demo", "small", "--data", str(data)]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, cwd=ROOT) as loading:
        for line in loading.stderr:
            if line.startswith("schools "):
                loading.kill()
                break
    assert loading.returncode == -signal.SIGKILL
    refused = command("demo", "accounts", "--data", str(data))
    assert refused.returncode != 0 and "not complete" in refused.stderr, refused.stderr
    server = Server(data)
    assert "cut short" in server.last_lines()
    assert len(command_json("demo", "accounts", "--data", str(data))) == 16
    assert server.stop() == 0, server.last_lines()
    again = command("demo", "small", "--data", str(data))
    assert again.returncode != 0 and "is not empty" in again.stderr, again.stderr


def test_a_backup_made_under_load_is_whole_and_restores(server, people, tmp_path):
    page = people.page("school")
    stop = threading.Event()
    problems: list[int] = []

    def read() -> None:
        while not stop.is_set():
            if (status := fetch(server.url + "/")[0]) != 200:
                problems.append(status)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        page.goto("/account")
        page.get_by_label("名称").fill("备份前")
        page.get_by_role("button", name="新建令牌").click()
        backup = command("backup", str(tmp_path / "backup"), "--data", str(server.data))
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert backup.returncode == 0, backup.stderr
    assert not problems
    again = command("backup", str(tmp_path / "backup"), "--data", str(server.data))
    assert again.returncode == 1 and "exists already" in again.stderr
    restored = tmp_path / "restored"
    assert not (tmp_path / "backup/santong.key").exists()
    keyless = command("restore", str(tmp_path / "backup"), "--data", str(restored))
    assert keyless.returncode == 1 and "--key" in keyless.stderr
    key = ["--key", str(server.data / "santong.key")]
    assert command("restore", str(tmp_path / "backup"), *key, "--data", str(restored)).returncode == 0
    twice = command("restore", str(tmp_path / "backup"), *key, "--data", str(restored))
    assert twice.returncode == 1 and "empty folder" in twice.stderr
    doctor = command("doctor", "--data", str(restored), "--json")
    assert doctor.returncode == 0, doctor.stdout
    assert all(finding["ok"] for finding in json.loads(doctor.stdout))


def test_accounts_of_a_demo_are_closed_when_its_mark_is_gone(server, people, accounts, browser, tmp_path):
    backup = tmp_path / "backup"
    assert command("backup", str(backup), "--data", str(server.data)).returncode == 0
    (backup / "demo").unlink()
    data: pathlib.Path = tmp_path / "data"
    key = ["--key", str(server.data / "santong.key")]
    assert command("restore", str(backup), *key, "--data", str(data)).returncode == 0
    real = Server(data, demo="none")
    context = browser.new_context(base_url=real.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("input[name=login]").fill(accounts["city"]["username"])
    page.locator("input[name=password]").fill(accounts["city"]["password"])
    page.get_by_role("button", name="登录", exact=True).click()
    assert "账号或密码不正确" in page.get_by_role("alert").inner_text()
    context.close()
    assert real.stop() == 0


def test_every_command_explains_itself():
    names = [
        "serve", "worker", "migrate", "demo", "import", "plan", "indicators", "export", "user", "backup", "restore",
        "keys", "routes", "audit", "doctor", "application", "stand-in",
    ]
    listed = command("--help").stdout
    for name in names:
        assert name in listed
        done = command(name, "--help")
        assert done.returncode == 0 and "USAGE: santong " + name in done.stdout
    assert command("no-such-command").returncode == 64


def test_the_audit_chain_is_sound_and_the_routes_are_listed(server):
    assert command("audit", "verify", "--data", str(server.data)).returncode == 0
    routes = json.loads(command("routes", "--json").stdout)
    assert {"method": "GET", "path": "/healthz", "access": "public", "module": "operations"} in routes


def test_keys_of_sealed_fields_change_while_the_platform_serves(people, tmp_path):
    data = tmp_path / "data"
    real = Server(data, demo="small")
    try:
        before = {line["column"]: line["waiting"] for line in command_json("keys", "status", "--data", str(data))}
        assert before["directory_person_identifier.sealed"] == 0
        assert command("keys", "rotate", "--data", str(data)).returncode == 0
        after = {line["column"]: line["waiting"] for line in command_json("keys", "status", "--data", str(data))}
        assert after["directory_person_identifier.sealed"] > 100
        early = command("keys", "retire", "--data", str(data))
        assert early.returncode == 1 and "reseal" in early.stderr
        assert command("keys", "reseal", "--data", str(data)).returncode == 0
        assert command("keys", "retire", "--data", str(data)).returncode == 0
        assert "key 1 " not in (data / "santong.key").read_text()
    finally:
        real.stop()
    # With a key file of another installation nothing is served: what it sealed could not be read again.
    kept = (data / "santong.key").read_text()
    (data / "santong.key").unlink()
    refused = command("doctor", "--data", str(data))
    assert refused.returncode != 0 and "密钥" in refused.stderr
    (data / "santong.key").write_text(kept)
    (data / "santong.key").chmod(0o600)
    assert command("doctor", "--data", str(data)).returncode == 0
