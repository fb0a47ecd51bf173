"""Fixtures: one PostgreSQL and one Kafka for the whole run, and the five services on them."""
import pathlib
import shutil
import tempfile

import pytest

from harness.kafka import Kafka
from harness.places import SAMPLE, SERVICES, cli_program, is_sanitized, service_program
from harness.postgres import Postgres
from harness.prometheus import Prometheus
from harness.stack import Stack


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="also run what takes long")


def pytest_collection_modifyitems(config, items):
    for item in items:
        if item.get_closest_marker("slow") and not config.getoption("--all"):
            item.add_marker(pytest.mark.skip(reason="takes long: tools/test --all"))


@pytest.fixture(scope="session", autouse=True)
def programs():
    missing = [str(program) for program in [cli_program(), *map(service_program, SERVICES)] if not program.exists()]
    if missing:
        pytest.exit(f"not built: {', '.join(missing)}", returncode=4)


@pytest.fixture(scope="session")
def folder():
    """Everything of this run; kept for a look when a test failed, else removed."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="releasepassport-tests-"))
    failed_before = pytest_failures.count
    yield path
    if pytest_failures.count == failed_before:
        shutil.rmtree(path, ignore_errors=True)
    else:
        print(f"\nlogs of the services: {path}")


class pytest_failures:
    count = 0


def pytest_runtest_logreport(report):
    pytest_failures.count += report.failed


@pytest.fixture(scope="session")
def postgres(folder):
    server = Postgres(folder / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def kafka(folder):
    server = Kafka(folder / "kafka")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def prometheus(folder):
    if shutil.which("prometheus") is None:
        pytest.skip("prometheus is not installed")
    server = Prometheus(folder / "prometheus")
    server.start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def running_stack(folder, kafka, postgres, prometheus):
    home = folder / "services"
    home.mkdir()
    stack = Stack(home, kafka, postgres.create_database("releasepassport"))
    connectors = (SAMPLE / "connectors.yaml").read_text().replace("http://127.0.0.1:8476", prometheus.url)
    stack.prepare(connectors)
    stack.start()
    stack.make_working_token()
    yield stack
    stack.stop()
    stack.fail_on_unexpected_lines()


@pytest.fixture
def stack(running_stack):
    """The five services, all ready; what they log above info during the test fails it."""
    running_stack.fail_on_unexpected_lines()
    yield running_stack
    running_stack.fail_on_unexpected_lines()


@pytest.fixture
def api(stack):
    return stack.api()


@pytest.fixture(scope="session")
def sanitized():
    return is_sanitized()
