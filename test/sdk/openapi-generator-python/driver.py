"""The scenario of test/sdk/README.md with a client that openapi-generator generated for Python."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from caret_client import (
    AccountApi,
    ApiClient,
    ApiException,
    ApiResponse,
    AuditApi,
    CalculateCostRequest,
    Configuration,
    CostApi,
    CreateModelRequest,
    CreateProviderRequest,
    CreateTokenRequest,
    DiscoveryApi,
    ImportModelsRequest,
    Model,
    ModelsApi,
    NoRouteProblem,
    OpenaiApiMode,
    Problem,
    Provider,
    ProviderKind,
    ProvidersApi,
    ResolveRequest,
    RoutingApi,
    Scope,
    TokensApi,
    UpdateModelRequest,
    UpdateProviderRequest,
)

SERVICE = os.environ["CARET_URL"]
client = ApiClient(Configuration(host=SERVICE, access_token=os.environ["CARET_TOKEN"]))
providers, models = ProvidersApi(client), ModelsApi(client)


def main() -> None:
    assert Scope.ADMIN in AccountApi(client).get_account().token.scopes
    provider = manage_providers()
    first = manage_models(provider.id)
    discover(provider.id)
    route(first)
    create_tokens()
    read_audit_events(first.id)
    assert providers.delete_provider_with_http_info(provider.id).status_code == 204
    problem(404, lambda: providers.get_provider(provider.id))


def manage_providers() -> Provider:
    body = CreateProviderRequest(
        name="main",
        provider=ProviderKind.OPENAI,
        api_key="sk-driver-0123456789abcdef",
        base_url=os.environ["UPSTREAM_URL"],
        openai_api_mode=OpenaiApiMode.CHAT_COMPLETIONS,
        advanced_json={"temperature": 0.2, "timeout_ms": 5000},
    )
    created = providers.create_provider(body, idempotency_key="provider-1")
    assert providers.create_provider(body, idempotency_key="provider-1").id == created.id
    assert created.advanced_json == {"temperature": 0.2, "timeout_ms": 5000}
    assert [provider.id for provider in providers.list_providers()] == [created.id]

    body.name = "a^b"
    invalid = problem(422, lambda: providers.create_provider(body))
    assert invalid.errors[0].pointer == "/name"

    etag = header(providers.get_provider_with_http_info(created.id), "ETag")
    # The client raises every status above 299, which includes 304.
    assert failure(lambda: providers.get_provider(created.id, if_none_match=etag)).status == 304

    clear = UpdateProviderRequest(openai_api_mode=None, advanced_json=None)
    cleared = providers.update_provider(created.id, clear, if_match=etag)
    assert (cleared.openai_api_mode, cleared.advanced_json) == (None, None)
    assert (cleared.name, cleared.base_url) == ("main", created.base_url)
    problem(412, lambda: providers.update_provider(created.id, clear, if_match=etag))
    return cleared


def manage_models(provider_id: UUID) -> Model:
    everything = CreateModelRequest(
        model="first",
        priority=7,
        is_default=True,
        tags=["fast"],
        when={"tier": "pro"},
        advanced_json={"temperature": 0.9},
        multiplier=2,
        cost_per_1k_input=0.003,
        cost_per_1k_output=0.015,
        cost_per_1k_cache_write=0.00375,
        cost_per_1k_cache_read=0,
    )
    first = models.create_provider_model(provider_id, everything)
    assert first.to_dict() == first.to_dict() | everything.to_dict()

    retagged = update(first, UpdateModelRequest(tags=["cheap"]))
    assert retagged.to_dict() | {"tags": ["fast"], "updated_at": first.updated_at} == first.to_dict()
    assert (retagged.tags, retagged.priority, retagged.multiplier) == (["cheap"], 7, 2)

    cleared = update(first, UpdateModelRequest(when=None, cost_per_1k_cache_read=None))
    assert (cleared.when, cleared.cost_per_1k_cache_read, cleared.priority) == ({}, None, 7)

    second = models.create_provider_model(provider_id, CreateModelRequest(model="second"))
    update(second, UpdateModelRequest(is_default=True))
    listed = models.list_provider_models(provider_id)
    assert [model.model for model in listed if model.is_default] == ["second"]
    return first


def update(model: Model, body: UpdateModelRequest) -> Model:
    return models.update_provider_model(model.provider_id, model.id, body)


def discover(provider_id: UUID) -> None:
    discovery = DiscoveryApi(client)
    available = discovery.list_available_models(provider_id, refresh=True)
    assert [model.id for model in available.models] == ["gpt-4o", "gpt-4o-mini"]

    some = discovery.import_models(provider_id, ImportModelsRequest(models=["gpt-4o", "gone"]))
    assert [model.model for model in some.added] == ["gpt-4o"]
    assert [(skipped.id, skipped.reason) for skipped in some.skipped] == [("gone", "not_offered")]
    rest = discovery.import_models(provider_id, ImportModelsRequest(all=True, tags=["new"]))
    assert [(model.model, model.tags) for model in rest.added] == [("gpt-4o-mini", ["new"])]

    pages = list(all_pages(models.list_provider_models_with_http_info, provider_id, limit=1))
    assert [len(page) for page in pages] == [1, 1, 1, 1]
    assert [model.model for [model] in pages] == ["first", "second", "gpt-4o", "gpt-4o-mini"]


def route(first: Model) -> None:
    routing = RoutingApi(client)
    body = ResolveRequest(selector="main^first", context={"tier": "pro"})
    selected = routing.resolve_selector(body).selected
    assert (selected.model_id, selected.multiplier) == (first.id, 2)
    assert routing.resolve_selector(ResolveRequest(selector="auto")).selected.model == "second"
    absent = ResolveRequest(selector="main^absent")
    assert problem(404, lambda: routing.resolve_selector(absent)).considered

    usage = {"prompt_tokens": 1000, "completion_tokens": 1000}
    cost = CostApi(client).calculate_cost(CalculateCostRequest(selector="main^first", usage=usage))
    assert (cost.cost, [part.kind for part in cost.parts]) == ("0.036", ["input", "output"])


def create_tokens() -> None:
    tokens = TokensApi(client)
    body = CreateTokenRequest(name="application", scopes=[Scope.PROVIDERS_COLON_READ])
    created = tokens.create_token(body, idempotency_key="token-1")
    replayed = tokens.create_token(body, idempotency_key="token-1")
    assert replayed.id == created.id and not replayed.token

    application = ApiClient(Configuration(host=SERVICE, access_token=created.token))
    assert len(ProvidersApi(application).list_providers()) == 1
    problem(403, lambda: TokensApi(application).create_token(body))


def read_audit_events(first_id: UUID) -> None:
    pages = all_pages(AuditApi(client).list_audit_events_with_http_info, limit=3)
    events = [event for page in pages for event in page]
    assert len({event.id for event in events}) == len(events) > 3
    [retagged] = [
        event.changes["tags"]
        for event in events
        if (event.action, event.resource.id) == ("model.update", first_id) and "tags" in event.changes
    ]
    assert (retagged.before, retagged.after) == (["fast"], ["cheap"])


def all_pages(list_page: Callable[..., Any], *path: UUID, limit: int) -> Iterator[list[Any]]:
    """Yields every page of a list. The next page's cursor is in `Link`, which `*_with_http_info` returns."""
    cursor = None
    while True:
        page = list_page(*path, limit=limit, cursor=cursor)
        yield page.data
        next_page = re.search(r'[?&]cursor=([^&>]+)[^>]*>; rel="next"', header(page, "Link"))
        if not next_page:
            return
        cursor = next_page[1]


def header(response: ApiResponse[Any], name: str) -> str:
    """The client's header names are case-sensitive."""
    return {key.lower(): value for key, value in response.headers.items()}.get(name.lower(), "")


def failure(call: Callable[[], Any]) -> ApiException:
    try:
        call()
    except ApiException as error:
        return error
    raise AssertionError("the call did not fail")


def problem(status: int, call: Callable[[], Any]) -> Any:
    error = failure(call)
    assert error.status == status and error.data.status == status, error
    assert isinstance(error.data, Problem | NoRouteProblem) and error.data.trace_id
    return error.data


main()
print("done")
