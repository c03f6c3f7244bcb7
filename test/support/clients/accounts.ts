import { randomBytes } from 'node:crypto';
import { AccountsService } from '../../../src/accounts/accounts.service';
import { SCOPES } from '../../../src/auth/scopes';
import { timestampIn } from '../../../src/common/timestamp';
import type { TestApp } from '../app/app';
import type { ApiClient } from './api-client';

/** Every scope but `admin`, which includes all of them. */
export const ALL_BUT_ADMIN: string[] = SCOPES.filter((scope) => scope !== 'admin');

export interface IssuedToken {
  readonly id: string;
  readonly token: string;
  /** A client that sends this token. */
  readonly api: ApiClient;
}

/** Creates a token of the first account with exactly these scopes. */
export async function issueToken(
  app: TestApp,
  scopes: readonly string[],
  more: { name?: string; expires_at?: string; allowed_selectors?: readonly string[] } = {},
): Promise<IssuedToken> {
  const response = await app.api.post('/v1/tokens', {
    name: `token of ${scopes.join(', ')}`,
    scopes,
    ...more,
  });
  if (response.status !== 201) throw new Error(`no token: ${response.text}`);
  const { id, token } = response.body;
  return { id, token, api: app.clientFor(token) };
}

/** Lets a token expire, recently enough that Caret does not delete it yet. */
export async function expireToken(app: TestApp, id: string): Promise<void> {
  await app.database.query('UPDATE api_tokens SET expires_at = ? WHERE id = ?', [timestampIn(-1000), id]);
}

/** Creates another account and returns a client with its `admin` token. */
export async function createAccount(app: TestApp, name = 'another'): Promise<ApiClient> {
  const { token } = await app.app.get(AccountsService).create(name, 'command line');
  return app.clientFor(token);
}

/** Returns an API key that no other test uses, long enough to have a visible prefix. */
export function newApiKey(): string {
  return `sk-${randomBytes(24).toString('base64url')}`;
}

/** Creates a provider of the caller's account with models of these names. */
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
    const response = await api.post(`/v1/llm-providers/${provider.body.id}/models`, { model });
    if (response.status !== 201) throw new Error(`no model: ${response.text}`);
    modelIds.push(response.body.id);
  }
  return { id: provider.body.id, modelIds };
}
