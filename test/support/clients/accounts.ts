import { randomBytes } from 'node:crypto';
import { AccountsService } from '../../../src/accounts/accounts.service';
import type { TestApp } from '../app/app';
import type { ApiClient } from './http-client';

export interface IssuedToken {
  readonly id: string;
  readonly token: string;
  /** Calls with it. */
  readonly api: ApiClient;
}

/** A token of the first account with exactly these scopes. */
export async function issueToken(
  app: TestApp,
  scopes: readonly string[],
  more: { name?: string; expires_at?: string } = {},
): Promise<IssuedToken> {
  const answer = await app.api.post('/v1/tokens', { name: `token of ${scopes.join(', ')}`, scopes, ...more });
  if (answer.status !== 201) throw new Error(`no token: ${answer.text}`);
  return { id: answer.body.id, token: answer.body.token, api: app.clientFor(answer.body.token) };
}

/** An account beside the first one, seen with its own `admin` token. */
export async function createAccount(app: TestApp, name = 'another'): Promise<ApiClient> {
  const { token } = await app.app.get(AccountsService).create(name, 'command line');
  return app.clientFor(token);
}

/** An API key that no other test has, long enough to show a prefix. */
export function newApiKey(): string {
  return `sk-${randomBytes(24).toString('base64url')}`;
}

/** A provider of the caller's account with models of these names. */
export async function createProvider(
  api: ApiClient,
  fields: Record<string, unknown> = {},
  models: readonly string[] = [],
): Promise<{ id: string; modelIds: string[] }> {
  const name = `provider ${randomBytes(6).toString('hex')}`;
  const provider = await api.post('/v1/llm-providers', {
    name,
    provider: 'openai',
    api_key: newApiKey(),
    ...fields,
  });
  if (provider.status !== 201) throw new Error(`no provider: ${provider.text}`);
  const modelIds: string[] = [];
  for (const model of models) {
    const answer = await api.post(`/v1/llm-providers/${provider.body.id}/models`, { model });
    if (answer.status !== 201) throw new Error(`no model: ${answer.text}`);
    modelIds.push(answer.body.id);
  }
  return { id: provider.body.id, modelIds };
}
