"""Stands before another server and makes the faults of real networks: errors, refusals for being too busy, lines that
break before or after the work was done."""
import http.client
import http.server
import random
import threading


class FaultyProxy:
    def __init__(self, port: int, share: float, seed: int = 7):
        """`share` of the requests goes wrong."""
        self.share, self.counts, random_ = share, {}, random.Random(seed)
        proxy, lock = self, threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self):
                with lock:
                    fault = random_.choice([500, 503, 429, "before", "after"]) if random_.random() < proxy.share else None
                    proxy.counts[fault] = proxy.counts.get(fault, 0) + 1
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if fault == "before":
                    return self._break()
                if isinstance(fault, int):
                    return self._answer(fault, {"Retry-After": "1"} if fault == 429 else {}, b"")
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                line.request(self.command, self.path, body, {k: v for k, v in self.headers.items() if k != "Host"})
                answer = line.getresponse()
                content = answer.read()
                line.close()
                if fault == "after":
                    return self._break()
                self._answer(answer.status, {"Content-Type": answer.headers.get("Content-Type", "")}, content)

            def _break(self):
                self.close_connection = True
                self.connection.close()

            def _answer(self, status: int, headers: dict[str, str], body: bytes):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body if status != 204 else b"")

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

            def log_message(self, *_):
                pass

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except (OSError, ValueError):
                    self.close_connection = True

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
