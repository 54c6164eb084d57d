"""A line between a client and a server that breaks after so many bytes, and counts what went up."""
import contextlib
import socket
import threading


class CuttingLine:
    """Listens on a free port and hands bytes to `target`, which may change when the server comes back elsewhere."""

    def __init__(self, target: int, cuts: list[int]):
        # `cuts`: the line breaks each time the bytes sent up pass one of these.
        self.target, self.cuts, self.sent, self.broken = target, sorted(cuts), 0, 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket):
        try:
            server = socket.create_connection(("127.0.0.1", self.target), 5)
        except OSError:
            client.close()
            return
        threading.Thread(target=self._pump, args=(server, client, False), daemon=True).start()
        self._pump(client, server, True)

    def _pump(self, source: socket.socket, sink: socket.socket, is_up: bool):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
                if is_up and self._is_cut(len(piece)):
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _is_cut(self, count: int) -> bool:
        with self._lock:
            self.sent += count
            if not self.cuts or self.sent < self.cuts[0]:
                return False
            self.cuts.pop(0)
            self.broken += 1
            return True

    def stop(self):
        self._listener.close()
