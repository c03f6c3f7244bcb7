// The scenario of test/sdk/README.md with a client that openapi-generator generated for Go.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"

	"caret.example/driver/caret"
)

var (
	ctx    = authorized(os.Getenv("CARET_TOKEN"))
	client = newClient()
	api    = client.ProvidersAPI
)

func main() {
	account, _ := ok(client.AccountAPI.GetAccount(ctx).Execute())
	check(slices.Contains(account.Token.Scopes, caret.ADMIN), "the token has no scope admin")
	provider := manageProviders()
	first := manageModels(provider.Id)
	discover(provider.Id)
	route(first)
	createTokens()
	readAuditEvents(first.Id)
	response, err := api.DeleteProvider(ctx, provider.Id).Execute()
	check(err == nil && response.StatusCode == 204, "the provider is not deleted")
	_, response, err = api.GetProvider(ctx, provider.Id).Execute()
	problem[caret.Problem](404, response, err)
	fmt.Println("done")
}

func manageProviders() *caret.Provider {
	body := caret.NewCreateProviderRequest("main", caret.OPENAI, "sk-driver-0123456789abcdef")
	body.SetBaseUrl(os.Getenv("UPSTREAM_URL"))
	body.SetOpenaiApiMode(caret.CHAT_COMPLETIONS)
	body.SetAdvancedJson(map[string]any{"temperature": 0.2, "timeout_ms": 5000.0})
	created, _ := ok(api.CreateProvider(ctx).CreateProviderRequest(*body).IdempotencyKey("provider-1").Execute())
	replayed, _ := ok(api.CreateProvider(ctx).CreateProviderRequest(*body).IdempotencyKey("provider-1").Execute())
	same(created.Id, replayed.Id)
	same(body.AdvancedJson, created.AdvancedJson)
	listed, _ := ok(api.ListProviders(ctx).Execute())
	same([]caret.Provider{*created}, listed)

	body.Name = "a^b"
	_, response, err := api.CreateProvider(ctx).CreateProviderRequest(*body).Execute()
	same("/name", problem[caret.Problem](422, response, err).Errors[0].Pointer)

	_, response = ok(api.GetProvider(ctx, created.Id).Execute())
	etag := response.Header.Get("ETag")
	// The client returns an error for every status above 299, which includes 304.
	_, response, err = api.GetProvider(ctx, created.Id).IfNoneMatch(etag).Execute()
	check(err != nil && response.StatusCode == 304, "the provider has changed")

	nulls := caret.NewUpdateProviderRequest()
	nulls.SetOpenaiApiModeNil()
	// A map has no null. An empty one clears it as well.
	nulls.SetAdvancedJson(map[string]any{})
	cleared, _ := ok(api.UpdateProvider(ctx, created.Id).UpdateProviderRequest(*nulls).IfMatch(etag).Execute())
	check(cleared.OpenaiApiMode.Get() == nil && len(cleared.AdvancedJson) == 0, "null does not clear")
	same([]any{"main", *created.BaseUrl.Get()}, []any{cleared.Name, *cleared.BaseUrl.Get()})
	_, response, err = api.UpdateProvider(ctx, created.Id).UpdateProviderRequest(*nulls).IfMatch(etag).Execute()
	problem[caret.Problem](412, response, err)
	return cleared
}

func manageModels(providerId string) *caret.Model {
	everything := caret.NewCreateModelRequest("first")
	everything.SetAliases([]string{"primary"})
	everything.SetEnabled(true)
	everything.SetPriority(7)
	everything.SetIsDefault(true)
	everything.SetTags([]string{"fast"})
	everything.SetWhen(map[string]any{"tier": "pro"})
	everything.SetAdvancedJson(map[string]any{"temperature": 0.9})
	everything.SetMultiplier(2)
	everything.SetCostPer1kInput(0.003)
	everything.SetCostPer1kOutput(0.015)
	everything.SetCostPer1kCacheWrite(0.00375)
	everything.SetCostPer1kCacheRead(0)
	first := createModel(providerId, everything)
	expected := *caret.NewModel(first.Id, providerId, "first", "main^first", []string{"primary"}, true, 7, true,
		[]string{"fast"}, map[string]any{"tier": "pro"}, map[string]any{"temperature": 0.9}, 2, everything.CostPer1kInput,
		everything.CostPer1kOutput, everything.CostPer1kCacheWrite, everything.CostPer1kCacheRead,
		*caret.NewNullablePriceSheet(nil), first.CreatedAt, first.UpdatedAt)
	same(expected, *first)

	tags := caret.NewUpdateModelRequest()
	tags.SetTags([]string{"cheap"})
	retagged := update(first, tags)
	expected.Tags, expected.UpdatedAt = []string{"cheap"}, retagged.UpdatedAt
	same(expected, *retagged)

	nulls := caret.NewUpdateModelRequest()
	nulls.SetWhen(map[string]any{})
	nulls.SetCostPer1kCacheReadNil()
	cleared := update(first, nulls)
	expected.When, expected.UpdatedAt = map[string]any{}, cleared.UpdatedAt
	expected.CostPer1kCacheRead.Set(nil)
	same(expected, *cleared)

	second := createModel(providerId, caret.NewCreateModelRequest("second"))
	standard := caret.NewUpdateModelRequest()
	standard.SetIsDefault(true)
	update(second, standard)
	models, _ := ok(client.ModelsAPI.ListProviderModels(ctx, providerId).Execute())
	for _, model := range models {
		same(model.Model == "second", model.IsDefault)
	}
	return first
}

func createModel(providerId string, body *caret.CreateModelRequest) *caret.Model {
	model, _ := ok(client.ModelsAPI.CreateProviderModel(ctx, providerId).CreateModelRequest(*body).Execute())
	return model
}

func update(model *caret.Model, body *caret.UpdateModelRequest) *caret.Model {
	request := client.ModelsAPI.UpdateProviderModel(ctx, model.ProviderId, model.Id)
	updated, _ := ok(request.UpdateModelRequest(*body).Execute())
	return updated
}

func discover(providerId string) {
	available, _ := ok(client.DiscoveryAPI.ListAvailableModels(ctx, providerId).Refresh(true).Execute())
	same([]string{"gpt-4o", "gpt-4o-mini"}, []string{available.Models[0].Id, available.Models[1].Id})

	some := caret.NewImportModelsRequest()
	some.SetModels([]string{"gpt-4o", "gone"})
	imported, _ := ok(client.DiscoveryAPI.ImportModels(ctx, providerId).ImportModelsRequest(*some).Execute())
	same([]string{"gpt-4o", "gone"}, []string{imported.Added[0].Model, imported.Skipped[0].Id})
	all := caret.NewImportModelsRequest()
	all.SetAll(true)
	all.SetTags([]string{"new"})
	imported, _ = ok(client.DiscoveryAPI.ImportModels(ctx, providerId).ImportModelsRequest(*all).Execute())
	same([]string{"gpt-4o-mini", "new"}, []string{imported.Added[0].Model, imported.Added[0].Tags[0]})

	var names []string
	for cursor, more := "", true; more; {
		request := client.ModelsAPI.ListProviderModels(ctx, providerId).Limit(1)
		if cursor != "" {
			request = request.Cursor(cursor)
		}
		page, response := ok(request.Execute())
		same(1, len(page))
		names = append(names, page[0].Model)
		cursor, more = nextCursor(response)
	}
	same([]string{"first", "second", "gpt-4o", "gpt-4o-mini"}, names)
}

func route(first *caret.Model) {
	resolve := client.RoutingAPI.ResolveSelector(ctx)
	body := caret.ResolveRequest{Selector: caret.PtrString("main^first"), Context: map[string]any{"tier": "pro"}}
	resolution, _ := ok(resolve.ResolveRequest(body).Execute())
	same([]any{first.Id, 2.0}, []any{resolution.Selected.ModelId, resolution.Selected.Multiplier})
	resolution, _ = ok(resolve.ResolveRequest(caret.ResolveRequest{Selector: caret.PtrString("auto")}).Execute())
	same("second", resolution.Selected.Model)
	_, response, err := resolve.ResolveRequest(caret.ResolveRequest{Selector: caret.PtrString("main^absent")}).Execute()
	check(len(problem[caret.NoRouteProblem](404, response, err).Considered) > 0, "the problem does not list what was considered")

	usage := caret.NewCalculateCostRequest(map[string]any{"prompt_tokens": 1000, "completion_tokens": 1000})
	usage.SetSelector("main^first")
	cost, _ := ok(client.CostAPI.CalculateCost(ctx).CalculateCostRequest(*usage).Execute())
	same([]any{"0.036", 2}, []any{*cost.Cost.Get(), len(cost.Parts)})
}

func createTokens() {
	body := caret.NewCreateTokenRequest("application", []caret.Scope{caret.PROVIDERS_READ})
	created, _ := ok(client.TokensAPI.CreateToken(ctx).CreateTokenRequest(*body).IdempotencyKey("token-1").Execute())
	replayed, _ := ok(client.TokensAPI.CreateToken(ctx).CreateTokenRequest(*body).IdempotencyKey("token-1").Execute())
	check(replayed.Id == created.Id && !replayed.HasToken(), "the token is not replayed")

	application := authorized(created.GetToken())
	listed, _ := ok(api.ListProviders(application).Execute())
	same(1, len(listed))
	_, response, err := client.TokensAPI.CreateToken(application).CreateTokenRequest(*body).Execute()
	problem[caret.Problem](403, response, err)
}

func readAuditEvents(firstId string) {
	found := 0
	for cursor, more := "", true; more; {
		request := client.AuditAPI.ListAuditEvents(ctx).Limit(3)
		if cursor != "" {
			request = request.Cursor(cursor)
		}
		events, response := ok(request.Execute())
		for _, event := range events {
			tags, changed := event.Changes["tags"]
			if changed && event.Action == "model.update" && event.Resource.GetId() == firstId {
				found++
				same(caret.FieldChange{Before: []any{"fast"}, After: []any{"cheap"}}, tags)
			}
		}
		cursor, more = nextCursor(response)
	}
	same(1, found)
}

func nextCursor(response *http.Response) (string, bool) {
	next := regexp.MustCompile(`[?&]cursor=([^&>]+)[^>]*>; rel="next"`).FindStringSubmatch(response.Header.Get("Link"))
	if next == nil {
		return "", false
	}
	return next[1], true
}

func newClient() *caret.APIClient {
	configuration := caret.NewConfiguration()
	configuration.Servers = caret.ServerConfigurations{{URL: os.Getenv("CARET_URL")}}
	return caret.NewAPIClient(configuration)
}

func authorized(token string) context.Context {
	return context.WithValue(context.Background(), caret.ContextAccessToken, token)
}

func ok[T any](value T, response *http.Response, err error) (T, *http.Response) {
	check(err == nil, "%v", err)
	return value, response
}

func problem[T any](status int, response *http.Response, err error) T {
	var failure *caret.GenericOpenAPIError
	check(errors.As(err, &failure), "the call did not fail")
	found, typed := failure.Model().(T)
	check(typed && response.StatusCode == status, "%s", failure.Body())
	return found
}

func same(expected, actual any) {
	check(reflect.DeepEqual(expected, actual), "%+v is not %+v", actual, expected)
}

func check(condition bool, format string, arguments ...any) {
	if !condition {
		panic(fmt.Sprintf(format, arguments...))
	}
}
