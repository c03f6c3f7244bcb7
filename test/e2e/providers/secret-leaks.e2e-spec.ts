import { randomBytes } from 'node:crypto';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiResponse, Json } from '../../support/clients/api-client';
import {
  createModel,
  modelPath,
  providerBody,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { findLeaks } from '../../support/secrets/leak-search';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson, replyText } from '../../support/upstreams/scripted-replies';
import { type Reply, ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** Contains characters that URLs and base64 encode differently. */
const secret = (prefix: string) => `${prefix}${randomBytes(24).toString('base64')}+/%~?x`;
const API_KEY = secret('sk-marker-');
const NEXT_KEY = secret('sk-second-');
const UNSAVED_KEY = secret('sk-third-');
const HEADER = secret('header-');
const MODEL_HEADER = secret('model-header-');
const SECRETS: readonly (readonly [string, string, number])[] = [
  ['the key', API_KEY, 8],
  ['its replacement', NEXT_KEY, 8],
  ['a key that was not saved', UNSAVED_KEY, 0],
  ['a secret header', HEADER, 0],
  ["a model's secret header", MODEL_HEADER, 0],
];
const withHeader = (value: string) => ({ extra_headers: { 'X-Gateway-Token': value }, timeout_ms: 60_000 });

/** An upstream that returns the secrets it received, in many encodings. */
const echo: Reply = (response, request) => {
  const sent = [request.headers.authorization, request.headers['x-gateway-token']].map(String);
  const [key = '', header = ''] = sent.map((value) => value.replace('Bearer ', ''));
  const hex = Buffer.from(key).toString('hex');
  const message = `${key} | ${Buffer.from(` ${key}`).toString('base64')} | ${hex} | ${key.slice(4, 24)} | ${header}`;
  const reply = replyJson({ error: { message, key, headers: sent } }, 401, {
    'x-echo': encodeURIComponent(key),
  });
  return reply(response, request);
};

describe('secrets', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  const responses: ApiResponse[] = [];
  let provider: Json;
  let model: Json;

  const send = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
    const response = await app.api.request(method, path, body, { headers });
    responses.push(response);
    return response;
  };

  beforeAll(async () => {
    app = await startTestApp({ env: { LOG_LEVEL: 'trace' } });
    upstream = await ScriptedUpstream.start(
      replyJson({ ...openaiModelList(['one', 'two']), choices: [{ index: 0 }] }),
    );
    await callEveryEndpoint();
    await failEveryCall();
    await sendInvalidRequests();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));

  async function callEveryEndpoint() {
    const fields = { base_url: upstream.url, api_key: API_KEY, openai_api_mode: 'chat_completions' };
    const created = await send(
      'POST',
      '/v1/llm-providers',
      providerBody({ ...fields, advanced_json: withHeader(HEADER) }),
      { 'Idempotency-Key': 'secrets' },
    );
    provider = created.body;
    expect(created.status).toBe(201);
    model = await createModel(app.api, provider.id, {
      model: 'one',
      advanced_json: withHeader(MODEL_HEADER),
    });
    const path = providerPath(provider);
    const lists = ['/v1/llm-providers', '/v1/selectors'];
    for (const read of [...lists, path, modelPath(model), `${path}/available-models`]) {
      await send('GET', read);
    }
    for (const selector of [model.selector, 'auto']) {
      expect((await send('POST', '/v1/resolve', { selector, explain: true })).status).toBe(200);
      await send('POST', '/v1/cost', { selector, usage: { input: 1 } });
    }
    await send('POST', `${path}/test`);
    expect((await send('POST', `${modelPath(model)}/test`)).body.ok).toBe(true);
    await send('POST', `${path}/models/import`, { models: 'all' });
    const discovery = { provider: 'openai', api_key: UNSAVED_KEY, base_url: upstream.url };
    await send('POST', '/v1/llm-providers/discover', { ...discovery, advanced_json: withHeader(HEADER) });
    await send('PATCH', path, { advanced_json: withHeader('***') });
  }

  async function failEveryCall() {
    const path = providerPath(provider);
    const discovery = { provider: 'openai', api_key: UNSAVED_KEY, base_url: upstream.url };
    const repeated = [API_KEY, UNSAVED_KEY].map((key) => ({ id: `model-${key}`, name: key, type: key }));
    for (const reply of [
      echo,
      replyJson({ data: repeated }),
      replyText(`<html>${API_KEY} ${HEADER}</html>`),
      replyText(API_KEY, 'text/plain', 500),
    ]) {
      upstream.script(reply);
      await send('GET', `${path}/available-models?refresh=true`);
      await send('POST', `${path}/test`);
      await send('POST', `${modelPath(model)}/test`);
      await send('POST', '/v1/llm-providers/discover', { ...discovery, advanced_json: withHeader(HEADER) });
    }
    await send('PATCH', path, { api_key: NEXT_KEY });
    upstream.script(echo);
    await send('POST', `${path}/test`);
  }

  async function sendInvalidRequests() {
    const path = '/v1/llm-providers';
    const body = providerBody({ api_key: API_KEY, advanced_json: withHeader(HEADER) });
    await send('POST', path, { ...body, name: provider.name });
    await send('PATCH', providerPath(provider), { api_key: API_KEY }, { 'If-Match': '"stale"' });
    await send('POST', path, body, { 'Idempotency-Key': 'secrets' });
    await send('POST', path, JSON.stringify(body).slice(0, -3));
    await send('POST', path, `{"api_key":"${API_KEY}" "name":1}`);
    await send('POST', path, JSON.stringify(body), { 'content-type': 'text/plain' });
    await send('POST', path, { ...body, name: uniqueName(), [API_KEY]: API_KEY.length });
    await send('POST', path, { ...body, api_key: `${API_KEY} ${API_KEY}` });
    await send('POST', path, { ...body, api_key: API_KEY.repeat(200) });
    await send('POST', path, { ...body, api_key: { value: API_KEY } });
    await send('POST', path, { ...body, provider: API_KEY });
    await send('POST', path, { ...body, base_url: `https://${encodeURIComponent(API_KEY)}:x@example.com` });
    await send('POST', path, { ...body, base_url: `https://example.com/?key=${API_KEY}` });
    await send('POST', path, { ...body, advanced_json: { extra_headers: { Authorization: HEADER } } });
    await send('POST', path, { ...body, advanced_json: { extra_headers: { 'X-Token': [HEADER] } } });
    await send('POST', path, { ...body, padding: API_KEY.repeat(8000) });
    await send('GET', `${path}?api_key=${encodeURIComponent(API_KEY)}`);
    await send('GET', path, undefined, { authorization: `Bearer ${API_KEY}` });
    await send('GET', path, undefined, { authorization: `Basic ${API_KEY}` });
  }

  it('are sent to the upstream and to every class of responses', () => {
    const statuses = new Set(responses.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([200, 201, 400, 401, 409, 412, 413, 415, 422, 502]);
  });

  it('are found by the leak search in any encoding, whole or in part', () => {
    const bytes = Buffer.from(`x${API_KEY}`);
    const spellings = [
      API_KEY,
      encodeURIComponent(API_KEY),
      bytes.toString('hex'),
      bytes.toString('base64url'),
    ];
    for (const spelling of [...spellings, API_KEY.toUpperCase(), API_KEY.slice(12, 20)]) {
      expect(findLeaks(API_KEY, `before ${spelling} after`, { shown: 8 })).not.toEqual([]);
    }
    expect(findLeaks(API_KEY, API_KEY.slice(0, 8), { shown: 8 })).toEqual([]);
  });

  describe.each(SECRETS)('%s', (_what, value, shown) => {
    it('is in no response', () => {
      const texts = responses.map(({ text, headers }) => `${text} ${JSON.stringify([...headers])}`);
      expect(texts.flatMap((text) => findLeaks(value, text, { shown }))).toEqual([]);
    });

    it('is in no row and not in the bytes of the database', async () => {
      expect(findLeaks(value, await app.database.dump(), { shown })).toEqual([]);
      expect(findLeaks(value, await app.database.bytes(), { shown })).toEqual([]);
    });

    it('is in no log line at level trace', () => {
      expect(app.logs()).toContain('trace_id');
      expect(findLeaks(value, app.logs())).toEqual([]);
    });

    it('is in no audit event and no metric', async () => {
      const audit = await app.api.get('/v1/audit-events');
      const metrics = await app.api.get('/metrics');
      expect(audit.text).toContain('"api_key":{"before":"***","after":"***"}');
      expect(metrics.text).toContain('caret_');
      expect(findLeaks(value, audit.text, { shown })).toEqual([]);
      expect(findLeaks(value, metrics.text)).toEqual([]);
    });
  });

  it('are redacted in upstream messages, of which the rest is shown', () => {
    const detail = responses
      .map(({ body }) => body?.detail ?? body?.error?.detail)
      .find((text) => text?.includes('|'));
    expect(detail).toMatch(/HTTP 401.*\[redacted\]/);
  });
});
