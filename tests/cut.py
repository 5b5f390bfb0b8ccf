"""A line between a program and its server that can be cut: at once, or so that what is asked arrives and what is answered does not."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Line:
    """Passes on what each side says, until it is told not to."""

    def __init__(self, listener: socket.socket, server: str | tuple[str, int]) -> None:
        self._listener, self._server = listener, server
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self.deaf = False
        """While it is so, answers do not arrive."""
        self.closed = False
        """While it is so, nobody comes through."""
        self._ended = threading.Event()

    def cut(self) -> None:
        """End every conversation that goes on."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for one in pair:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """End it for good."""
        self._ended.set()
        self._listener.close()
        self.cut()

    def serve(self) -> None:
        """Take conversations until the end."""
        while not self._ended.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX if isinstance(self._server, str) else socket.AF_INET)
            try:
                if self.closed:
                    raise ConnectionRefusedError
                far.connect(self._server)
            except OSError:
                near.close()
                far.close()
                continue
            with self._lock:
                self._pairs.append((near, far))
            threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()

    def _pass_on(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in ready.select():
                    try:
                        said = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]  # a socket
                        if not said:
                            return
                        if not (self.deaf and key.fileobj is far):
                            key.data.sendall(said)
                    except OSError:
                        return


@contextmanager
def line(folder: Path, server: str, name: str) -> Iterator[Line]:
    """A line to a server's Unix socket, at a socket of this name in the folder."""
    folder.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / name))
        listener.listen(64)
        made = Line(listener, server)
        thread = threading.Thread(target=made.serve, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            listener.shutdown(socket.SHUT_RDWR)  # which ends the accept that waits
            made.end()
            thread.join(10)
