// The scenario of test/sdk/README.md with a client that oapi-codegen generated.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"caret.example/driver/caret"
)

var (
	ctx    = context.Background()
	client = clientFor(os.Getenv("CARET_TOKEN"))
)

func main() {
	account := ok(client.GetAccountWithResponse(ctx, nil))
	check(slices.Contains(account.JSON200.Token.Scopes, caret.Admin), "the token has no scope admin")
	provider := manageProviders()
	first := manageModels(provider.Id)
	discover(provider.Id)
	route(first)
	createTokens()
	readAuditEvents(first.Id)
	same(204, ok(client.DeleteProviderWithResponse(ctx, provider.Id, nil)).StatusCode())
	problem(404, ok(client.GetProviderWithResponse(ctx, provider.Id, nil)).ApplicationproblemJSON404)
	fmt.Println("done")
}

func manageProviders() *caret.Provider {
	body := caret.CreateProviderRequest{
		Name:          "main",
		Provider:      caret.Openai,
		ApiKey:        "sk-driver-0123456789abcdef",
		BaseUrl:       nullable.NewNullableWithValue(os.Getenv("UPSTREAM_URL")),
		OpenaiApiMode: nullable.NewNullableWithValue(caret.ChatCompletions),
		AdvancedJson:  nullable.NewNullableWithValue(caret.AdvancedJson{"temperature": 0.2, "timeout_ms": 5000.0}),
	}
	once := &caret.CreateProviderParams{IdempotencyKey: pointer("provider-1")}
	created := ok(client.CreateProviderWithResponse(ctx, once, body)).JSON201
	same(created, ok(client.CreateProviderWithResponse(ctx, once, body)).JSON201)
	same(body.AdvancedJson, created.AdvancedJson)
	same([]caret.Provider{*created}, *ok(client.ListProvidersWithResponse(ctx, nil)).JSON200)

	body.Name = "a^b"
	invalid := problem(422, ok(client.CreateProviderWithResponse(ctx, nil, body)).ApplicationproblemJSON422)
	same("/name", (*invalid.Errors)[0].Pointer)

	etag := ok(client.GetProviderWithResponse(ctx, created.Id, nil)).Headers200.ETag
	cached := &caret.GetProviderParams{IfNoneMatch: etag}
	same(304, ok(client.GetProviderWithResponse(ctx, created.Id, cached)).StatusCode())

	nulls := caret.UpdateProviderRequest{
		OpenaiApiMode: nullable.NewNullNullable[caret.OpenaiApiMode](),
		AdvancedJson:  nullable.NewNullNullable[caret.AdvancedJson](),
	}
	match := &caret.UpdateProviderParams{IfMatch: etag}
	cleared := ok(client.UpdateProviderWithResponse(ctx, created.Id, match, nulls)).JSON200
	check(cleared.OpenaiApiMode.IsNull() && cleared.AdvancedJson.IsNull(), "null does not clear")
	same([]any{"main", created.BaseUrl}, []any{cleared.Name, cleared.BaseUrl})
	stale := ok(client.UpdateProviderWithResponse(ctx, created.Id, match, nulls))
	problem(412, stale.ApplicationproblemJSON412)
	return cleared
}

func manageModels(providerId uuid.UUID) *caret.Model {
	everything := caret.CreateModelRequest{
		Model:               "first",
		Aliases:             nullable.NewNullableWithValue([]string{"primary"}),
		Enabled:             pointer(true),
		Priority:            pointer[int32](7),
		IsDefault:           pointer(true),
		Tags:                nullable.NewNullableWithValue([]string{"fast"}),
		When:                nullable.NewNullableWithValue(map[string]any{"tier": "pro"}),
		AdvancedJson:        nullable.NewNullableWithValue(caret.AdvancedJson{"temperature": 0.9}),
		Multiplier:          nullable.NewNullableWithValue(2.0),
		CostPer1kInput:      nullable.NewNullableWithValue(0.003),
		CostPer1kOutput:     nullable.NewNullableWithValue(0.015),
		CostPer1kCacheWrite: nullable.NewNullableWithValue(0.00375),
		CostPer1kCacheRead:  nullable.NewNullableWithValue(0.0),
	}
	first := createModel(providerId, everything)
	expected := caret.Model{
		Id:                  first.Id,
		ProviderId:          providerId,
		Selector:            "main^first",
		CreatedAt:           first.CreatedAt,
		UpdatedAt:           first.UpdatedAt,
		Model:               "first",
		Aliases:             []string{"primary"},
		Enabled:             true,
		Priority:            7,
		IsDefault:           true,
		Tags:                []string{"fast"},
		When:                map[string]any{"tier": "pro"},
		AdvancedJson:        caret.AdvancedJson{"temperature": 0.9},
		Multiplier:          2,
		CostPer1kInput:      everything.CostPer1kInput,
		CostPer1kOutput:     everything.CostPer1kOutput,
		CostPer1kCacheWrite: everything.CostPer1kCacheWrite,
		CostPer1kCacheRead:  everything.CostPer1kCacheRead,
		Pricing:             nullable.NewNullNullable[caret.PriceSheet](),
	}
	same(expected, *first)

	retagged := update(first, caret.UpdateModelRequest{Tags: nullable.NewNullableWithValue([]string{"cheap"})})
	expected.Tags, expected.UpdatedAt = []string{"cheap"}, retagged.UpdatedAt
	same(expected, *retagged)

	cleared := update(first, caret.UpdateModelRequest{
		When:               nullable.NewNullNullable[map[string]any](),
		CostPer1kCacheRead: nullable.NewNullNullable[float64](),
	})
	expected.When, expected.UpdatedAt = map[string]any{}, cleared.UpdatedAt
	expected.CostPer1kCacheRead = nullable.NewNullNullable[float64]()
	same(expected, *cleared)

	second := createModel(providerId, caret.CreateModelRequest{Model: "second"})
	update(second, caret.UpdateModelRequest{IsDefault: pointer(true)})
	for _, model := range *ok(client.ListProviderModelsWithResponse(ctx, providerId, nil)).JSON200 {
		same(model.Model == "second", model.IsDefault)
	}
	return first
}

func createModel(providerId uuid.UUID, body caret.CreateModelRequest) *caret.Model {
	return ok(client.CreateProviderModelWithResponse(ctx, providerId, nil, body)).JSON201
}

func update(model *caret.Model, body caret.UpdateModelRequest) *caret.Model {
	return ok(client.UpdateProviderModelWithResponse(ctx, model.ProviderId, model.Id, nil, body)).JSON200
}

func discover(providerId uuid.UUID) {
	fresh := &caret.ListAvailableModelsParams{Refresh: pointer(true)}
	available := ok(client.ListAvailableModelsWithResponse(ctx, providerId, fresh)).JSON200
	same([]string{"gpt-4o", "gpt-4o-mini"}, []string{available.Models[0].Id, available.Models[1].Id})

	some := caret.ImportModelsRequest{Models: &[]string{"gpt-4o", "gone"}}
	imported := ok(client.ImportModelsWithResponse(ctx, providerId, nil, some)).JSON200
	same([]string{"gpt-4o", "gone"}, []string{imported.Added[0].Model, imported.Skipped[0].Id})
	all := caret.ImportModelsRequest{All: pointer(true), Tags: nullable.NewNullableWithValue([]string{"new"})}
	imported = ok(client.ImportModelsWithResponse(ctx, providerId, nil, all)).JSON200
	same([]string{"gpt-4o-mini", "new"}, []string{imported.Added[0].Model, imported.Added[0].Tags[0]})

	var names []string
	parameters := &caret.ListProviderModelsParams{Limit: pointer(1)}
	for more := true; more; more = parameters.Cursor != nil {
		page := ok(client.ListProviderModelsWithResponse(ctx, providerId, parameters))
		same(1, len(*page.JSON200))
		names = append(names, (*page.JSON200)[0].Model)
		parameters.Cursor = nextCursor(page.Headers200.Link)
	}
	same([]string{"first", "second", "gpt-4o", "gpt-4o-mini"}, names)
}

func route(first *caret.Model) {
	body := caret.ResolveRequest{Selector: pointer("main^first"), Context: &map[string]any{"tier": "pro"}}
	selected := ok(client.ResolveSelectorWithResponse(ctx, nil, body)).JSON200.Selected
	same([]any{first.Id, 2.0}, []any{selected.ModelId, selected.Multiplier})
	auto := caret.ResolveRequest{Selector: pointer("auto")}
	same("second", ok(client.ResolveSelectorWithResponse(ctx, nil, auto)).JSON200.Selected.Model)
	absent := caret.ResolveRequest{Selector: pointer("main^absent")}
	noRoute := ok(client.ResolveSelectorWithResponse(ctx, nil, absent)).ApplicationproblemJSON404
	check(noRoute != nil && len(*noRoute.Considered) > 0, "the problem does not list what was considered")

	usage := map[string]any{"prompt_tokens": 1000, "completion_tokens": 1000}
	priced := caret.CalculateCostRequest{Selector: pointer("main^first"), Usage: usage}
	cost := ok(client.CalculateCostWithResponse(ctx, nil, priced)).JSON200
	same([]any{"0.036", 2}, []any{cost.Cost.MustGet(), len(cost.Parts)})
}

func createTokens() {
	body := caret.CreateTokenRequest{Name: "application", Scopes: []caret.Scope{caret.ProvidersRead}}
	once := &caret.CreateTokenParams{IdempotencyKey: pointer("token-1")}
	created := ok(client.CreateTokenWithResponse(ctx, once, body)).JSON201
	replayed := ok(client.CreateTokenWithResponse(ctx, once, body)).JSON200
	check(replayed.Id == created.Id && replayed.Token == nil, "the token is not replayed")

	application := clientFor(*created.Token)
	same(1, len(*ok(application.ListProvidersWithResponse(ctx, nil)).JSON200))
	problem(403, ok(application.CreateTokenWithResponse(ctx, nil, body)).ApplicationproblemJSON403)
}

func readAuditEvents(firstId uuid.UUID) {
	found := 0
	parameters := &caret.ListAuditEventsParams{Limit: pointer(3)}
	for more := true; more; more = parameters.Cursor != nil {
		page := ok(client.ListAuditEventsWithResponse(ctx, parameters))
		for _, event := range *page.JSON200 {
			tags, changed := event.Changes["tags"]
			if changed && event.Action == "model.update" && event.Resource.Id.MustGet() == firstId {
				found++
				same([]any{[]any{"fast"}, []any{"cheap"}}, []any{tags.Before, tags.After})
			}
		}
		parameters.Cursor = nextCursor(page.Headers200.Link)
	}
	same(1, found)
}

func nextCursor(link *string) *string {
	if link == nil {
		return nil
	}
	return &regexp.MustCompile(`[?&]cursor=([^&>]+)[^>]*>; rel="next"`).FindStringSubmatch(*link)[1]
}

func clientFor(token string) *caret.ClientWithResponses {
	authorize := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	return ok(caret.NewClientWithResponses(os.Getenv("CARET_URL"), caret.WithRequestEditorFn(authorize)))
}

func ok[T any](value T, err error) T {
	check(err == nil, "%v", err)
	return value
}

func problem(status int, found *caret.Problem) *caret.Problem {
	check(found != nil && found.Status == status, "%v is not a problem with status %d", found, status)
	return found
}

func pointer[T any](value T) *T { return &value }

func same(expected, actual any) {
	check(reflect.DeepEqual(expected, actual), "%+v is not %+v", actual, expected)
}

func check(condition bool, format string, arguments ...any) {
	if !condition {
		panic(fmt.Sprintf(format, arguments...))
	}
}
