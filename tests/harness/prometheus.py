"""A real Prometheus (Debian's package) that scrapes what a test serves and answers the connector's queries."""
import http.server
import pathlib
import shutil
import threading

import requests

from harness.process import Process
from harness.waiting import free_port, wait_for

CONFIGURATION = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: sample
    static_configs: [{{targets: ['127.0.0.1:{port}']}}]
"""


class Exporter:
    """Serves what `series` says at the moment of each scrape."""

    def __init__(self) -> None:
        self.series: dict[str, str] = {}
        exporter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = "".join(f"{name} {value}\n" for name, value in exporter.series.items()).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Prometheus:
    def __init__(self, folder: pathlib.Path):
        folder.mkdir()
        self.exporter = Exporter()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        configuration = folder / "prometheus.yml"
        configuration.write_text(CONFIGURATION.format(port=self.exporter.port))
        self._process = Process("prometheus", [
            shutil.which("prometheus") or "prometheus",
            f"--config.file={configuration}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ], {}, folder / "prometheus.log")

    def start(self) -> None:
        self._process.start()
        wait_for(self._is_ready, 30, "Prometheus ready")

    def stop(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self.stop()
        self.exporter.close()

    def _is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/-/ready", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def expose(self, series: str, value: float | str) -> None:
        """Changes a series and waits until a query sees the new value."""
        self.exporter.series[series] = str(value)
        wait_for(lambda: self.query(series) == str(value), 10, f"{series} to be {value}", interval=0.1)

    def query(self, expression: str) -> str | None:
        answer = requests.get(f"{self.url}/api/v1/query", params={"query": expression}, timeout=5).json()
        result = answer["data"]["result"]
        return result[0]["value"][1] if result else None
