"""The city as the world sees it: the server behind a TLS proxy, certificates of a test authority, and other sites
beside it. Everything listens on the loopback interface and lives in one temporary folder."""
import contextlib
import html
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.parse

import requests
from santong import Server, command, command_json

APACHE = "/usr/sbin/apache2"
MODULES = "/usr/lib/apache2/modules"
PASSWORD = "Santong-demo-2015"
HIDDEN = re.compile(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"')


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, limit: float = 10, what: str = ""):
    """The condition's first true value; fails the test when there is none in time."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {limit} s: {what or condition}")


class Authority:
    """A certificate authority of this run, and one certificate by it for localhost."""

    def __init__(self, folder: pathlib.Path):
        folder.mkdir()
        folder.chmod(0o755)
        self.file, self.certificate, self.key = folder / "ca.pem", folder / "localhost.pem", folder / "localhost.key"
        request, names = folder / "localhost.csr", folder / "names"
        names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        self._openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority", "-keyout",
            folder / "ca.key", "-out", self.file, "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        )
        self._openssl(
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", self.key, "-out", request
        )
        self._openssl(
            "x509", "-req", "-in", request, "-CA", self.file, "-CAkey", folder / "ca.key", "-CAcreateserial", "-days",
            "2", "-extfile", names, "-out", self.certificate,
        )

    @staticmethod
    def _openssl(*arguments) -> None:
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


class Apache:
    """A private Apache with one TLS site: its own configuration, process and folder, never the system's service."""

    BASE = ["mpm_prefork", "authn_core", "authz_core", "authz_user", "socache_shmcb", "ssl", "headers", "proxy", "proxy_http"]

    def __init__(self, folder: pathlib.Path, authority: Authority, site: str, modules: list[str] = (), port: int = 0):
        """`site` are directives of the virtual host; `{folder}`, `{url}` and `{ca}` stand for this instance's."""
        self.port = port or free_port()
        self.url, self.folder = f"https://localhost:{self.port}", folder
        folder.mkdir()
        store = folder / "store"  # where modules keep what they like, and sweep
        store.mkdir()
        store.chmod(0o777)
        for name, value in {"folder": folder, "url": self.url, "ca": authority.file}.items():
            site = site.replace("{" + name + "}", str(value))
        load = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in [*self.BASE, *modules])
        # Started by root, the workers give their rights away; otherwise these two lines mean nothing.
        user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
        (folder / "apache.conf").write_text(
            f"{load}\n{user}ServerRoot {folder}\nPidFile {folder}/pid\nErrorLog {folder}/error.log\nLogLevel info\n"
            f"DefaultRuntimeDir {folder}\nMutex fcntl:{folder}\nServerName localhost\nListen 127.0.0.1:{self.port}\n"
            f"StartServers 2\nMaxRequestWorkers 30\nAllowEncodedSlashes NoDecode\n"
            f"<VirtualHost 127.0.0.1:{self.port}>\nSSLEngine on\nSSLCertificateFile {authority.certificate}\n"
            f"SSLCertificateKeyFile {authority.key}\nAllowEncodedSlashes NoDecode\n{site}\n</VirtualHost>\n"
        )
        with (folder / "out").open("wb") as out:
            self.process = subprocess.Popen(
                [APACHE, "-f", str(folder / "apache.conf"), "-DFOREGROUND"], stdout=out, stderr=out,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )
        wait_until(self._listens, what="Apache listens")

    def _listens(self) -> bool:
        assert self.process.poll() is None, self.last_lines()
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def last_lines(self) -> str:
        log = self.folder / "error.log"
        return (self.folder / "out").read_text() + (log.read_text(errors="replace")[-4000:] if log.exists() else "")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Echo:
    """An application that answers with what it was asked, in JSON, and keeps every POST."""

    def __init__(self):
        self.posts: list[tuple[str, dict[str, str]]] = []
        echo = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                # Header values travel as bytes; the other side wrote UTF-8.
                headers = {name: value.encode("latin-1").decode(errors="replace") for name, value in self.headers.items()}
                self._answer(json.dumps({"path": self.path, "headers": headers}, ensure_ascii=False).encode())

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                echo.posts.append((self.path, dict(urllib.parse.parse_qsl(body, keep_blank_values=True))))
                self._answer(b"{}")

            def _answer(self, body: bytes):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://localhost:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """What the form for `action` on a page would send as it stands."""
    found = re.search(rf'<form[^>]*? action="{re.escape(action)}".*?</form>', page, re.S)
    assert found, f"no form for {action} on the page:\n{page[-3000:]}"
    return {name: html.unescape(value) for name, value in HIDDEN.findall(found.group(0))}


class City:
    """A running Santong with the small demo city, reached over TLS at `url`."""

    def __init__(self, folder: pathlib.Path, environment: dict[str, str] | None = None):
        self.folder = folder
        self.authority = Authority(folder / "authority")
        self.ca = str(self.authority.file)
        port = free_port()
        self.environment = {
            "SANTONG_PUBLIC_URL": f"https://localhost:{port}", "SANTONG_TRUST_PROXY": "true",
            "SANTONG_OUTBOUND_PRIVATE": "true", "SANTONG_OUTBOUND_CA": self.ca, **(environment or {}),
        }
        self.server = Server(folder / "data", environment=self.environment)
        self.sites: list[Apache | Echo] = []
        try:
            # nocanon: what clients percent-coded must arrive as they wrote it.
            site = f"ProxyPreserveHost On\nProxyPass / {self.server.url}/ nocanon\nProxyPassReverse / {self.server.url}/"
            self.proxy = self.apache("proxy", site, port=port)
        except BaseException:
            self.server.kill()
            raise
        self.url = self.proxy.url

    def apache(self, name: str, site: str, modules: list[str] = (), port: int = 0) -> Apache:
        """Another site beside the city, ended with it."""
        apache = Apache(self.folder / name, self.authority, site, modules, port)
        self.sites.append(apache)
        return apache

    def echo(self) -> Echo:
        echo = Echo()
        self.sites.append(echo)
        return echo

    def stop(self) -> None:
        for site in reversed(self.sites):
            site.stop()
        assert self.server.stop() == 0, "the server did not end well:\n" + self.server.last_lines()

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        """Runs one `santong` command on the city's data folder."""
        return command(*arguments, "--data", str(self.server.data), environment=self.environment)

    def command_json(self, *arguments: str):
        return command_json(*arguments, "--data", str(self.server.data), environment=self.environment)

    def audit(self, action: str) -> list[dict]:
        """The audit entries of one kind, oldest first."""
        database = sqlite3.connect(f"file:{self.server.data}/santong.sqlite?mode=ro", uri=True)
        database.row_factory = sqlite3.Row
        with contextlib.closing(database):
            rows = database.execute("SELECT * FROM platform_audit_entry WHERE action = ? ORDER BY id", (action,))
            return [dict(row) for row in rows]

    def add_application(self, name: str, protocol: str, **options) -> dict:
        """Registers an application. Options are those of `santong application add`, `_` for `-`; a list repeats one,
        `True` is a flag. Returns its keys."""
        arguments = ["--name", name, "--protocol", protocol]
        for option, value in options.items():
            flag = "--" + option.replace("_", "-")
            for one in value if isinstance(value, list) else [value]:
                arguments += [flag] if one is True else [flag, str(one)]
        return self.command_json("application", "add", *arguments)

    def session(self) -> requests.Session:
        """A browser reduced to requests and cookies."""
        session = requests.Session()
        session.verify = self.ca
        session.trust_env = False
        return session

    def sign_in(self, visitor, login: str, at: requests.Response | None = None):
        """Signs a person of the demo's cast in, in a `requests` session or on a Playwright page. `at` is the answer
        with the sign-in page that a session was sent to; its way is followed to the end and the last answer returned."""
        if hasattr(visitor, "goto"):
            return self._sign_in_page(visitor, login)
        page = at if at is not None else visitor.get(self.url + "/sign-in")
        form = hidden_fields(page.text, "/sign-in") | {"login": login, "password": PASSWORD}
        form.pop("cast", None)
        answer = visitor.post(self.url + "/sign-in", data=form, headers={"Origin": self.url}, allow_redirects=False)
        assert answer.status_code in (200, 303), answer.text[:2000]
        assert "santong_session" in answer.headers.get("Set-Cookie", ""), f"{login} could not sign in: {answer.text[-2000:]}"
        if answer.status_code == 303:
            return visitor.get(urllib.parse.urljoin(answer.url, answer.headers["Location"]))
        way = answer.headers["Refresh"].partition("url=")[2]
        return visitor.get(urllib.parse.urljoin(answer.url, way))

    def _sign_in_page(self, page, login: str) -> None:
        if "/sign-in" not in page.url:
            page.goto(self.url + "/sign-in")
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(lambda url: "/sign-in" not in url)

    def sign_out(self, session: requests.Session) -> None:
        """The platform's own sign-out button."""
        form = hidden_fields(session.get(self.url + "/account").text, "/sign-out")
        answer = session.post(
            self.url + "/sign-out", data=form, headers={"Origin": self.url}, allow_redirects=False
        )
        assert answer.status_code == 303, answer.text[:2000]


def temporary_folder(place: str | None = None) -> pathlib.Path:
    """A folder that also Apache's workers may enter."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="santong-edges-", dir=place))
    folder.chmod(0o755)
    return folder


def remove(folder: pathlib.Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
