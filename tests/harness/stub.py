"""A gateway that says what a test tells it to, and a wire to a real one that breaks: for what the real one seldom does."""
import http.server
import json
import socket
import threading
from collections.abc import Callable

Answer = tuple[int, dict[str, str], object]


class StubGateway:
    """Answers each call with answer(number of the call, method, path, headers, body)."""

    def __init__(self, answer: Callable[..., Answer]):
        self.calls: list[tuple[str, str, dict[str, str], object]] = []
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def handle_call(self):
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length)) if length else None
                headers = {name.lower(): value for name, value in self.headers.items()}
                stub.calls.append((self.command, self.path, headers, body))
                status, more, content = answer(len(stub.calls), self.command, self.path, headers, body)
                text = json.dumps(content).encode()
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(text))} | more).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_DELETE = handle_call

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "StubGateway":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()


class BrokenWire:
    """Passes connections on to port; of the first ones, whole requests but no byte of the answers."""

    def __init__(self, port: int, broken: int):
        self.port = port
        self.broken = broken
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._pass, args=(client, self.connections <= self.broken), daemon=True).start()

    def _pass(self, client: socket.socket, is_broken: bool) -> None:
        with client, socket.create_connection(("127.0.0.1", self.port)) as server:
            threading.Thread(target=self._copy, args=(client, server), daemon=True).start()
            if is_broken:
                server.recv(1)  # the answer is there: the request had its effect
                client.shutdown(socket.SHUT_RDWR)
            else:
                self._copy(server, client)

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass

    def __enter__(self) -> "BrokenWire":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._listener.close()
