import fc from 'fast-check';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider } from '../../support/clients/accounts';

const RUNS = { numRuns: 100 };

/** A valid body of each route. A test replaces one field at a time. */
const VALID = {
  provider: {
    name: 'n',
    provider: 'openai',
    api_key: 'sk-0123456789abcdef',
    base_url: null,
    openai_api_mode: 'auto',
    advanced_json: { a: 1 },
  },
  model: {
    model: 'm',
    priority: 1,
    is_default: true,
    tags: ['t'],
    when: { a: 1 },
    advanced_json: {},
    multiplier: 1,
    cost_per_1k_input: 0.1,
  },
  token: { name: 'n', scopes: ['providers:read'], expires_at: '2099-01-01T00:00:00Z' },
  resolve: { selector: 'm', context: { a: 1 }, explain: true, max_fallbacks: 1 },
  resolveList: { selectors: ['m', '#t'], context: { a: 1 } },
  check: { when: { a: 1 }, context: { a: 1 } },
  cost: { selector: 'm', usage: { input: 1 }, context: { a: 1 } },
};

const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const strange = fc.oneof(json, fc.string({ unit: 'binary' }), fc.double(), fc.maxSafeInteger());

describe('a random request', () => {
  let app: TestApp;
  let provider: string;
  let model: string;

  beforeAll(async () => {
    app = await startTestApp();
    const { id, modelIds } = await createProvider(app.api, {}, ['m']);
    provider = `/v1/llm-providers/${id}`;
    model = `${provider}/models/${modelIds[0]}`;
  });
  afterAll(() => app.stop());

  /** The contract check also rejects a 500, because none is documented. */
  async function expectNoServerError(method: string, path: string, body?: unknown) {
    const { status } = await app.api.request(method, path, body);
    expect(status).toBeLessThan(500);
  }

  it('with any JSON body is no server error', async () => {
    const routes = fc.constantFrom(
      ['POST', '/v1/llm-providers'],
      ['POST', `/v1/tokens`],
      ['POST', '/v1/llm-providers/discover'],
      ['POST', '/v1/resolve'],
      ['POST', '/v1/resolve/check'],
      ['POST', '/v1/cost'],
    );
    await fc.assert(
      fc.asyncProperty(routes, json, ([method, path], body) =>
        expectNoServerError(method, path, JSON.stringify(body)),
      ),
      RUNS,
    );
  });

  it('with any value in one field is no server error', async () => {
    const targets = fc.constantFrom(
      ['POST', '/v1/llm-providers', VALID.provider] as const,
      ['PATCH', 'provider', VALID.provider] as const,
      ['POST', 'models', VALID.model] as const,
      ['PATCH', 'model', VALID.model] as const,
      ['POST', '/v1/tokens', VALID.token] as const,
      ['POST', '/v1/resolve', VALID.resolve] as const,
      ['POST', '/v1/resolve', VALID.resolveList] as const,
      ['POST', '/v1/resolve/check', VALID.check] as const,
      ['POST', '/v1/cost', VALID.cost] as const,
    );
    const paths: Record<string, string> = { provider, model, models: `${provider}/models` };
    const cases = targets.chain(([method, path, valid]) =>
      fc.tuple(
        fc.constant({ method, path: paths[path] ?? path, valid }),
        fc.constantFrom(...Object.keys(valid)),
        strange,
      ),
    );
    await fc.assert(
      fc.asyncProperty(cases, ([{ method, path, valid }, field, value]) =>
        expectNoServerError(method, path, { ...valid, [field]: value }),
      ),
      { numRuns: 500 },
    );
  });

  it('with any bytes as a body is no server error', async () => {
    const mutated = fc.tuple(fc.uint8Array({ maxLength: 4 }), fc.nat(60)).map(([bytes, offset]) => {
      const valid = Buffer.from(JSON.stringify(VALID.provider));
      valid.set(bytes, offset);
      return valid;
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, fc.uint8Array({ minLength: 1 })), (body) =>
        expectNoServerError('POST', '/v1/llm-providers', Buffer.from(body)),
      ),
      RUNS,
    );
  });

  it('with any id or query is no server error', async () => {
    const piece = fc.string({ unit: 'binary', maxLength: 40 }).map(encodeURIComponent);
    await fc.assert(
      fc.asyncProperty(
        piece,
        piece,
        fc.constantFrom('limit', 'cursor', 'name', 'provider'),
        async (id, value, name) => {
          await expectNoServerError('GET', `/v1/llm-providers?${name}=${value}`);
          // The client would resolve a path of dots only.
          await expectNoServerError('GET', `/v1/llm-providers/x${id}`);
          await expectNoServerError('GET', `${provider}/models/x${id}?${name}=${value}`);
        },
      ),
      RUNS,
    );
  });

  it('with any header value is no server error', async () => {
    const names = [
      'If-Match',
      'If-None-Match',
      'Idempotency-Key',
      'Accept',
      'X-Request-Id',
      'Content-Type',
      'Authorization',
    ];
    const value = fc.string({ maxLength: 60 }).map((text) => text.trim());
    const alone = app.clientFor();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), value, async (name, text) => {
        const headers = Object.entries({
          Authorization: `Bearer ${app.adminToken}`,
          'Content-Type': 'application/json',
          [name]: text,
        });
        const write = await alone.rawRequest({ method: 'PATCH', path: model, headers, body: '{}' });
        const read = await alone.rawRequest({ method: 'GET', path: model, headers });
        expect(Math.max(write.status, read.status)).toBeLessThan(500);
      }),
      RUNS,
    );
  });

  it('leaves the service ready', async () => {
    expect((await app.api.get('/readyz')).status).toBe(200);
    expect((await app.api.get(provider)).status).toBe(200);
    expect((await app.api.get('/v1/audit-events')).status).toBe(200);
  });
});
