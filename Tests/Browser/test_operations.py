"""What an operator's tools see."""
import subprocess
import urllib.request

from santong import ROOT, Server


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
