"""Hooks that teach Schemathesis about Caret."""

import atexit
import itertools
import json
import os
import random
import uuid
from collections import Counter

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

OWN_TOKEN = os.environ["CARET_FUZZ_OWN_TOKEN"]
# The share of valid requests that get the id of an existing resource.
EXISTING_ID_SHARE = 0.7

# Path parameters of the resources that requests have created and not deleted, by the path of the creation.
created: dict[str, list[dict[str, str]]] = {}
cases: Counter[str] = Counter()
numbers = itertools.count()
choices = random.Random(int(os.environ["CARET_FUZZ_SEED"]))


@schemathesis.hook
def before_call(context, case, kwargs):
    use_existing_id(case)
    if (case.path_parameters or {}).get("token_id") == OWN_TOKEN:
        # Revoking the token of the run would make every later response 401.
        case.path_parameters["token_id"] = str(uuid.uuid4())
    if is_negative(case, ParameterLocation.HEADER):
        # Another header would make Schemathesis evaluate the others again and restore an omitted token.
        return
    # Each request has its own address, so that failed authentication is not rate-limited.
    number = next(numbers)
    case.headers = case.headers or {}
    case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@schemathesis.hook
def after_call(context, case, response):
    cases[case.operation.label] += 1
    if case.method == "POST" and response.status_code == 201:
        body = response.json()
        names = {"provider_id": "id", "token_id": "id"}
        if "model" in body:
            names = {"provider_id": "provider_id", "model_id": "id"}
        created.setdefault(case.operation.path, []).append({name: body[field] for name, field in names.items()})


def use_existing_id(case):
    """Replaces random ids, which never exist, because most of the code needs an existing resource."""
    wanted = set(case.path_parameters or {})
    if case.meta is None or case.meta.phase.name != TestPhase.FUZZING or is_negative(case, ParameterLocation.PATH):
        return
    if not wanted or choices.random() > EXISTING_ID_SHARE:
        return
    creators = [path for path in created if case.operation.path.startswith(path) and created[path]]
    for path in sorted(creators, key=len, reverse=True):
        known = choices.choice(created[path])
        if wanted <= set(known):
            case.path_parameters.update({name: known[name] for name in wanted})
            if case.method == "DELETE":
                created[path].remove(known)
            return


def is_negative(case, location):
    return case.meta is not None and case.meta.is_negative_at(location)


@schemathesis.check
def unavailability(ctx, response, case):
    """The database of a run works, so 503 has two reasons only."""
    if response.status_code == 503:
        assert response.json()["code"] in {"registry.revision_not_reached", "database_busy"}, response.text


@atexit.register
def write_cases():
    with open(os.environ["CARET_FUZZ_CASES"], "w", encoding="utf-8") as file:
        json.dump(cases, file)
