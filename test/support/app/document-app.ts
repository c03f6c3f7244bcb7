import { createProvider } from '../clients/accounts';
import type { ApiClient } from '../clients/api-client';
import type { Ids } from '../openapi/guarded-operations';
import { openaiModelList } from '../upstreams/model-lists';
import { replyJson } from '../upstreams/scripted-replies';
import { ScriptedUpstream } from '../upstreams/scripted-upstream';
import { type TestApp, startTestApp } from './app';

/** A service for suites generated from the OpenAPI document, and the upstream of all its providers. */
export interface DocumentApp {
  readonly app: TestApp;
  readonly upstream: ScriptedUpstream;
  /** Creates one resource of each kind that an operation takes an id of. */
  populate(api: ApiClient): Promise<Ids>;
  stop(): Promise<void>;
}

export async function startDocumentApp(): Promise<DocumentApp> {
  // Each request can name its own address, so that failed authentication is not rate-limited.
  const app = await startTestApp({ env: { TRUST_PROXY: '127.0.0.1' } });
  const upstream = await ScriptedUpstream.start(replyJson(openaiModelList(['offered'])));
  return {
    app,
    upstream,
    async populate(api) {
      const { id, modelIds } = await createProvider(api, { base_url: upstream.url }, ['first', 'second']);
      const token = await api.post('/v1/tokens', { name: 'of the account', scopes: ['usage:read'] });
      return { provider_id: id, model_id: modelIds[1]!, token_id: token.body.id };
    },
    async stop() {
      await app.stop();
      await upstream.stop();
    },
  };
}

let addressCount = 0;

/** An address that no request has come from. */
export function newAddress(): string {
  addressCount += 1;
  return `10.${(addressCount >> 16) & 255}.${(addressCount >> 8) & 255}.${addressCount & 255}`;
}
