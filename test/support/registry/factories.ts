import { AccountsService } from '../../../src/accounts/accounts.service';
import type { Scope } from '../../../src/auth/scopes';
import type { TestApp } from '../app/app';
import type { ApiClient, ApiResponse, Json } from '../clients/api-client';

/** Long enough for a visible prefix of eight characters. No other text contains a piece of it (see `LeakDetector`). */
export const API_KEY = 'sk-test-qJ5xW8zKv3Ym7Tg2Bd9Rn4Lp6HcZf0Us';

let sequence = 0;

/** Returns a name that no other test of this process uses. */
export function uniqueName(stem = 'provider'): string {
  sequence += 1;
  return `${stem}-${sequence}`;
}

export function providerBody(overrides: Json = {}): Json {
  return { name: uniqueName(), provider: 'openai', api_key: API_KEY, ...overrides };
}

/** Creates a provider and returns the response body. */
export async function createProvider(api: ApiClient, overrides: Json = {}): Promise<Json> {
  return requireCreated(await api.post('/v1/llm-providers', providerBody(overrides)));
}

/** Creates a model and returns the response body. */
export async function createModel(api: ApiClient, providerId: string, overrides: Json = {}): Promise<Json> {
  const body = { model: uniqueName('model'), ...overrides };
  return requireCreated(await api.post(`/v1/llm-providers/${providerId}/models`, body));
}

/** Creates a token with these scopes and returns its client. */
export async function createClientWith(app: TestApp, scopes: readonly Scope[]): Promise<ApiClient> {
  const { token } = requireCreated(await app.api.post('/v1/tokens', { name: uniqueName('token'), scopes }));
  return app.clientFor(token);
}

/** Creates another account and returns a client of its admin. */
export async function createOtherAccount(app: TestApp): Promise<ApiClient> {
  const { token } = await app.app.get(AccountsService).create(uniqueName('account'), 'command line');
  return app.clientFor(token);
}

export function providerPath(provider: { id: string }): string {
  return `/v1/llm-providers/${provider.id}`;
}

export function modelPath(model: { id: string; provider_id: string }): string {
  return `/v1/llm-providers/${model.provider_id}/models/${model.id}`;
}

export async function readModel(api: ApiClient, model: { id: string; provider_id: string }): Promise<Json> {
  return (await api.get(modelPath(model))).body;
}

/** Returns the prices of a model, newest first. */
export async function priceHistoryOf(
  api: ApiClient,
  model: { id: string; provider_id: string },
): Promise<Json[]> {
  return (await api.get(`${modelPath(model)}/prices`)).body;
}

/** Returns the audit events of one resource, oldest first. */
export async function auditOf(api: ApiClient, resourceId: string): Promise<Json[]> {
  const { body } = await api.get('/v1/audit-events');
  return (body as Json[]).filter(({ resource }) => resource.id === resourceId).reverse();
}

/** Returns the status and code of an error response, with the pointers of a validation error. */
export function problem({ status, body }: ApiResponse): Json {
  const pointers = body.errors?.map(({ pointer }: Json) => pointer);
  return pointers ? { status, code: body.code, pointers } : { status, code: body.code };
}

/** Returns the body of an error response without what identifies the request. */
export function withoutRequestIds({ body }: ApiResponse): Json {
  return { ...body, instance: '', trace_id: '' };
}

export function invalid(...pointers: string[]): Json {
  return { status: 422, code: 'validation.failed', pointers };
}

function requireCreated({ status, body }: ApiResponse): Json {
  if (status !== 201) throw new Error(`not created: ${status} ${JSON.stringify(body)}`);
  return body;
}
