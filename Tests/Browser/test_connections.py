"""How the server treats a connection, below what a browser shows."""
import os
import signal
import socket
import time
from urllib.parse import urlsplit

import pytest
from santong import Server, command

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


def talk(server, data: bytes, limit: float = 10) -> tuple[bytes, bool]:
    """Sends the bytes as they are; what came back until the server closed or fell silent, and whether it closed."""
    address = urlsplit(server.url)
    received = b""
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.settimeout(limit)
        connection.sendall(data)
        try:
            while piece := connection.recv(65536):
                received += piece
        except TimeoutError:
            return received, False
        except ConnectionResetError:  # closed while bytes of ours were still on the way
            return received, True
    return received, True


def test_a_client_that_waits_for_100_continue_is_answered_at_once(server):
    head = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n" + FORM + b"\r\n"
    received, _ = talk(server, head, limit=1)
    assert received.startswith(b"HTTP/1.1 100 "), received[:100]


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
def test_a_body_that_is_too_large_is_refused_and_the_connection_closed(server, announced):
    head = b"POST /sign-in HTTP/1.1\r\nHost: x\r\n" + FORM
    if announced:
        request = head + b"Content-Length: 999999999\r\n\r\nabc"
    else:
        request = head + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 20
    received, closed = talk(server, request)
    assert received.startswith(b"HTTP/1.1 413 "), received[:100]
    assert closed, "the server keeps reading what it has refused"


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n",
        b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["no-http", "long-header", "two-lengths"],
)
def test_a_request_that_cannot_be_read_is_refused_and_the_connection_closed(server, request_bytes):
    received, closed = talk(server, request_bytes)
    assert closed
    assert received.startswith(b"HTTP/1.1 400 ") or not received, received[:100]


def test_two_requests_on_one_connection_are_answered_in_their_order(server):
    received, closed = talk(
        server, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    assert closed
    assert received.index(b"ok\n") < received.index(b"ready\n")


def wait_until_closed(address):
    """Until nobody listens there any more, which is when the server has begun to end."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection((address.hostname, address.port), 1).close()
        except OSError:
            return
    raise AssertionError("the server still takes connections")


def test_a_request_that_runs_is_answered_before_the_server_ends(tmp_path):
    server = Server(tmp_path / "data", demo="none")
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.settimeout(10)
        head = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 8\r\n" + FORM + b"\r\n"
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")  # the request is now being read
        connection.sendall(b"logi")
        os.kill(server.process.pid, signal.SIGTERM)
        wait_until_closed(address)
        connection.sendall(b"n=ab")
        received = connection.recv(65536)
    assert received.startswith(b"HTTP/1.1 403 "), received[:100]
    assert server.process.wait(20) == 0, server.last_lines()


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    """A server that waits a second where others wait half a minute."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SANTONG_HEAD_SECONDS", "1")
        environment.setenv("SANTONG_BODY_SECONDS", "1")
        server = Server(tmp_path_factory.mktemp("impatient") / "data", demo="none")
    yield server
    assert server.stop() == 0, server.last_lines()


def drip(connection, data: bytes, pause: float = 0.1) -> float:
    """Sends a byte at a time, each long before any idle limit; the seconds until the server closed."""
    start = time.monotonic()
    connection.settimeout(pause)
    for byte in data:
        try:
            connection.sendall(bytes([byte]))
            if connection.recv(65536) == b"":
                return time.monotonic() - start
        except TimeoutError:  # nothing to read, which is the pause between two bytes
            continue
        except (ConnectionResetError, BrokenPipeError):
            return time.monotonic() - start
    raise AssertionError("the server took every byte")


def test_a_head_that_drips_is_cut_off(impatient):
    address = urlsplit(impatient.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        taken = drip(connection, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 100)
    assert 0.9 < taken < 4, taken


def test_the_second_head_of_a_connection_may_not_drip_either(impatient):
    address = urlsplit(impatient.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.settimeout(10)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        received = b""
        while not received.endswith(b"ok\n"):
            received += connection.recv(65536)
        taken = drip(connection, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 100)
    assert 0.9 < taken < 4, taken


@pytest.mark.parametrize("sent", [b"a" * 100, b""], ids=["drips", "stands still"])
def test_a_body_without_pace_is_cut_off(impatient, sent):
    address = urlsplit(impatient.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n" + FORM + b"\r\n")
        start = time.monotonic()
        if sent:
            drip(connection, sent)
        else:
            connection.settimeout(10)
            while connection.recv(65536):
                pass
        taken = time.monotonic() - start
    assert 0.9 < taken < 4, taken


def test_a_body_that_keeps_its_pace_may_take_longer_than_the_limit(impatient):
    address = urlsplit(impatient.url)
    piece = b"a" * 200
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.settimeout(10)
        head = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n" + FORM + b"\r\n"
        connection.sendall(head)
        for _ in range(15):
            time.sleep(0.1)  # the pace is the thing tested: 2,000 bytes a second for a second and a half
            connection.sendall(piece)
        received = connection.recv(65536)
    assert received.startswith(b"HTTP/1.1 403 "), received[:100]


def test_a_silent_connection_is_kept_for_its_next_request(impatient):
    address = urlsplit(impatient.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.settimeout(1.5)
        with pytest.raises(TimeoutError):  # longer than a head may take, and no head has begun
            connection.recv(1)
        connection.settimeout(10)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_wrong_port_is_told_and_nothing_is_served(tmp_path):
    done = command("serve", "--port", "99999", "--data", str(tmp_path / "data"), timeout=20)
    assert done.returncode == 1
    assert "port must be a number" in done.stderr
