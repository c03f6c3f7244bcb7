import { createProvider } from '../clients/accounts';
import type { ApiClient } from '../clients/http-client';
import type { Ids } from '../openapi/guarded-operations';
import { openaiModelList } from '../upstreams/model-lists';
import { replyJson } from '../upstreams/scripted-replies';
import { ScriptedUpstream } from '../upstreams/scripted-upstream';
import { type TestApp, startTestApp } from './app';

/** A service for suites that are generated from the document, and an upstream that every provider of it has. */
export interface DocumentApp {
  readonly app: TestApp;
  readonly upstream: ScriptedUpstream;
  /** Makes one of whatever an operation may take an id of. */
  populate(api: ApiClient): Promise<Ids>;
  stop(): Promise<void>;
}

export async function startDocumentApp(): Promise<DocumentApp> {
  // Requests may name the address they come from, so that failures are not limited.
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

let calls = 0;

/** An address that nothing came from yet. */
export function newAddress(): string {
  calls += 1;
  return `10.${(calls >> 16) & 255}.${(calls >> 8) & 255}.${calls & 255}`;
}
