"""Speaks clamd's INSTREAM and VERSION as its manual has it, and knows one signature: the EICAR test file."""
import contextlib
import socketserver
import struct
import threading

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class ClamdStandIn:
    """Listens on a port of the loopback interface; `scanned` holds the sizes of what it was given."""

    def __init__(self, port: int):
        self.scanned: list[int] = []
        stand_in = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError, struct.error):
                    command = self.rfile.read(9)
                    if command == b"zVERSION\0":
                        self.wfile.write(b"ClamAV 1.4.3/27500/Mon Jan  5 09:00:00 2026\0")
                        return
                    assert command + self.rfile.read(1) == b"zINSTREAM\0"
                    content = b""
                    while count := struct.unpack("!I", self.rfile.read(4))[0]:
                        content += self.rfile.read(count)
                    stand_in.scanned.append(len(content))
                    verdict = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
                    self.wfile.write(b"stream: " + verdict + b"\0")

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
