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


def test_a_wrong_port_is_told_and_nothing_is_served(tmp_path):
    done = command("serve", "--port", "99999", "--data", str(tmp_path / "data"), timeout=20)
    assert done.returncode == 1
    assert "port must be a number" in done.stderr
