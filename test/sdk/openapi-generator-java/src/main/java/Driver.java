import caret.api.AccountApi;
import caret.api.AuditApi;
import caret.api.CostApi;
import caret.api.DiscoveryApi;
import caret.api.ModelsApi;
import caret.api.ProvidersApi;
import caret.api.RoutingApi;
import caret.api.TokensApi;
import caret.client.ApiClient;
import caret.client.ApiException;
import caret.client.ApiResponse;
import caret.model.*;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/** The scenario of test/sdk/README.md with a client that openapi-generator generated for Java (library native). */
public final class Driver {
  private static final String SERVICE = System.getenv("CARET_URL");
  private static final ApiClient CLIENT = clientFor(System.getenv("CARET_TOKEN"));
  private static final ProvidersApi PROVIDERS = new ProvidersApi(CLIENT);
  private static final ModelsApi MODELS = new ModelsApi(CLIENT);

  public static void main(String[] arguments) throws Exception {
    check(new AccountApi(CLIENT).getAccount(null).getToken().getScopes().contains(Scope.ADMIN));
    Provider provider = manageProviders();
    Model first = manageModels(provider.getId());
    discover(provider.getId());
    route(first);
    createTokens();
    readAuditEvents(first.getId());
    same(204, PROVIDERS.deleteProviderWithHttpInfo(provider.getId(), null).getStatusCode());
    problem(404, Problem.class, () -> PROVIDERS.getProvider(provider.getId(), null, null));
    System.out.println("done");
  }

  private static Provider manageProviders() throws Exception {
    CreateProviderRequest body =
        new CreateProviderRequest()
            .name("main")
            .provider(ProviderKind.OPENAI)
            .apiKey("sk-driver-0123456789abcdef")
            .baseUrl(URI.create(System.getenv("UPSTREAM_URL")))
            .openaiApiMode(OpenaiApiMode.CHAT_COMPLETIONS)
            .advancedJson(Map.of("temperature", 0.2, "timeout_ms", 5000));
    Provider created = PROVIDERS.createProvider(body, "provider-1");
    same(created.getId(), PROVIDERS.createProvider(body, "provider-1").getId());
    same(body.getAdvancedJson(), created.getAdvancedJson());
    same(List.of(created), PROVIDERS.listProviders(null, null, null, null, null, null, null));

    Problem invalid = problem(422, Problem.class, () -> PROVIDERS.createProvider(body.name("a^b"), null));
    same("/name", invalid.getErrors().get(0).getPointer());

    UUID id = created.getId();
    String etag = header(PROVIDERS.getProviderWithHttpInfo(id, null, null), "etag");
    // The client throws for every status other than 2xx, which includes 304.
    same(304, failure(() -> PROVIDERS.getProvider(id, etag, null)).getCode());

    UpdateProviderRequest clear = new UpdateProviderRequest().openaiApiMode(null).advancedJson(null);
    Provider cleared = PROVIDERS.updateProvider(id, clear, etag);
    check(cleared.getOpenaiApiMode() == null && cleared.getAdvancedJson() == null);
    same(List.of("main", created.getBaseUrl()), List.of(cleared.getName(), cleared.getBaseUrl()));
    problem(412, Problem.class, () -> PROVIDERS.updateProvider(id, clear, etag));
    return cleared;
  }

  private static Model manageModels(UUID providerId) throws Exception {
    CreateModelRequest everything =
        new CreateModelRequest()
            .model("first")
            .aliases(List.of("primary"))
            .enabled(true)
            .priority(7)
            .isDefault(true)
            .tags(List.of("fast"))
            .when(Map.of("tier", "pro"))
            .advancedJson(Map.of("temperature", 0.9))
            .multiplier(2.0)
            .costPer1kInput(0.003)
            .costPer1kOutput(0.015)
            .costPer1kCacheWrite(0.00375)
            .costPer1kCacheRead(0.0);
    Model first = MODELS.createProviderModel(providerId, everything, null);
    Model expected =
        new Model()
            .id(first.getId())
            .providerId(providerId)
            .selector("main^first")
            .createdAt(first.getCreatedAt())
            .updatedAt(first.getUpdatedAt())
            .model("first")
            .aliases(List.of("primary"))
            .enabled(true)
            .priority(7)
            .isDefault(true)
            .tags(List.of("fast"))
            .when(Map.of("tier", "pro"))
            .advancedJson(Map.of("temperature", 0.9))
            .multiplier(2.0)
            .costPer1kInput(0.003)
            .costPer1kOutput(0.015)
            .costPer1kCacheWrite(0.00375)
            .costPer1kCacheRead(0.0);
    same(expected, first);

    Model retagged = update(first, new UpdateModelRequest().tags(List.of("cheap")));
    same(expected.tags(List.of("cheap")).updatedAt(retagged.getUpdatedAt()), retagged);

    Model cleared = update(first, new UpdateModelRequest().when(null).costPer1kCacheRead(null));
    same(expected.when(Map.of()).costPer1kCacheRead(null).updatedAt(cleared.getUpdatedAt()), cleared);

    Model second = MODELS.createProviderModel(providerId, new CreateModelRequest().model("second"), null);
    update(second, new UpdateModelRequest().isDefault(true));
    List<Model> models = MODELS.listProviderModels(providerId, null, null, null, null);
    same(List.of("second"), models.stream().filter(Model::getIsDefault).map(Model::getModel).toList());
    return first;
  }

  private static Model update(Model model, UpdateModelRequest body) throws ApiException {
    return MODELS.updateProviderModel(model.getProviderId(), model.getId(), body, null);
  }

  private static void discover(UUID providerId) throws Exception {
    DiscoveryApi discovery = new DiscoveryApi(CLIENT);
    AvailableModels available = discovery.listAvailableModels(providerId, true, null);
    same(List.of("gpt-4o", "gpt-4o-mini"), available.getModels().stream().map(AvailableModel::getId).toList());

    ImportModelsRequest some = new ImportModelsRequest().models(List.of("gpt-4o", "gone"));
    ImportResult imported = discovery.importModels(providerId, some, null);
    same(List.of("gpt-4o"), imported.getAdded().stream().map(Model::getModel).toList());
    same(List.of("gone"), imported.getSkipped().stream().map(SkippedModel::getId).toList());
    ImportModelsRequest all = new ImportModelsRequest().all(true).tags(List.of("new"));
    same(List.of("new"), discovery.importModels(providerId, all, null).getAdded().get(0).getTags());

    List<List<Model>> pages =
        allPages(cursor -> MODELS.listProviderModelsWithHttpInfo(providerId, 1, cursor, null, null));
    List<String> names = pages.stream().flatMap(List::stream).map(Model::getModel).toList();
    same(List.of("first", "second", "gpt-4o", "gpt-4o-mini"), names);
    same(4, pages.size());
  }

  private static void route(Model first) throws Exception {
    RoutingApi routing = new RoutingApi(CLIENT);
    ResolveRequest body = new ResolveRequest().selector("main^first").context(Map.of("tier", "pro"));
    SelectedRoute selected = routing.resolveSelector(body, null).getSelected();
    same(List.of(first.getId(), 2.0), List.of(selected.getModelId(), selected.getMultiplier()));
    same("second", routing.resolveSelector(new ResolveRequest().selector("auto"), null).getSelected().getModel());
    ResolveRequest absent = new ResolveRequest().selector("main^absent");
    NoRouteProblem noRoute =
        problem(404, NoRouteProblem.class, () -> routing.resolveSelector(absent, null));
    check(!noRoute.getConsidered().isEmpty());

    Map<String, Object> usage = Map.of("prompt_tokens", 1000, "completion_tokens", 1000);
    CostResult cost =
        new CostApi(CLIENT).calculateCost(new CalculateCostRequest().selector("main^first").usage(usage), null);
    same("0.036", cost.getCost());
    same(2, cost.getParts().size());
  }

  private static void createTokens() throws Exception {
    TokensApi tokens = new TokensApi(CLIENT);
    CreateTokenRequest body =
        new CreateTokenRequest().name("application").addScopesItem(Scope.PROVIDERS_READ);
    TokenWithSecret created = tokens.createToken(body, "token-1");
    TokenWithSecret replayed = tokens.createToken(body, "token-1");
    check(replayed.getId().equals(created.getId()) && replayed.getToken() == null);

    ApiClient application = clientFor(created.getToken());
    same(1, new ProvidersApi(application).listProviders(null, null, null, null, null, null, null).size());
    problem(403, Problem.class, () -> new TokensApi(application).createToken(body, null));
  }

  private static void readAuditEvents(UUID firstId) throws Exception {
    AuditApi audit = new AuditApi(CLIENT);
    List<AuditEvent> events =
        allPages(cursor -> audit.listAuditEventsWithHttpInfo(3, cursor, null)).stream()
            .flatMap(List::stream)
            .toList();
    check(events.stream().map(AuditEvent::getId).distinct().count() == events.size() && events.size() > 3);
    List<FieldChange> retagged =
        events.stream()
            .filter(event -> event.getAction().equals("model.update"))
            .filter(event -> firstId.equals(event.getResource().getId()))
            .map(event -> event.getChanges().get("tags"))
            .filter(Objects::nonNull)
            .toList();
    same(List.of("fast"), retagged.get(0).getBefore());
    same(List.of("cheap"), retagged.get(0).getAfter());
  }

  private static <T> List<List<T>> allPages(ListPage<T> list) throws Exception {
    List<List<T>> pages = new ArrayList<>();
    String cursor = null;
    do {
      ApiResponse<List<T>> page = list.read(cursor);
      pages.add(page.getData());
      var next = Pattern.compile("[?&]cursor=([^&>]+)[^>]*>; rel=\"next\"").matcher(header(page, "link"));
      cursor = next.find() ? next.group(1) : null;
    } while (cursor != null);
    return pages;
  }

  private static ApiClient clientFor(String token) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(SERVICE);
    return client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
  }

  private static String header(ApiResponse<?> response, String name) {
    return String.join(", ", response.getHeaders().getOrDefault(name, List.of()));
  }

  private static ApiException failure(Call call) throws Exception {
    try {
      call.run();
    } catch (ApiException exception) {
      return exception;
    }
    throw new AssertionError("the call did not fail");
  }

  private static <T> T problem(int status, Class<T> type, Call call) throws Exception {
    ApiException exception = failure(call);
    same(status, exception.getCode());
    return CLIENT.getObjectMapper().readValue(exception.getResponseBody(), type);
  }

  private static void same(Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) throw new AssertionError(expected + " is not " + actual);
  }

  private static void check(boolean condition) {
    if (!condition) throw new AssertionError();
  }

  @FunctionalInterface
  private interface Call {
    void run() throws Exception;
  }

  @FunctionalInterface
  private interface ListPage<T> {
    ApiResponse<List<T>> read(String cursor) throws ApiException;
  }
}
