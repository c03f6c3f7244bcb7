"""What Schemathesis is told of Caret in its own language."""

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
# How often an id is that of something that is there, as far as the request is to be a valid one.
KNOWN_IDS = 0.7

# What requests have made and nobody has deleted yet, as path parameters, by the path that it was made at.
made: dict[str, list[dict[str, str]]] = {}
cases: Counter[str] = Counter()
numbers = itertools.count()
choices = random.Random(int(os.environ["CARET_FUZZ_SEED"]))


@schemathesis.hook
def before_call(context, case, kwargs):
    name_what_is_there(case)
    if (case.path_parameters or {}).get("token_id") == OWN_TOKEN:
        # Whoever revoked the token of the run would be answered 401 from then on.
        case.path_parameters["token_id"] = str(uuid.uuid4())
    if is_negative(case, ParameterLocation.HEADER):
        # One header more would make Schemathesis judge the others anew, and give a token back that was left out.
        return
    # As if each request came from another address, so that invalid tokens are not limited.
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
        made.setdefault(case.operation.path, []).append({name: body[field] for name, field in names.items()})


def name_what_is_there(case):
    """Random ids are never found, and behind them lies most of the code."""
    wanted = set(case.path_parameters or {})
    if case.meta is None or case.meta.phase.name != TestPhase.FUZZING or is_negative(case, ParameterLocation.PATH):
        return
    if not wanted or choices.random() > KNOWN_IDS:
        return
    makers = [path for path in made if case.operation.path.startswith(path) and made[path]]
    for path in sorted(makers, key=len, reverse=True):
        known = choices.choice(made[path])
        if wanted <= set(known):
            case.path_parameters.update({name: known[name] for name in wanted})
            if case.method == "DELETE":
                made[path].remove(known)
            return


def is_negative(case, location):
    return case.meta is not None and case.meta.is_negative_at(location)


@schemathesis.check
def unavailability(ctx, response, case):
    """Nothing is wrong with the database of a run, so 503 has one reason only."""
    if response.status_code == 503:
        assert response.json()["code"] == "registry.revision_not_reached", response.text


@atexit.register
def write_cases():
    with open(os.environ["CARET_FUZZ_CASES"], "w", encoding="utf-8") as file:
        json.dump(cases, file)
