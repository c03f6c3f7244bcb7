import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  API_KEY,
  createProvider,
  problem,
  providerBody,
  providerPath,
} from '../../support/registry/factories';
import { INTERNAL_LITERALS, INTERNAL_NAMES, MALFORMED_URLS } from '../../support/upstreams/denied-urls';
import { recordConnections } from '../../support/upstreams/outbound-connections';

const denied = { status: 422, code: 'egress_denied', pointers: ['/base_url'] };
const malformed = { status: 422, code: 'validation.failed', pointers: ['/base_url'] };

describe('in strict mode, the base_url', () => {
  let app: TestApp;
  let provider: Json;
  let connections: string[];

  beforeAll(async () => {
    app = await startTestApp({ env: { EGRESS_MODE: 'strict' } });
    provider = await createProvider(app.api, { base_url: 'https://example.com/v1' });
  });
  afterAll(() => app.stop());
  beforeEach(() => (connections = recordConnections(app)));
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Sends the URL in each request that accepts one: create, update and discover. */
  const sendEverywhere = async (base_url: string) => {
    const body = { provider: 'openai', api_key: API_KEY, base_url };
    const responses = [
      await app.api.post('/v1/llm-providers', providerBody({ base_url })),
      await app.api.patch(providerPath(provider), { base_url, api_key: API_KEY }),
      await app.api.post('/v1/llm-providers/discover', body),
    ];
    return responses.map(problem);
  };

  it.each([...INTERNAL_LITERALS, ...INTERNAL_NAMES])('%s is denied in every request', async (base_url) => {
    expect(await sendEverywhere(base_url)).toEqual([denied, denied, denied]);
    expect(connections).toEqual([]);
  });

  it.each(MALFORMED_URLS)('%j returns validation.failed in every request', async (base_url) => {
    expect(await sendEverywhere(base_url)).toEqual([malformed, malformed, malformed]);
    expect(connections).toEqual([]);
  });

  it('of a provider does not change when an update is denied', async () => {
    const before = (await app.api.get(providerPath(provider))).text;
    await sendEverywhere('http://169.254.169.254');
    expect((await app.api.get(providerPath(provider))).text).toBe(before);
  });

  it('is denied without its address in the error', async () => {
    const { text } = await app.api.post('/v1/llm-providers', providerBody({ base_url: 'http://2130706433' }));
    expect(text).not.toMatch(/127\.0\.0\.1|2130706433/);
  });

  it.each([
    'https://api.openai.com/v1',
    'https://[2606:4700::1111]/v1',
    'http://1.1.1.1:8080',
    'https://no-such-name.example.com',
  ])('%s is accepted without a lookup', async (base_url) => {
    expect((await app.api.post('/v1/llm-providers', providerBody({ base_url }))).status).toBe(201);
    expect(connections).toEqual([]);
  });
});
