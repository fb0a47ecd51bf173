"""One program under test: started with its environment, ended in every way a program can end."""
import os
import pathlib
import signal
import subprocess

from harness.log import LogWatch
from harness.places import is_sanitized

SANITIZER = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=98",
    "LSAN_OPTIONS": "exitcode=97",
}
INHERITED = ("PATH", "HOME", "TZ", "LANG", "SSL_CERT_FILE")


def clean_environment(settings: dict[str, str]) -> dict[str, str]:
    """Only what is named: a variable of the developer's shell must not decide a test."""
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    if is_sanitized():
        environment.update(SANITIZER)
    return environment | settings


class Process:
    def __init__(self, name: str, arguments: list[str], settings: dict[str, str], log: pathlib.Path):
        self.name = name
        self.arguments = [str(argument) for argument in arguments]
        self.settings = settings
        self.log = log
        self.watch = LogWatch(str(log), name)
        self._child: subprocess.Popen | None = None
        self._may_end = False

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.name} was not started"
        return self._child.pid

    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def end_by_itself(self) -> str | None:
        """How it ended although no test asked it to: a crash leaves no line in the log. Told once."""
        if self._child is None or self._may_end or (status := self._child.poll()) is None:
            return None
        self._may_end = True
        return f"{self.name}: ended by itself with status {status}"

    def start(self) -> None:
        assert not self.is_running(), f"{self.name} runs already"
        self._may_end = False
        with open(self.log, "ab") as log:
            self._child = subprocess.Popen(
                self.arguments,
                env=clean_environment(self.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self, seconds: float = 30) -> int:
        assert self._child is not None
        self._may_end = True
        return self._child.wait(seconds)

    def stop(self, seconds: float = 30) -> None:
        """SIGTERM; the program must drain and end with 0. Under the sanitizers a leak gives another status."""
        if not self.is_running():
            return
        self._may_end = True
        self._child.send_signal(signal.SIGTERM)
        try:
            status = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {seconds} s of SIGTERM") from None
        assert status == 0, f"{self.name} ended with {status}:\n{self.tail()}"

    def kill(self) -> None:
        """As a crash or the kernel would: no chance to say goodbye."""
        if self.is_running():
            self._may_end = True
            self._child.kill()
        if self._child is not None:
            self._child.wait(10)

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def tail(self, lines: int = 30) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="backslashreplace").splitlines()[-lines:])
