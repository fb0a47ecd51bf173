"""Where things lie: the sources, the build under test, the cache of what is fetched."""
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("RP_BUILD", ROOT / "build")).resolve()
CACHE = pathlib.Path(
    os.environ.get("RELEASEPASSPORT_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "releasepassport"
)
SAMPLE = ROOT / "deploy" / "sample"
SERVICES = ("signer", "audit-writer", "evaluator", "connector-worker", "api-gateway")


def service_program(name: str) -> pathlib.Path:
    return BUILD / "services" / f"releasepassport-{name}"


def cli_program() -> pathlib.Path:
    return BUILD / "tools" / "releasepassport" / "releasepassport"


def tool(name: str) -> pathlib.Path:
    return ROOT / "tools" / name


def is_sanitized() -> bool:
    """Is the build under test the one with ASan and UBSan? It is slower and says what it leaks when it ends."""
    return os.environ.get("RP_SANITIZED") == "1"
