import { replyBrokenStream, replyStream } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import {
  GENERATION,
  joinStream,
  KINDS,
  requestOf,
  responseOf,
  streamOf,
} from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';

const PRICES = { cost_per_1k_input: 1, cost_per_1k_output: 2 };

describe('the ledger', () => {
  const app = useGateway();
  const upstreams = useUpstreamPair();

  const PATHS = [...GENERATION, 'responses/compact', 'embeddings', 'messages/count_tokens'] as const;

  it.each(PATHS)('has a whole row of a call of %s', async (path) => {
    const kind = KINDS[path];
    const target = await app.createTarget(`${upstreams.first.url}/v1`, { kind, model: PRICES });
    upstreams.first.script(replyJson(responseOf(path), 200, { 'request-id': 'req_up' }));
    const body = JSON.stringify(requestOf(path, target.selector));
    const response = await app.gateway.post(`/v1/${path}`, body);
    const [row, ...others] = await app.usageRowsOf(String(response.headers['x-request-id']));
    expect(others).toEqual([]);
    const isFree = path === 'messages/count_tokens';
    const output = path === 'embeddings' ? 0 : 3;
    expect(row).toMatchObject({
      attempt: 1,
      is_final: 1,
      provider_id: target.provider.id,
      provider_name: target.provider.name,
      model_id: target.models[0].id,
      model: target.model,
      upstream_model: target.model,
      selector: target.selector,
      endpoint: path,
      stream: 0,
      status: 'ok',
      http_status: 200,
      error_code: null,
      input_tokens: isFree ? null : 12,
      output_tokens: isFree ? null : output,
      usage_source: isFree ? 'none' : 'upstream',
      cost_state: isFree ? 'free' : 'exact',
      upstream_request_id: 'req_up',
      bytes_in: Buffer.byteLength(body),
      bytes_out: response.bytes.length,
      warnings: null,
      client_request_id: null,
    });
    expect(Number(row!.cost)).toBeCloseTo(isFree ? 0 : (12 + 2 * output) / 1000, 9);
    expect(Number(row!.ms_total)).toBeGreaterThanOrEqual(Number(row!.ms_first_byte));
  });

  it.each(GENERATION)('prices a stream of %s as its whole response', async (path) => {
    const target = await app.createTarget(`${upstreams.first.url}/v1`, { kind: KINDS[path], model: PRICES });
    upstreams.first.script(replyStream([joinStream(streamOf(path))]));
    const stream = await app.gateway.stream(
      `/v1/${path}`,
      requestOf(path, target.selector, { stream: true }),
    );
    expect(await stream.finished()).toBe(true);
    const [row] = await app.usageRowsOf(String(stream.headers['x-request-id']));
    expect(row).toMatchObject({
      status: 'ok',
      stream: 1,
      input_tokens: 12,
      output_tokens: 3,
      usage_source: 'upstream',
      cost_state: 'exact',
      upstream_response_id: responseOf(path).id,
      bytes_out: stream.bytes.length,
    });
    expect(Number(row!.cost)).toBeCloseTo(0.018, 9);
    expect(Number(row!.ms_first_content)).toBeGreaterThanOrEqual(Number(row!.ms_first_byte));
  });

  it.each(GENERATION)('estimates what a stream of %s that broke may have cost', async (path) => {
    const target = await app.createTarget(`${upstreams.first.url}/v1`, { kind: KINDS[path], model: PRICES });
    const { preamble, content } = streamOf(path);
    upstreams.first.script(replyBrokenStream(preamble + content));
    const stream = await app.gateway.stream(
      `/v1/${path}`,
      requestOf(path, target.selector, { stream: true }),
    );
    expect(await stream.finished()).toBe(true);
    const [row] = await app.usageRowsOf(String(stream.headers['x-request-id']));
    expect(row).toMatchObject({ status: 'truncated', usage_source: 'partial', cost_state: 'estimated' });
    if (path === 'messages') expect(row!.input_tokens).toBe(12);
    expect(Number(row!.cost)).toBeCloseTo(
      (Number(row!.input_tokens) + 2 * Number(row!.output_tokens)) / 1000,
      9,
    );
    expect(Number(row!.output_tokens)).toBeGreaterThanOrEqual(2);
  });

  it('has a row with attempt 0 for a call that selects nothing', async () => {
    const response = await app.gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', 'no-such-model'),
    );
    expect(response.status).toBe(404);
    expect(response.body.error).toMatchObject({ code: 'model_not_found', param: 'model' });
    const [row] = await app.usageRowsOf(String(response.headers['x-request-id']));
    expect(row).toMatchObject({
      attempt: 0,
      is_final: 1,
      status: 'error',
      http_status: 404,
      error_code: 'model_not_found',
      selector: 'no-such-model',
      provider_id: null,
      usage_source: 'none',
      cost_state: 'free',
    });
    expect(Number(row!.cost)).toBe(0);
  });

  it('keeps at most ten rows per second of calls that were not attempted', async () => {
    const before = (await app.usageRows()).length;
    const calls = Array.from({ length: 60 }, () =>
      app.gateway.post('/v1/chat/completions', requestOf('chat/completions', 'no-such-model')),
    );
    const started = performance.now();
    await Promise.all(calls);
    const seconds = Math.ceil((performance.now() - started) / 1000) + 1;
    const target = await app.createTarget(`${upstreams.first.url}/v1`);
    upstreams.first.script(replyJson(responseOf('chat/completions')));
    const last = await app.gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', target.selector),
    );
    await app.usageRowsOf(String(last.headers['x-request-id']));
    expect((await app.usageRows()).length - before - 1).toBeLessThanOrEqual(10 * seconds);
  });

  it('has the tags of the token and none of the prompt', async () => {
    const token = await app.api.post('/v1/tokens', {
      name: 'tagged',
      scopes: ['gateway:use'],
      tags: { team: 'blue' },
    });
    const gateway = app.clientWith({ authorization: `Bearer ${token.body.token}` });
    const target = await app.createTarget(`${upstreams.first.url}/v1`);
    upstreams.first.script(replyJson(responseOf('chat/completions', 'SECRET ANSWER')));
    const request = { model: target.selector, messages: [{ role: 'user', content: 'SECRET PROMPT' }] };
    const response = await gateway.post('/v1/chat/completions', request);
    const [row] = await app.usageRowsOf(String(response.headers['x-request-id']));
    expect(JSON.parse(String(row!.tags))).toEqual({ team: 'blue' });
    expect(row).toMatchObject({ token_name: 'tagged', token_id: token.body.id });
    expect(JSON.stringify(await app.usageRows())).not.toContain('SECRET');
    expect(app.logs()).not.toContain('SECRET');
  });
});
