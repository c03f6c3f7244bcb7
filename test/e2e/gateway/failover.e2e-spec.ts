import { replyBrokenStream, replyStream } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import {
  anthropicError,
  GENERATION,
  joinStream,
  KINDS,
  openaiError,
  requestOf,
  responseOf,
  streamOf,
} from '../../support/gateway/vendor-responses';
import { replyJson, replyRedirect, replyText, reset } from '../../support/upstreams/scripted-replies';
import type { Reply } from '../../support/upstreams/scripted-upstream';

/** Every failure of an upstream before its response, with the code of its row. */
const FAILURES: readonly (readonly [name: string, reply: Reply, code: string])[] = [
  ['503', replyJson(openaiError('busy'), 503), 'upstream_overloaded'],
  ['529', replyJson(openaiError('busy'), 529), 'upstream_overloaded'],
  ['500', replyJson(openaiError('oops'), 500), 'upstream_error'],
  ['408', replyJson(openaiError('slow'), 408), 'upstream_error'],
  ['425', replyText('', 'text/plain', 425), 'upstream_error'],
  ['524 with a page', replyText('<html>timeout</html>', 'text/html', 524), 'upstream_error'],
  ['429', replyJson(openaiError('slow down'), 429), 'rate_limit_exceeded'],
  ['429 without quota', replyJson(openaiError('pay', { code: 'insufficient_quota' }), 429), 'upstream_quota'],
  ['402', replyJson(openaiError('pay'), 402), 'upstream_quota'],
  ['401', replyJson(openaiError('bad key'), 401), 'upstream_auth_failed'],
  ['403', replyJson(openaiError('not yours'), 403), 'upstream_auth_failed'],
  ['404 of the model', replyJson(openaiError('no', { code: 'model_not_found' }), 404), 'model_not_found'],
  ['a redirect', replyRedirect('https://elsewhere.test/'), 'upstream_redirected'],
  ['a reset', reset(), 'connection_reset'],
  ['a page with 200', replyText('<html>hello</html>'), 'upstream_invalid_response'],
  ['an empty body with 200', replyText('', 'application/json'), 'upstream_invalid_response'],
  ['an error with 200', replyJson(openaiError('overloaded', { code: 503 })), 'upstream_overloaded'],
];

describe('failover', () => {
  const app = useGateway();
  const upstreams = useUpstreamPair();

  it.each(FAILURES)('lets the next target serve after %s', async (_name, reply, code) => {
    const { model, first, second } = await upstreams.createTargets(app);
    upstreams.first.script(reply);
    upstreams.second.script(replyJson(responseOf('chat/completions')));

    const headers = { 'x-caret-report': 'true' };
    const request = requestOf('chat/completions', model);
    const response = await app.gateway.post('/v1/chat/completions', request, headers);

    expect(response.status).toBe(200);
    expect(response.body).toEqual(responseOf('chat/completions'));
    expect(response.headers).toMatchObject({ 'x-caret-selector': second.selector, 'x-caret-attempts': '2' });
    expect(response.headers['x-caret-attempt-log']).toMatch(
      new RegExp(`^"${first.selector.replace('^', '\\^')}";(status=\\d+|code=${code});ms=\\d+, "`),
    );
    expect(upstreams.first.requests).toHaveLength(1);
    const rows = await app.usageRowsOf(String(response.headers['x-request-id']), 2);
    expect(rows.map(({ cost }) => Number(cost))[0]).toBe(0);
    expect(rows).toMatchObject([
      {
        attempt: 1,
        is_final: 0,
        status: 'error',
        error_code: code,
        provider_id: first.provider.id,
      },
      { attempt: 2, is_final: 1, status: 'ok', error_code: null, provider_id: second.provider.id },
    ]);
  });

  it.each(FAILURES)('lets the next target stream after %s', async (_name, reply, code) => {
    const { model } = await upstreams.createTargets(app);
    upstreams.first.script(reply);
    const whole = joinStream(streamOf('responses'));
    upstreams.second.script(replyStream([whole]));

    const stream = await app.gateway.stream('/v1/responses', requestOf('responses', model, { stream: true }));

    expect(await stream.finished()).toBe(true);
    expect(stream.text).toBe(whole);
    const rows = await app.usageRowsOf(String(stream.headers['x-request-id']), 2);
    expect(rows.map((row) => [row.status, row.error_code])).toEqual([
      ['error', code],
      ['ok', null],
    ]);
  });

  describe.each(GENERATION)('of a stream of %s', (path) => {
    const { preamble, content } = streamOf(path);
    const failed =
      path === 'messages'
        ? 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'
        : 'data: {"error":{"message":"Overloaded","type":"server_error","code":"server_is_overloaded"}}\n\n';

    it.each<[string, Reply]>([
      ['ends before any event', replyStream([])],
      ['ends within its preamble', replyStream([preamble])],
      ['breaks within its preamble', replyBrokenStream(preamble)],
      ['reports an error as its first event', replyStream([failed])],
      ['reports an error after its preamble', replyStream([preamble, failed])],
    ])('takes over when it %s', async (_name, reply) => {
      const { model } = await upstreams.createTargets(app, KINDS[path]);
      upstreams.first.script(reply);
      const whole = joinStream(streamOf(path));
      upstreams.second.script(replyStream([whole]));

      const usage = path === 'chat/completions' ? { stream_options: { include_usage: true } } : {};
      const stream = await app.gateway.stream(
        `/v1/${path}`,
        requestOf(path, model, { stream: true, ...usage }),
      );

      expect(await stream.finished()).toBe(true);
      expect(stream.text).toBe(
        whole.replace(/"model":"upstream-model"/, path === 'messages' ? `"model":"${model}"` : '$&'),
      );
      expect(upstreams.first.requests).toHaveLength(1);
    });

    it.each<[string, Reply, RegExp]>([
      ['ends', replyStream([preamble, content]), /ended its response too early/],
      ['breaks', replyBrokenStream(preamble + content), /reset the connection/],
      ['reports an error', replyStream([preamble, content, failed]), /Overloaded/],
    ])('does not happen when it %s after content', async (_name, reply, words) => {
      const { model, first } = await upstreams.createTargets(app, KINDS[path]);
      upstreams.first.script(reply);
      upstreams.second.script(replyStream([joinStream(streamOf(path))]));

      const stream = await app.gateway.stream(`/v1/${path}`, requestOf(path, model, { stream: true }));

      expect(await stream.finished()).toBe(true);
      expect(stream.text).toContain('first');
      expect(stream.text).not.toContain('[DONE]');
      expect(JSON.stringify(stream.events.at(-1))).toMatch(words);
      expect(upstreams.second.requests).toHaveLength(0);
      const [row, ...others] = await app.usageRowsOf(String(stream.headers['x-request-id']));
      expect(others).toEqual([]);
      expect(row).toMatchObject({
        is_final: 1,
        provider_id: first.provider.id,
        usage_source: 'partial',
        http_status: 200,
      });
      expect(row!.status).toBe(words.source === 'Overloaded' ? 'error' : 'truncated');
      // "first" has 5 bytes.
      expect(Number(row!.output_tokens)).toBeGreaterThanOrEqual(2);
    });
  });

  it('does not happen for an error of the caller, which goes back as it came', async () => {
    const { model } = await upstreams.createTargets(app);
    const error = {
      error: {
        message: 'Too long',
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
        extra: { n: 1 },
      },
    };
    upstreams.first.script(replyJson(error, 400));
    upstreams.second.script(replyJson(responseOf('chat/completions')));
    const response = await app.gateway.post('/v1/chat/completions', requestOf('chat/completions', model));
    expect(response.status).toBe(400);
    expect(response.body).toEqual(error);
    expect(upstreams.second.requests).toHaveLength(0);
    const [row] = await app.usageRowsOf(String(response.headers['x-request-id']));
    expect(row).toMatchObject({
      status: 'error',
      error_code: 'context_length_exceeded',
      http_status: 400,
      is_final: 1,
    });
  });

  it.each([405, 409, 410, 413, 415, 422])('does not happen after %i', async (status) => {
    const { model } = await upstreams.createTargets(app, 'anthropic');
    const error = anthropicError('invalid_request_error', 'No.');
    upstreams.first.script(replyJson(error, status));
    const response = await app.gateway.post('/v1/messages', requestOf('messages', model));
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject(error);
    expect(upstreams.second.requests).toHaveLength(0);
  });
});
