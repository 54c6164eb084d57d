"""What an operator's tools see."""
import json
import pathlib
import subprocess
import threading
import urllib.request

from santong import ROOT, Server, command


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
    assert command("restore", str(tmp_path / "backup"), "--data", str(restored)).returncode == 0
    twice = command("restore", str(tmp_path / "backup"), "--data", str(restored))
    assert twice.returncode == 1 and "empty folder" in twice.stderr
    doctor = command("doctor", "--data", str(restored), "--json")
    assert doctor.returncode == 0, doctor.stdout
    assert all(finding["ok"] for finding in json.loads(doctor.stdout))


def test_accounts_of_a_demo_are_closed_when_its_mark_is_gone(server, people, accounts, browser, tmp_path):
    backup = tmp_path / "backup"
    assert command("backup", str(backup), "--data", str(server.data)).returncode == 0
    (backup / "demo").unlink()
    data: pathlib.Path = tmp_path / "data"
    assert command("restore", str(backup), "--data", str(data)).returncode == 0
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
        "routes", "audit", "doctor",
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
