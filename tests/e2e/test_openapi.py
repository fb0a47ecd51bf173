"""The interface is held to its contract, the OpenAPI document, by programs that others wrote."""
import json
import pathlib
import re
import subprocess
import sys
import time

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from harness.api import PREFIX
from harness.process import clean_environment
from harness.release import bind, gate_body, policy_text
from harness.stack import SCOPES

SEED = 20260517
METHODS = ("get", "put", "post", "delete")
REFILL_S = 5  # what failures to authenticate cost an address is forgiven by then


@pytest.fixture(scope="module")
def document(running_stack):
    answer = running_stack.api("").get("/openapi.json")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    return answer.json()


def operations(document):
    return {f"{method.upper()} {path}": operation for path, methods in document["paths"].items()
            for method, operation in methods.items() if method in METHODS}


def test_the_document_is_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    faults = list(OpenAPIV31SpecValidator(document).iter_errors())
    assert not faults, [fault.message for fault in faults]
    assert [server["url"] for server in document["servers"]] == [PREFIX]


def test_every_schema_is_a_schema(document):
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        for example in schema.get("examples", []):
            jsonschema.validate(example, schema | {"components": document["components"]},
                                jsonschema.Draft202012Validator), name


def test_every_fault_is_a_problem(document):
    for name, operation in operations(document).items():
        for status, answer in operation["responses"].items():
            if "$ref" in answer:
                answer = document["components"]["responses"][answer["$ref"].rsplit("/", 1)[-1]]
            if int(status) >= 400:
                assert set(answer["content"]) == {"application/problem+json"}, (name, status)
        needs = {"400", "408", "413", "431", "500", "503"} | (set() if operation.get("security") == [] else {"401", "403", "429"})
        assert needs <= set(operation["responses"]), name


# A text that is no policy, a policy that is not there, a time that is over, a key that was used: no schema can say it, so
# well-formed requests may be refused with 422 by these.
CONFIGURATION = """
[[operations]]
include-operation-id = ["evaluate", "ingest", "createToken", "putPolicy", "putBinding"]
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 422, 429]

[[operations]]
include-operation-id-regex = "^getPassport"
parameters = {"path.id" = {dictionary = "passports", probability = 0.7}}

[[operations]]
include-operation-id = "getEvaluation"
parameters = {"path.id" = {dictionary = "evaluations", probability = 0.7}}

[[operations]]
include-operation-id = "revokeToken"
parameters = {"path.id" = {dictionary = "tokens", probability = 0.5}}

[parameters]
"path.service" = {dictionary = "services", probability = 0.7}
"path.environment" = {dictionary = "environments", probability = 0.7}
"path.digest" = {dictionary = "digests", probability = 0.7}
"body.service.name" = {dictionary = "services", probability = 0.7}
"body.service.environment" = {dictionary = "environments", probability = 0.7}
"body.policy.name" = {dictionary = "policies", probability = 0.7}
"body.source" = {dictionary = "sources", probability = 0.5}

[dictionaries]
"""


@pytest.fixture(scope="module")
def configuration(running_stack, folder):
    """What there is, by name: most requests shall find something."""
    service, path = "openapi", folder / "schemathesis.toml"
    policy = policy_text("openapi", [("smoke-passed", 'smoke.status == "passed"', "BLOCK")])
    bound = bind(running_stack, service, policy)
    answer = running_stack.api().evaluate(gate_body(service)).json()
    there = {"services": service, "environments": "production", "digests": bound["policy"]["digest"], "policies": "openapi",
             "sources": policy, "passports": answer["passportId"], "evaluations": answer["evaluationId"],
             "tokens": running_stack.make_token("freeze")["tokenId"]}
    path.write_text(CONFIGURATION + "".join(f"{name}.values = [{json.dumps(value)}]\n" for name, value in there.items()))
    return path


def run_schemathesis(stack, configuration, *arguments):
    """With a token that nobody else needs. Returns how many operations were tried."""
    token = stack.make_token(*SCOPES, subject="schemathesis")["token"]
    done = subprocess.run(
        [pathlib.Path(sys.executable).parent / "schemathesis", "--config-file", configuration, "run",
         f"{stack.url}{PREFIX}/openapi.json", "--header", f"Authorization: Bearer {token}", "--seed", str(SEED),
         "--generation-database", "none", "--no-color", "--request-timeout", "20", *arguments],
        cwd=configuration.parent, env=clean_environment({}), capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
    time.sleep(REFILL_S)
    # The path that the document came from is left out by it.
    return int(re.search(r"\bTested: (\d+)", done.stdout).group(1))


@pytest.mark.sanitized
def test_requests_and_answers_are_as_documented(stack, document, configuration):
    """No 5xx, no undocumented status, content type or header, no answer that its schema refuses; bad input is refused."""
    tried = run_schemathesis(stack, configuration, "--checks", "all", "--exclude-checks", "ignored_auth", "--max-examples",
                             "25", "--exclude-operation-id", "revokeToken")
    assert tried == len(operations(document)) - len(["DELETE /tokens/{id}", "GET /openapi.json"])


def test_revoking_is_as_documented(stack, configuration):
    """Apart, and without following links: it would find the tokens of other tests."""
    tried = run_schemathesis(stack, configuration, "--checks", "all", "--exclude-checks", "ignored_auth", "--max-examples",
                             "25", "--include-operation-id", "revokeToken", "--phases", "examples,coverage,fuzzing")
    assert tried == 1


def test_no_operation_forgets_to_ask_who_calls(stack, document, configuration):
    """Not much faster than failures to authenticate are forgiven, else it would see nothing but 429."""
    tried = run_schemathesis(stack, configuration, "--checks", "ignored_auth", "--max-examples", "1", "--phases", "fuzzing",
                             "--mode", "positive", "--rate-limit", "7/s", "--exclude-operation-id", "revokeToken")
    assert tried == len(operations(document)) - len(["DELETE /tokens/{id}", "GET /openapi.json"])
