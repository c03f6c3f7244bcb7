import { AccountsService } from '../../../src/accounts/accounts.service';
import type { Scope } from '../../../src/auth/scopes';
import type { TestApp } from '../app/app';
import type { ApiClient, ApiResponse, Json } from '../clients/http-client';

/** Long enough for a prefix of eight characters, and of letters that stand together nowhere else (see `LeakWatch`). */
export const API_KEY = 'sk-test-qJ5xW8zKv3Ym7Tg2Bd9Rn4Lp6HcZf0Us';

let sequence = 0;

/** A name that no other test of this process has. */
export function uniqueName(stem = 'provider'): string {
  sequence += 1;
  return `${stem}-${sequence}`;
}

export function providerBody(overrides: Json = {}): Json {
  return { name: uniqueName(), provider: 'openai', api_key: API_KEY, ...overrides };
}

/** The created provider as answered. */
export async function createProvider(api: ApiClient, overrides: Json = {}): Promise<Json> {
  return created(await api.post('/v1/llm-providers', providerBody(overrides)));
}

/** The created model as answered. */
export async function createModel(api: ApiClient, providerId: string, overrides: Json = {}): Promise<Json> {
  const body = { model: uniqueName('model'), ...overrides };
  return created(await api.post(`/v1/llm-providers/${providerId}/models`, body));
}

/** The same service seen with a new token of these scopes. */
export async function clientWith(app: TestApp, scopes: readonly Scope[]): Promise<ApiClient> {
  const { token } = created(await app.api.post('/v1/tokens', { name: uniqueName('token'), scopes }));
  return app.clientFor(token);
}

/** The same service seen by the admin of an account of its own. */
export async function otherAccount(app: TestApp): Promise<ApiClient> {
  const { token } = await app.app.get(AccountsService).create(uniqueName('account'), 'command line');
  return app.clientFor(token);
}

export function providerPath(provider: { id: string }): string {
  return `/v1/llm-providers/${provider.id}`;
}

export function modelPath(model: { id: string; provider_id: string }): string {
  return `/v1/llm-providers/${model.provider_id}/models/${model.id}`;
}

/** Audit events about one resource, oldest first. */
export async function auditOf(api: ApiClient, resourceId: string): Promise<Json[]> {
  const { body } = await api.get('/v1/audit-events');
  return (body as Json[]).filter(({ resource }) => resource.id === resourceId).reverse();
}

/** Status and code of an error answer, with the pointers of a validation. */
export function problem({ status, body }: ApiResponse): Json {
  const pointers = body.errors?.map(({ pointer }: Json) => pointer);
  return pointers ? { status, code: body.code, pointers } : { status, code: body.code };
}

/** An error answer less what tells one request from another. */
export function anonymous({ body }: ApiResponse): Json {
  return { ...body, instance: '', trace_id: '' };
}

export function invalid(...pointers: string[]): Json {
  return { status: 422, code: 'validation.failed', pointers };
}

function created({ status, body }: ApiResponse): Json {
  if (status !== 201) throw new Error(`not created: ${status} ${JSON.stringify(body)}`);
  return body;
}
