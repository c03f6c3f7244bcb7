import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { eventually } from '../../support/eventually';
import { API_KEY, createModel, modelPath } from '../../support/registry/factories';
import { createProviderAt } from '../../support/upstreams/discovery-factories';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** More than an account may have in progress. */
const CALLS = 6;

describe('the upstream call of a client that disconnects', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let provider: string;
  let model: string;
  /** Calls that the upstream has received and that Caret has not ended. */
  let open: number;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
    provider = await createProviderAt(app.api, upstream.url);
    model = modelPath(await createModel(app.api, provider.split('/').at(-1)!));
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));
  beforeEach(() => {
    open = 0;
    upstream.script((response) => {
      open += 1;
      response.once('close', () => (open -= 1));
    });
  });

  const unsaved = () => ({ provider: 'openai', api_key: API_KEY, base_url: upstream.url });
  const resultsOf = async (action: string): Promise<string[]> => {
    const { body } = await app.api.get('/v1/audit-events?limit=200');
    return (body as Json[])
      .filter((event) => event.action === action)
      .map(({ changes }) => changes.result.after);
  };

  it.each([
    ['of discovery', 'provider.discover', () => '/v1/llm-providers/discover', unsaved],
    ['of a provider test', 'provider.test', () => `${provider}/test`, null],
    ['of a model test', 'model.test', () => `${model}/test`, null],
  ])('%s ends, frees its place and is recorded as cancelled', async (_case, action, path, body) => {
    for (let call = 1; call <= CALLS; call++) {
      const disconnect = new AbortController();
      const response = fetch(`${app.api.baseUrl}${path()}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${app.api.token}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        body: body && JSON.stringify(body()),
        signal: disconnect.signal,
      });
      await Promise.race([
        response,
        eventually('the upstream has the call', () => upstream.requests.length === call && open === 1),
      ]);
      disconnect.abort();
      await expect(response).rejects.toThrow();
      await eventually('the call ends', () => open === 0);
      await eventually('the call is recorded', async () => (await resultsOf(action)).length === call);
      expect(await resultsOf(action)).toEqual(Array(call).fill('cancelled'));
    }
  });
});
