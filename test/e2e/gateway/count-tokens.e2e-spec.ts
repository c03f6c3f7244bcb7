import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import { anthropicError, requestOf } from '../../support/gateway/vendor-responses';
import { replyJson, replyText, reset } from '../../support/upstreams/scripted-replies';
import type { Reply } from '../../support/upstreams/scripted-upstream';

const PATH = 'messages/count_tokens';

describe('POST /v1/messages/count_tokens', () => {
  const app = useGateway();
  const upstreams = useUpstreamPair();

  it('forwards the call and bills nothing', async () => {
    const { first } = await upstreams.createTargets(app, 'anthropic');
    upstreams.first.script(replyJson({ input_tokens: 77 }));
    const response = await app.gateway.post(`/v1/${PATH}?beta=true`, requestOf(PATH, first.selector));
    expect(response.body).toEqual({ input_tokens: 77 });
    expect(response.headers['x-caret-estimated']).toBeUndefined();
    expect(upstreams.first.requests[0]!.url).toBe(`/v1/${PATH}?beta=true`);
  });

  it.each<[string, Reply]>([
    ['404', replyText('not found', 'text/plain', 404)],
    ['405', replyJson(anthropicError('invalid_request_error', 'x'), 405)],
    ['501', replyText('', 'text/plain', 501)],
    ['500', replyJson(anthropicError('api_error', 'x'), 500)],
    ['401', replyJson(anthropicError('authentication_error', 'x'), 401)],
    ['429', replyJson(anthropicError('rate_limit_error', 'x'), 429)],
    ['a reset', reset()],
    ['a page', replyText('<html></html>')],
  ])('estimates after %s, and asks no other target', async (_name, reply) => {
    const { model } = await upstreams.createTargets(app, 'anthropic', { advanced_json: { max_attempts: 1 } });
    upstreams.first.script(reply);
    const request = requestOf(PATH, model, { messages: [{ role: 'user', content: 'x'.repeat(3500) }] });
    const response = await app.gateway.post(`/v1/${PATH}`, request);
    expect(response.status).toBe(200);
    expect(response.body.input_tokens).toBeGreaterThan(1000);
    expect(response.body.input_tokens).toBeLessThan(1100);
    expect(response.headers['x-caret-estimated']).toBe('true');
    expect(upstreams.second.requests).toHaveLength(0);
    const [row] = await app.usageRowsOf(String(response.headers['x-request-id']));
    expect(row).toMatchObject({
      attempt: 1,
      is_final: 1,
      status: 'error',
      input_tokens: null,
      cost_state: 'free',
    });
  });

  it("returns the upstream's rejection of the request itself", async () => {
    const { first } = await upstreams.createTargets(app, 'anthropic');
    const error = anthropicError('invalid_request_error', 'messages: required');
    upstreams.first.script(replyJson(error, 400));
    const response = await app.gateway.post(`/v1/${PATH}`, requestOf(PATH, first.selector));
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject(error);
  });

  it('estimates for a model of another protocol without calling it', async () => {
    const { first } = await upstreams.createTargets(app, 'openai');
    const response = await app.gateway.post(`/v1/${PATH}`, requestOf(PATH, first.selector));
    expect(response.status).toBe(200);
    expect(response.headers['x-caret-estimated']).toBe('true');
    expect(upstreams.first.requests).toHaveLength(0);
    const [row] = await app.usageRowsOf(String(response.headers['x-request-id']));
    expect(row).toMatchObject({
      attempt: 0,
      status: 'ok',
      http_status: 200,
      error_code: null,
      cost_state: 'free',
    });
  });

  it('returns 404 for a model that does not exist', async () => {
    const response = await app.gateway.post(`/v1/${PATH}`, requestOf(PATH, 'no-such-model'));
    expect(response.status).toBe(404);
    expect(response.body).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  });
});
