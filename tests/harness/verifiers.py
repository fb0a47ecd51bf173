"""Verifiers that others wrote (tools/fetch-verifiers): they must accept our passports, and refuse changed ones."""
import pathlib
import shutil
import subprocess

import pytest

from harness.places import CACHE, ROOT

PREDICATE_TYPE = "https://releasepassport.dev/passport/v1"


def newest(pattern: str) -> pathlib.Path | None:
    return max(CACHE.glob(pattern), default=None)


class Cosign:
    def __init__(self) -> None:
        self.program = newest("cosign-*/cosign")
        if self.program is None:
            pytest.skip("cosign is not there: it is built with Go 1.25 or later (tools/fetch-verifiers)")

    def verify(self, bundle: pathlib.Path, key: pathlib.Path, artifact: pathlib.Path) -> subprocess.CompletedProcess:
        """Offline: no transparency log, no trust root from the network, only this key."""
        return subprocess.run(
            [self.program, "verify-blob-attestation", "--key", key, "--bundle", bundle, "--type", PREDICATE_TYPE,
             "--insecure-ignore-tlog", artifact],
            capture_output=True, text=True, timeout=60,
            env={"HOME": str(bundle.parent), "PATH": "/nonexistent", "HTTPS_PROXY": "http://127.0.0.1:9"})


class SigstoreVerify:
    def __init__(self) -> None:
        self.modules = newest("sigstore-verify-*")
        self.node = shutil.which("node")
        if self.modules is None or self.node is None:
            pytest.skip("@sigstore/verify is not there: it needs Node 20 or later with npm (tools/fetch-verifiers)")

    def verify(self, bundle: pathlib.Path, key: pathlib.Path) -> subprocess.CompletedProcess:
        script = ROOT / "tests" / "e2e" / "sigstore_verify.mjs"
        return subprocess.run([self.node, script, self.modules, key, bundle], capture_output=True, text=True, timeout=60)
