"""The services' logs. A line above info that no test expected is a failure, and so is one that is no log line at all."""
import re
from dataclasses import dataclass, field

LINE = re.compile(r"^time=\S+ level=(debug|info|warn|error) ")


@dataclass
class LogWatch:
    """Follows one log file; each line is judged once."""

    path: str
    name: str
    position: int = 0
    tolerated: list[re.Pattern] = field(default_factory=list)

    def new_lines(self) -> list[str]:
        """Whole lines only: the last one may still be being written."""
        try:
            with open(self.path, "rb") as log:
                log.seek(self.position)
                whole, newline, _ = log.read().rpartition(b"\n")
        except FileNotFoundError:
            return []
        self.position += len(whole) + len(newline)
        return whole.decode("utf-8", errors="backslashreplace").splitlines()

    def unexpected(self) -> list[str]:
        return [f"{self.name}: {line}" for line in self.new_lines() if self._is_unexpected(line)]

    def _is_unexpected(self, line: str) -> bool:
        found = LINE.match(line)
        if found and found.group(1) in ("debug", "info"):
            return False
        return not any(pattern.search(line) for pattern in self.tolerated)
