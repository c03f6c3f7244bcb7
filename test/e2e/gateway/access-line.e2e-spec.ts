import { eventually } from '../../support/eventually';
import type { Target } from '../../support/gateway/gateway-app';
import { HeldReply, replyStream } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstream } from '../../support/gateway/use-gateway';
import { joinStream, requestOf, responseOf, streamOf } from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';

type Line = Record<string, unknown>;

const PATH = '/v1/chat/completions';
const INFO = 30;
const WARNING = 40;

describe('the log line of a call', () => {
  const app = useGateway();
  const upstream = useUpstream();
  let target: Target;

  beforeAll(async () => {
    const model = { cost_per_1k_input: 0.001, cost_per_1k_output: 0.01 };
    target = await app.createTarget(`${upstream.url}/v1`, { model });
  });
  beforeEach(() => upstream.script(replyJson(responseOf('chat/completions'))));

  /** Returns the only line of a request. */
  async function lineOf(requestId: unknown): Promise<Line> {
    const lines = () =>
      app
        .logs()
        .split('\n')
        .filter((text) => text.includes(`"trace_id":"${requestId as string}"`))
        .map((text) => JSON.parse(text) as Line);
    await eventually('the line is written', () => lines().length > 0);
    expect(lines()).toHaveLength(1);
    return lines()[0]!;
  }

  it('has the target, the usage and the cost, and names the route whatever its spelling', async () => {
    const request = requestOf('chat/completions', target.selector);
    const { headers } = await app.gateway.post('/v1/v1/chat/completions?x=secret-query', request);
    const line = await lineOf(headers['x-request-id']);
    expect(line).toEqual({
      level: INFO,
      time: expect.any(String),
      method: 'POST',
      route: PATH,
      status: 200,
      ms: expect.any(Number),
      trace_id: headers['x-request-id'],
      account_id: expect.any(String),
      token_id: expect.any(String),
      address: '127.0.0.1',
      selector: target.selector,
      target: target.selector,
      attempts: 1,
      upstream_status: 200,
      input_tokens: 12,
      output_tokens: 3,
      cost: headers['x-caret-cost'],
    });
  });

  it('has the time of the first content of a stream', async () => {
    upstream.script(replyStream([joinStream(streamOf('chat/completions'))]));
    const request = requestOf('chat/completions', target.selector, { stream: true });
    const stream = await app.gateway.stream(PATH, request);
    expect(await stream.finished()).toBe(true);
    const line = await lineOf(stream.headers['x-request-id']);
    expect(line).toMatchObject({ status: 200, output_tokens: 3, ms_first_content: expect.any(Number) });
    expect(line['ms_first_content']).toBeLessThanOrEqual(line['ms'] as number);
  });

  it('has the id of the caller, and the session as a hash', async () => {
    const request = requestOf('chat/completions', target.selector);
    const own = { 'x-request-id': 'my-request', 'x-caret-session': 'my-session' };
    const { headers } = await app.gateway.post(PATH, request, own);
    const line = await lineOf(headers['x-request-id']);
    expect(line).toMatchObject({
      client_request_id: 'my-request',
      session: expect.stringMatching(/^\w{16}$/),
    });
    expect(JSON.stringify(line)).not.toContain('my-session');
  });

  it.each([
    ['invalid_body', INFO, 400, () => app.gateway.post(PATH, 'x')],
    ['invalid_api_key', INFO, 401, () => app.clientWith({}).post(PATH, {})],
    ['model_not_found', INFO, 404, () => app.gateway.post(PATH, { model: 'nothing' })],
    [
      'upstream_error',
      WARNING,
      502,
      () => {
        upstream.script(replyJson({}, 500));
        return app.gateway.post(PATH, requestOf('chat/completions', target.selector));
      },
    ],
  ])('has the code of an error: %s', async (code, level, status, send) => {
    const { headers } = await send();
    expect(await lineOf(headers['x-request-id'])).toMatchObject({ level, status, error_code: code });
  });

  it('is written for a caller that left, with 499', async () => {
    const held = new HeldReply();
    upstream.script(held.reply);
    const before = app.logs().length;
    const connection = await app.startCall(PATH, requestOf('chat/completions', target.selector));
    await held.arrived();
    connection.close();
    const text = await eventually('a line', () => /^.*"status":499.*$/m.exec(app.logs().slice(before))?.[0]);
    expect(JSON.parse(text)).toMatchObject({ level: INFO, left: 'client_closed', target: target.selector });
  });

  it('contains no prompt, no response and no header, at any level', async () => {
    const request = {
      model: target.selector,
      messages: [{ role: 'user', content: 'the-secret-prompt' }],
      metadata: { note: 'secret-metadata' },
    };
    upstream.script(replyJson(responseOf('chat/completions', 'the-secret-reply')));
    await app.gateway.post(PATH, request, {
      'user-agent': 'secret-agent',
      'x-caret-context': '{"a":"secret-context"}',
    });
    upstream.script(replyJson({ error: { message: 'the-secret-upstream-error' } }, 400));
    const { headers } = await app.gateway.post(PATH, request);
    await lineOf(headers['x-request-id']);
    expect(app.logs()).not.toMatch(/secret-/);
    expect(app.logs()).not.toContain(app.token);
  });

  it('cannot be forged by a selector', async () => {
    const model = 'x","level":10\n{"level":10}';
    const { headers } = await app.gateway.post(PATH, { model });
    const line = await lineOf(headers['x-request-id']);
    expect([line['level'], line['selector']]).toEqual([INFO, model]);
  });
});
