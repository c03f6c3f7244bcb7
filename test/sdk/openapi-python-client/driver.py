"""The scenario of test/sdk/README.md with a client that openapi-python-client generated."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from caret_client import AuthenticatedClient
from caret_client.api.account import get_account
from caret_client.api.audit import list_audit_events
from caret_client.api.cost import calculate_cost
from caret_client.api.discovery import import_models, list_available_models
from caret_client.api.models import (
    create_provider_model,
    list_provider_models,
    update_provider_model,
)
from caret_client.api.providers import (
    create_provider,
    delete_provider,
    get_provider,
    list_providers,
    update_provider,
)
from caret_client.api.routing import resolve_selector
from caret_client.api.tokens import create_token
from caret_client.models import (
    AdvancedJson,
    CalculateCostRequest,
    CalculateCostRequestUsage,
    CreateModelRequest,
    CreateModelRequestWhenType0,
    CreateProviderRequest,
    CreateTokenRequest,
    ImportModelsRequest,
    ImportResult,
    Model,
    OpenaiApiMode,
    Problem,
    Provider,
    ProviderKind,
    ResolveRequest,
    ResolveRequestContext,
    Scope,
    UpdateModelRequest,
    UpdateProviderRequest,
)
from caret_client.types import UNSET, Response, Unset

client = AuthenticatedClient(base_url=os.environ["CARET_URL"], token=os.environ["CARET_TOKEN"])


def main() -> None:
    account = ok(get_account.sync_detailed(client=client))
    assert Scope.ADMIN in account.token.scopes
    provider = manage_providers()
    first = manage_models(provider.id)
    discover(provider.id)
    route(first)
    create_tokens()
    read_audit_events(first.id)
    assert delete_provider.sync_detailed(provider.id, client=client).status_code == 204
    problem(404, get_provider.sync_detailed(provider.id, client=client))


def manage_providers() -> Provider:
    body = CreateProviderRequest(
        name="main",
        provider=ProviderKind.OPENAI,
        api_key="sk-driver-0123456789abcdef",
        base_url=os.environ["UPSTREAM_URL"],
        openai_api_mode=OpenaiApiMode.CHAT_COMPLETIONS,
        advanced_json=AdvancedJson.from_dict({"temperature": 0.2, "timeout_ms": 5000}),
    )
    created = ok(create_provider.sync_detailed(client=client, body=body, idempotency_key="provider-1"), 201)
    replayed = ok(create_provider.sync_detailed(client=client, body=body, idempotency_key="provider-1"), 201)
    assert replayed.id == created.id
    assert created.advanced_json.to_dict() == {"temperature": 0.2, "timeout_ms": 5000}
    assert [provider.id for provider in ok(list_providers.sync_detailed(client=client))] == [created.id]

    body.name = "a^b"
    invalid = problem(422, create_provider.sync_detailed(client=client, body=body))
    assert invalid.errors[0].pointer == "/name"

    read = get_provider.sync_detailed(created.id, client=client)
    etag = read.headers["ETag"]
    unchanged = get_provider.sync_detailed(created.id, client=client, if_none_match=etag)
    assert unchanged.status_code == 304 and unchanged.parsed is None

    clear = UpdateProviderRequest(openai_api_mode=None, advanced_json=None)
    cleared = ok(update_provider.sync_detailed(created.id, client=client, body=clear, if_match=etag))
    assert (cleared.openai_api_mode, cleared.advanced_json) == (None, None)
    assert (cleared.name, cleared.base_url) == ("main", created.base_url)
    problem(412, update_provider.sync_detailed(created.id, client=client, body=clear, if_match=etag))
    return cleared


def manage_models(provider_id: UUID) -> Model:
    everything = CreateModelRequest(
        model="first",
        priority=7,
        is_default=True,
        tags=["fast"],
        when=CreateModelRequestWhenType0.from_dict({"tier": "pro"}),
        advanced_json=AdvancedJson.from_dict({"temperature": 0.9}),
        multiplier=2,
        cost_per_1k_input=0.003,
        cost_per_1k_output=0.015,
        cost_per_1k_cache_write=0.00375,
        cost_per_1k_cache_read=0,
    )
    first = ok(create_provider_model.sync_detailed(provider_id, client=client, body=everything), 201)
    assert first.to_dict() == first.to_dict() | everything.to_dict()

    retagged = update(first, UpdateModelRequest(tags=["cheap"]))
    assert (
        retagged.to_dict() | {"tags": ["fast"], "updated_at": first.to_dict()["updated_at"]}
        == first.to_dict()
    )
    assert (retagged.tags, retagged.priority, retagged.multiplier) == (["cheap"], 7, 2)

    cleared = update(first, UpdateModelRequest(when=None, cost_per_1k_cache_read=None))
    assert (cleared.when.to_dict(), cleared.cost_per_1k_cache_read, cleared.priority) == ({}, None, 7)

    body = CreateModelRequest(model="second")
    second = ok(create_provider_model.sync_detailed(provider_id, client=client, body=body), 201)
    update(second, UpdateModelRequest(is_default=True))
    models = ok(list_provider_models.sync_detailed(provider_id, client=client))
    assert [model.model for model in models if model.is_default] == ["second"]
    return first


def update(model: Model, body: UpdateModelRequest) -> Model:
    return ok(update_provider_model.sync_detailed(model.provider_id, model.id, client=client, body=body))


def discover(provider_id: UUID) -> None:
    available = ok(list_available_models.sync_detailed(provider_id, client=client, refresh=True))
    assert [model.id for model in available.models] == ["gpt-4o", "gpt-4o-mini"]

    some = import_some(provider_id, ImportModelsRequest(models=["gpt-4o", "gone"]))
    assert [model.model for model in some.added] == ["gpt-4o"]
    assert [(skipped.id, skipped.reason) for skipped in some.skipped] == [("gone", "not_offered")]
    rest = import_some(provider_id, ImportModelsRequest(all_=True, tags=["new"]))
    assert [(model.model, model.tags) for model in rest.added] == [("gpt-4o-mini", ["new"])]

    pages = list(all_pages(list_provider_models.sync_detailed, provider_id, limit=1))
    assert [len(page) for page in pages] == [1, 1, 1, 1]
    assert [model.model for [model] in pages] == ["first", "second", "gpt-4o", "gpt-4o-mini"]


def import_some(provider_id: UUID, body: ImportModelsRequest) -> ImportResult:
    return ok(import_models.sync_detailed(provider_id, client=client, body=body))


def route(first: Model) -> None:
    context = ResolveRequestContext.from_dict({"tier": "pro"})
    body = ResolveRequest(selector="main^first", context=context)
    selected = ok(resolve_selector.sync_detailed(client=client, body=body)).selected
    assert (selected.model_id, selected.multiplier) == (first.id, 2)
    assert (
        ok(resolve_selector.sync_detailed(client=client, body=ResolveRequest(selector="auto"))).selected.model
        == "second"
    )
    body = ResolveRequest(selector="main^absent")
    assert problem(404, resolve_selector.sync_detailed(client=client, body=body)).considered

    usage = CalculateCostRequestUsage.from_dict({"prompt_tokens": 1000, "completion_tokens": 1000})
    cost = ok(
        calculate_cost.sync_detailed(client=client, body=CalculateCostRequest(selector="main^first", usage=usage))
    )
    assert (cost.cost, [part.kind for part in cost.parts]) == ("0.036", ["input", "output"])


def create_tokens() -> None:
    body = CreateTokenRequest(name="application", scopes=[Scope.PROVIDERSREAD])
    created = ok(create_token.sync_detailed(client=client, body=body, idempotency_key="token-1"), 201)
    replayed = ok(create_token.sync_detailed(client=client, body=body, idempotency_key="token-1"))
    assert replayed.id == created.id and not replayed.token

    application = AuthenticatedClient(base_url=os.environ["CARET_URL"], token=created.token)
    assert len(ok(list_providers.sync_detailed(client=application))) == 1
    problem(403, create_token.sync_detailed(client=application, body=body))


def read_audit_events(first_id: UUID) -> None:
    events = [event for page in all_pages(list_audit_events.sync_detailed, limit=3) for event in page]
    assert len({event.id for event in events}) == len(events) > 3
    [retagged] = [
        event.changes["tags"]
        for event in events
        if (event.action, event.resource.id) == ("model.update", first_id) and "tags" in event.changes
    ]
    assert (retagged.before, retagged.after) == (["fast"], ["cheap"])


def all_pages(list_page: Callable[..., Response[Any]], *path: UUID, limit: int) -> Iterator[list[Any]]:
    """Yields every page of a list. The next page's cursor is in the header `Link`."""
    cursor: str | Unset = UNSET
    while True:
        page = list_page(*path, client=client, limit=limit, cursor=cursor)
        yield ok(page)
        next_page = re.search(r'[?&]cursor=([^&>]+)[^>]*>; rel="next"', page.headers.get("Link", ""))
        if not next_page:
            return
        cursor = next_page[1]


def ok(response: Response[Any], status: int = 200) -> Any:
    assert response.status_code == status, response.content
    assert not isinstance(response.parsed, Problem | None)
    return response.parsed


def problem(status: int, response: Response[Any]) -> Any:
    assert response.status_code == status, response.content
    assert response.parsed.status == status and response.parsed.trace_id
    return response.parsed


main()
print("done")
