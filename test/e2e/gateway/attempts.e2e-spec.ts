import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import { openaiError, requestOf, responseOf } from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';

describe('the attempts of a call', () => {
  const app = useGateway();
  const upstreams = useUpstreamPair();

  it('are all named when all fail, and the SDK is advised not to repeat the call', async () => {
    const { model, first, second } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(openaiError('first words'), 500));
    upstreams.second.script(replyJson(openaiError('second words'), 503));
    const response = await app.gateway.post('/v1/chat/completions', requestOf('chat/completions', model));
    expect(response.status).toBe(502);
    expect(response.body.error).toMatchObject({ type: 'api_error', code: 'upstream_error', param: null });
    for (const text of [first.selector, second.selector, 'first words', 'second words'])
      expect(response.body.error.message).toContain(text);
    expect(response.headers['x-should-retry']).toBe('false');
    // The last target left is tried once more.
    expect(upstreams.second.requests).toHaveLength(2);
    expect(response.headers['x-caret-attempts']).toBe('3');
    const rows = await app.usageRowsOf(String(response.headers['x-request-id']), 3);
    expect(rows.map((row) => row.is_final)).toEqual([0, 0, 1]);
  });

  it('do not begin after the caller has stopped waiting', async () => {
    const { model } = await upstreams.createTargets(app);
    const response = await app.gateway.post('/v1/chat/completions', requestOf('chat/completions', model), {
      'x-stainless-timeout': '0.000001',
    });
    expect([response.status, response.body.error.code]).toEqual([504, 'upstream_timeout']);
    expect([upstreams.first, upstreams.second].flatMap(({ requests }) => requests)).toEqual([]);
  });

  it.each([
    ['x-caret-max-attempts', '1', 1],
    ['x-caret-failover', 'off', 2],
  ])('are limited by %s: %s', async (name, value, attempts) => {
    const { model } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(openaiError('x'), 500));
    const headers = { [name]: value };
    const response = await app.gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', model),
      headers,
    );
    expect(response.status).toBe(502);
    expect(upstreams.second.requests).toHaveLength(0);
    expect(response.headers['x-caret-attempts']).toBe(String(attempts));
  });

  it('skip a target that cools, and end with an error when no other is left', async () => {
    const { model, first } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(openaiError('slow'), 429, { 'retry-after': '50' }));
    upstreams.second.script(replyJson(responseOf('chat/completions')));
    for (const attempts of ['2', '1']) {
      const response = await app.gateway.post('/v1/chat/completions', requestOf('chat/completions', model));
      expect(response.headers['x-caret-attempts']).toBe(attempts);
    }
    const alone = await app.gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', first.selector),
    );
    expect(alone.status).toBe(429);
    expect(alone.body.error.code).toBe('rate_limit_exceeded');
    expect(Number(alone.headers['retry-after'])).toBeGreaterThan(40);
    expect(alone.headers['x-should-retry']).toBe('true');
    expect(upstreams.first.requests).toHaveLength(1);
    const [row] = await app.usageRowsOf(String(alone.headers['x-request-id']));
    expect(row).toMatchObject({ attempt: 0, status: 'error', cost_state: 'free', http_status: 429 });
  });

  it('wait for the only target if its cooling ends soon', async () => {
    const { first } = await upstreams.createTargets(app);
    upstreams.first.script(
      replyJson(openaiError('slow'), 429, { 'retry-after-ms': '1200' }),
      replyJson(responseOf('chat/completions')),
    );
    const response = await app.gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', first.selector),
    );
    expect(response.status).toBe(200);
    expect(response.headers['x-caret-attempts']).toBe('2');
  });

  it('are halved for a repeat by the SDK', async () => {
    const { first } = await upstreams.createTargets(app, 'openai', { advanced_json: { max_attempts: 2 } });
    upstreams.first.script(replyJson(openaiError('x'), 500));
    const request = requestOf('chat/completions', first.selector);
    const headers = { 'x-stainless-retry-count': '1' };
    await app.gateway.post('/v1/chat/completions', request, headers);
    expect(upstreams.first.requests).toHaveLength(1);
  });

  it('of a session stay with the fallback that served it', async () => {
    const { model, second } = await upstreams.createTargets(app);
    const ok = replyJson(responseOf('chat/completions'));
    upstreams.first.script(replyJson(openaiError('x'), 500), ok);
    upstreams.second.script(ok);
    const headers = { 'x-caret-session': 'a session' };
    for (let call = 0; call < 2; call++) {
      const response = await app.gateway.post(
        '/v1/chat/completions',
        requestOf('chat/completions', model),
        headers,
      );
      expect(response.headers['x-caret-selector']).toBe(second.selector);
    }
    const other = await app.gateway.post('/v1/chat/completions', requestOf('chat/completions', model));
    expect(other.headers['x-caret-selector']).not.toBe(second.selector);
  });

  it('end after a context that is too long if no other context is known', async () => {
    const { model } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(openaiError('Too long', { code: 'context_length_exceeded' }), 400));
    const headers = { 'x-caret-failover': 'context_length' };
    const response = await app.gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', model),
      headers,
    );
    // The context of the second is unknown, so it is not tried, and the caller gets the words of the first.
    expect(response.status).toBe(400);
    expect(upstreams.second.requests).toHaveLength(0);
  });
});
