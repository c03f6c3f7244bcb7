import { createHash } from 'node:crypto';
import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import { openaiError, requestOf, responseOf } from '../../support/gateway/vendor-responses';
import { uniqueName } from '../../support/registry/factories';
import { replyJson } from '../../support/upstreams/scripted-replies';

describe('headers', () => {
  const app = useGateway();
  const upstreams = useUpstreamPair();

  /** The headers of one call as the upstream got them. */
  async function sentHeaders(
    kind: 'openai' | 'anthropic',
    headers: Record<string, string>,
    advanced_json: object = {},
  ): Promise<Record<string, unknown>> {
    const { first } = await upstreams.createTargets(app, kind, { advanced_json });
    const path = kind === 'openai' ? 'chat/completions' : 'messages';
    upstreams.first.script(replyJson(responseOf(path)));
    const response = await app.gateway.post(`/v1/${path}`, requestOf(path, first.selector), headers);
    expect(response.status).toBe(200);
    return upstreams.first.requests[0]!.headers;
  }

  it('go upstream by an allow-list', async () => {
    const passed = {
      'openai-beta': 'a',
      'x-client-request-id': 'b',
      'session-id': 'c',
      'thread-id': 'd',
      originator: 'e',
      'x-claude-code-session-id': 'f',
      'x-codex-turn': 'g',
      'x-team-one': 'h',
      'x-exact': 'i',
    };
    const kept = {
      cookie: 'x',
      'x-forwarded-for': '1.2.3.4',
      'x-stainless-lang': 'js',
      'x-caret-session': 's',
      'x-exactly': 'x',
      'accept-language': 'de',
      'x-api-key': app.token,
      'user-agent': 'someone',
    };
    const sent = await sentHeaders(
      'openai',
      { ...passed, ...kept },
      { forward_headers: ['x-team-*', 'x-exact'] },
    );
    expect(sent).toMatchObject(passed);
    for (const name of Object.keys(kept).filter((each) => each !== 'user-agent'))
      expect(sent[name]).toBeUndefined();
    expect(sent).toMatchObject({
      'user-agent': expect.stringMatching(/^caret\//) as string,
      accept: 'application/json',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
    });
    expect(JSON.stringify(sent)).not.toContain(app.token);
  });

  it.each([
    ['the default', {}, {}, '2023-06-01'],
    ["the caller's", { 'anthropic-version': '2026-10-21' }, {}, '2026-10-21'],
    [
      "the provider's",
      { 'anthropic-version': '2026-10-21' },
      { anthropic_version: '2024-01-01' },
      '2024-01-01',
    ],
  ])('have %s as anthropic-version', async (_name, headers, settings, version) => {
    expect((await sentHeaders('anthropic', headers, settings))['anthropic-version']).toBe(version);
  });

  it('go upstream with beta flags as they came', async () => {
    const sent = await sentHeaders('anthropic', { 'anthropic-beta': 'one, two,three' });
    expect(sent['anthropic-beta']).toBe('one,two,three');
  });

  it('have an idempotency key of token, key and attempt', async () => {
    const { model } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(openaiError('x'), 500));
    upstreams.second.script(replyJson(responseOf('chat/completions')));
    const headers = { 'idempotency-key': 'mine' };
    const response = await app.gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', model),
      headers,
    );
    const [row] = await app.usageRowsOf(String(response.headers['x-request-id']), 2);
    const keys = [upstreams.first, upstreams.second].map(
      ({ requests }) => requests[0]!.headers['idempotency-key'],
    );
    expect(keys).toEqual(
      [1, 2].map((attempt) =>
        createHash('sha256')
          .update(`${String(row!.token_id)}:mine:${attempt}`)
          .digest('hex'),
      ),
    );
  });

  it('of the upstream stay behind but for two, and its request id has no secret', async () => {
    const { first } = await upstreams.createTargets(app);
    const secret = first.apiKey;
    upstreams.first.script(
      replyJson(responseOf('chat/completions'), 200, {
        'openai-processing-ms': '12',
        'openai-version': '2020-10-01',
        'openai-organization': 'org',
        'set-cookie': 'a=b',
        'x-ratelimit-remaining-requests': '1',
        server: 'x',
        'x-request-id': `req_${secret}`,
      }),
    );
    const request = requestOf('chat/completions', first.selector);
    const { headers } = await app.gateway.post('/v1/chat/completions', request, { 'x-request-id': 'my-id' });
    expect(Object.keys(headers).sort()).toEqual(
      [
        'connection',
        'content-length',
        'content-type',
        'date',
        'keep-alive',
        'openai-processing-ms',
        'openai-version',
        'request-id',
        'x-caret-attempts',
        'x-caret-cost',
        'x-caret-revision',
        'x-caret-selector',
        'x-content-type-options',
        'x-request-id',
        'x-upstream-request-id',
      ].sort(),
    );
    expect(headers['x-upstream-request-id']).toBe('req_[redacted]');
    expect(headers['x-request-id']).toBe(headers['request-id']);
    const [row] = await app.usageRowsOf(String(headers['x-request-id']));
    expect(row).toMatchObject({ client_request_id: 'my-id', upstream_request_id: 'req_[redacted]' });
  });

  it('of the upstream that do not have their usual form stay behind', async () => {
    const { first } = await upstreams.createTargets(app);
    const secret = first.apiKey;
    upstreams.first.script((response) => {
      response.writeHead(200, {
        'content-type': `application/json; key=${secret}`,
        'openai-processing-ms': secret,
        'openai-version': secret,
      });
      response.end(JSON.stringify(responseOf('chat/completions')));
    });
    const request = requestOf('chat/completions', first.selector);
    const { status, headers } = await app.gateway.post('/v1/chat/completions', request);
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(headers).not.toHaveProperty('openai-processing-ms');
    expect(headers).not.toHaveProperty('openai-version');
    expect(JSON.stringify(headers)).not.toContain(secret);
  });

  it('of Caret are ignored and left out for a token with `caret_headers: false`', async () => {
    const { model, second } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(responseOf('chat/completions')));
    const { body } = await app.api.post('/v1/tokens', {
      name: 'plain',
      scopes: ['gateway:use'],
      caret_headers: false,
    });
    const gateway = app.clientWith({ authorization: `Bearer ${body.token}` });
    const asked = {
      'x-caret-selectors': second.selector,
      'x-caret-report': 'true',
      'x-caret-context': 'not json',
    };
    const response = await gateway.post('/v1/chat/completions', requestOf('chat/completions', model), asked);
    expect(response.status).toBe(200);
    expect(
      Object.keys(response.headers).filter(
        (name) => name.startsWith('x-caret') || name.startsWith('x-upstream'),
      ),
    ).toEqual([]);
    expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    const failed = await gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', 'none^none'),
      asked,
    );
    expect(failed.status).toBe(404);
    expect(Object.keys(failed.headers).filter((name) => name.startsWith('x-caret'))).toEqual([]);
  });

  it('have names in UTF-8', async () => {
    const name = `Überanbieter 世界 ${uniqueName()}`;
    const target = await app.createTarget(`${upstreams.first.url}/v1`, { name });
    upstreams.first.script(replyJson(responseOf('chat/completions')));
    const asked = { 'x-caret-report': 'true' };
    const request = requestOf('chat/completions', target.selector);
    const { status, headers } = await app.gateway.post('/v1/chat/completions', request, asked);
    expect(status).toBe(200);
    const selector = Buffer.from(String(headers['x-caret-selector']), 'latin1').toString('utf8');
    expect(selector).toBe(target.selector);
    expect(headers['x-caret-attempt-log']).toMatch(/^"[ -~]*";status=200;ms=\d+$/);
  });

  it('report the cost if it is known', async () => {
    const target = await app.createTarget(`${upstreams.first.url}/v1`, {
      model: { cost_per_1k_input: 1, cost_per_1k_output: 2 },
    });
    upstreams.first.script(replyJson(responseOf('chat/completions')));
    const response = await app.gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', target.selector),
    );
    expect(response.headers['x-caret-cost']).toBe('0.018');
  });
});
