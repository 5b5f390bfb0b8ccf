"""A line of TCP between two programs on loopback that can be cut, made slow, or led to another end."""

import selectors
import socket
import threading
import time
from contextlib import suppress

_PIECE = 1 << 16


class Wire:
    """Listens at `port` and passes on what each side says. Any thread may change how it behaves."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.slow_s = 0.0
        """How long each piece is held back, each way."""
        self._cut = self._ended = False
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Nothing passes any more, and nobody is told: what is said falls into the void, as where a cable was pulled."""
        self._cut = True

    def mend(self) -> None:
        """Whoever comes now gets through; conversations that were cut are over."""
        self._cut = False
        self.drop()

    def lead_to(self, port: int) -> None:
        """From now on it ends elsewhere."""
        self.to = port
        self.drop()

    def drop(self) -> None:
        """End every conversation that goes on."""
        with self._lock:
            pairs, self._pairs = set(self._pairs), set()
        for pair in pairs:
            for one in pair:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """End it for good."""
        self._ended = True
        self._listener.close()
        self.drop()

    def _serve(self) -> None:
        while not self._ended:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.to), timeout=5)
            except OSError:
                near.close()
                continue
            for one in (near, far):
                one.settimeout(30)
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._pairs.add((near, far))
            threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()

    def _pass_on(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            with suppress(OSError):
                while True:
                    for key, _ in ready.select():
                        said = key.fileobj.recv(_PIECE)  # type: ignore[union-attr]  # a socket
                        if not said:
                            return
                        if self._cut:
                            continue
                        if self.slow_s:
                            time.sleep(self.slow_s)
                        key.data.sendall(said)
        with self._lock:
            self._pairs.discard((near, far))
