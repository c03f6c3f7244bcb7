import { isId } from '../../../src/common/ids';
import type { EndpointPath } from '../../../src/gateway/dialect/endpoint';
import type { Target } from '../../support/gateway/gateway-app';
import { useGateway, useUpstream } from '../../support/gateway/use-gateway';
import { KINDS, requestOf, responseOf } from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';

const ANTHROPIC = { 'anthropic-version': '2023-06-01' };
const TOLERANT: readonly EndpointPath[] = [
  'chat/completions',
  'responses',
  'messages',
  'messages/count_tokens',
  'embeddings',
];
const UPGRADE = { upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-version': '13' };

describe('the routes of the gateway', () => {
  const app = useGateway();
  const upstream = useUpstream();
  const targets = new Map<string, Target>();

  beforeAll(async () => {
    for (const kind of ['openai', 'anthropic'] as const)
      targets.set(kind, await app.createTarget(`${upstream.url}/v1`, { kind }));
  });

  function call(path: EndpointPath, url: string, headers: Record<string, string> = {}) {
    upstream.script(replyJson(responseOf(path)));
    return app.gateway.post(url, requestOf(path, targets.get(KINDS[path])!.selector), headers);
  }

  it.each(TOLERANT.flatMap((path) => ['/v1/', '/v1/v1/', '/'].map((base) => [base, path] as const)))(
    'include %s%s',
    async (base, path) => {
      expect((await call(path, base + path)).status).toBe(200);
      expect(upstream.requests.map(({ url }) => url)).toEqual([`/v1/${path}`]);
    },
  );

  it('include responses/compact with /v1 only', async () => {
    expect((await call('responses/compact', '/v1/responses/compact')).status).toBe(200);
    expect((await call('responses/compact', '/v1/v1/responses/compact')).status).toBe(404);
  });

  it('ignore query parameters, and pass beta=true on', async () => {
    expect((await call('messages', '/v1/messages?beta=true&x=1&access_token=y')).status).toBe(200);
    expect(upstream.requests[0]!.url).toBe('/v1/messages?beta=true');
    expect((await call('messages', '/v1/messages?beta=false&model=z')).status).toBe(200);
    expect(upstream.requests[0]!.url).toBe('/v1/messages');
  });

  it.each(['text/event-stream', 'application/octet-stream', 'text/html', ''])(
    'accept every Accept header: %j',
    async (accept) => expect((await call('responses', '/v1/responses', { accept })).status).toBe(200),
  );

  describe('GET /v1/models', () => {
    it.each(['/v1/models', '/v1/v1/models', '/models'])('is served at %s', async (path) => {
      const { status, body, headers } = await app.gateway.get(path);
      expect(status).toBe(200);
      expect(body.data.map(({ id }: { id: string }) => id)).toContain(targets.get('openai')!.model);
      expect(isId(String(headers['x-request-id']))).toBe(true);
      expect(headers['request-id']).toBe(headers['x-request-id']);
      expect((await app.gateway.get(path, ANTHROPIC)).body).toMatchObject({ has_more: false });
    });

    it('serves one model by its encoded selector or with a plain slash', async () => {
      const name = 'a/b:c';
      const { selector } = await app.createTarget(`${upstream.url}/v1`, { name: 'my prov', models: [name] });
      for (const id of [encodeURIComponent(selector), name, encodeURIComponent(name)]) {
        const { status, body } = await app.gateway.get(`/v1/models/${id}`);
        expect([status, body.object]).toEqual([200, 'model']);
      }
      expect((await app.gateway.get(`/v1/models/${encodeURIComponent(selector)}`)).body.id).toBe(selector);
    });

    it('returns 404 in the form of the caller for an unknown model', async () => {
      const openai = await app.gateway.get('/v1/models/nothing');
      expect([openai.status, openai.body.error.code]).toEqual([404, 'model_not_found']);
      const anthropic = await app.gateway.get('/v1/models/nothing', ANTHROPIC);
      expect([anthropic.status, anthropic.body.error.type]).toEqual([404, 'not_found_error']);
    });

    it('has no body for HEAD', async () => {
      const { status, bytes, headers } = await app.gateway.send('HEAD', '/v1/models');
      expect([status, bytes.length]).toEqual([200, 0]);
      expect(Number(headers['content-length'])).toBeGreaterThan(0);
    });
  });

  describe('that Caret does not serve', () => {
    it.each([
      ['POST', '/v1/audio/transcriptions', 'openai'],
      ['POST', '/v1/audio/speech', 'openai'],
      ['POST', '/v1/images/generations', 'openai'],
      ['POST', '/v1/completions', 'openai'],
      ['POST', '/v1/moderations', 'openai'],
      ['POST', '/v1/rerank', 'openai'],
      ['GET', '/v1/files', 'openai'],
      ['POST', '/v1/uploads', 'openai'],
      ['POST', '/v1/batches', 'openai'],
      ['POST', '/v1/fine_tuning/jobs', 'openai'],
      ['GET', '/v1/vector_stores', 'openai'],
      ['POST', '/v1/conversations', 'openai'],
      ['POST', '/v1/assistants', 'openai'],
      ['POST', '/v1/threads', 'openai'],
      ['POST', '/v1/videos', 'openai'],
      ['POST', '/v1/containers', 'openai'],
      ['GET', '/v1/realtime', 'openai'],
      ['GET', '/v1/responses/resp_1', 'openai'],
      ['POST', '/v1/responses/resp_1/cancel', 'openai'],
      ['POST', '/v1/messages/batches', 'anthropic'],
    ])('return 404 for %s %s in the form of %s', async (method, path, dialect) => {
      const body = method === 'GET' ? undefined : {};
      const response = await app.clientWith({}).send(method, path, body);
      expect(response.status).toBe(404);
      expect(response.headers['content-type']).toMatch(/^application\/json/);
      // SDKs do not repeat a 404, and others must not either.
      expect(response.headers['x-should-retry']).toBe('false');
      const message = expect.stringContaining('It serves POST /v1/chat/completions,');
      const requestId = response.headers['x-request-id'];
      expect(isId(String(requestId))).toBe(true);
      expect(response.headers['request-id']).toBe(requestId);
      expect(response.body).toEqual(
        dialect === 'openai'
          ? { error: { message, type: 'invalid_request_error', param: null, code: 'endpoint_not_supported' } }
          : { type: 'error', error: { type: 'not_found_error', message }, request_id: requestId },
      );
    });

    it('have the form of the SDK that requests them', async () => {
      const openai = await app.gateway.get('/v1/unknown', { 'x-stainless-lang': 'js' });
      expect([openai.status, openai.body.error.code]).toEqual([404, 'endpoint_not_supported']);
      const anthropic = await app.gateway.get('/v1/files', ANTHROPIC);
      expect([anthropic.status, anthropic.body.type]).toEqual([404, 'error']);
    });

    it('keep problem documents on the paths of the control plane', async () => {
      const unknown = await app.gateway.get('/v1/unknown');
      expect([unknown.status, unknown.body.code]).toEqual([404, 'route.not_found']);
      const headers = { 'x-api-key': 'x', authorization: 'Bearer x', ...ANTHROPIC };
      const known = await app.gateway.get('/v1/llm-providers', headers);
      expect([known.status, known.body.code]).toEqual([401, 'auth.invalid_token']);
    });
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'return 405 for %s of a model call',
    async (method) => {
      const openai = await app.gateway.send(method, '/v1/chat/completions');
      expect([openai.status, openai.headers.allow]).toEqual([405, 'POST']);
      expect(openai.body.error).toMatchObject({ type: 'invalid_request_error', code: 'method_not_allowed' });
      const anthropic = await app.gateway.send(method, '/v1/messages');
      expect([anthropic.status, anthropic.body.error.type]).toEqual([405, 'invalid_request_error']);
      expect(openai.headers).not.toHaveProperty(['access-control-allow-origin']);
    },
  );

  it('return 426 with a JSON error for a websocket, and keep the connection usable', async () => {
    const response = await app.gateway.get('/v1/responses', UPGRADE);
    expect([response.status, response.body.error.code]).toEqual([426, 'upgrade_not_supported']);
    expect((await call('responses', '/v1/responses')).status).toBe(200);
  });

  it.each([
    ['an invalid escape in the path', '/v1/messages/%zz', 'x'],
    ['two hosts', '/v1/messages', 'x\r\nHost: y'],
  ])('return an error in their form for %s', async (_what, path, host) => {
    const connection = await app.connect();
    connection.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    await connection.ended();
    expect(connection.statuses).toEqual([400]);
    expect(connection.received).toContain('{"type":"error","error":{"type":"invalid_request_error",');
  });
});
