import type { GatewayClient } from '../../support/gateway/gateway-client';
import { bodyOf } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import { openaiError, requestOf, responseOf } from '../../support/gateway/vendor-responses';
import { uniqueName } from '../../support/registry/factories';
import { replyJson } from '../../support/upstreams/scripted-replies';

const PATH = 'chat/completions';

describe('the model of a call', () => {
  const app = useGateway();
  const upstreams = useUpstreamPair();

  const post = (model: string, more: object = {}, headers = {}, client: GatewayClient = app.gateway) =>
    client.post(`/v1/${PATH}`, requestOf(PATH, model, more), headers);

  async function limitedTo(...allowed_selectors: string[]): Promise<GatewayClient> {
    const fields = { name: 'limited', scopes: ['gateway:use'], allowed_selectors };
    const { body } = await app.api.post('/v1/tokens', fields);
    return app.clientWith({ authorization: `Bearer ${body.token}` });
  }

  it('may be a list, of which the first comes first', async () => {
    const { first, second } = await upstreams.createTargets(app);
    const ok = replyJson(responseOf(PATH));
    upstreams.first.script(ok);
    upstreams.second.script(replyJson(openaiError('x'), 500));
    const headers = { 'x-caret-selectors': `"${first.selector}"` };
    const response = await post(second.selector, {}, headers);
    expect(response.headers['x-caret-selector']).toBe(first.selector);
    expect(upstreams.second.requests).toHaveLength(1);
  });

  it('follows rules on metadata, headers and facts of the request', async () => {
    const tag = uniqueName('tag');
    const create = (when: object, priority: number) =>
      app.createTarget(`${upstreams.first.url}/v1`, { model: { tags: [tag], when, priority } });
    const stream = await create({ 'request.has_tools': true }, 4);
    const context = await create({ tier: 'pro' }, 3);
    const metadata = await create({ team: 'blue' }, 2);
    const rest = await create({}, 1);
    upstreams.first.script(replyJson(responseOf(PATH)));
    const chosen = async (more: object, headers = {}) => {
      await post(`#${tag}`, more, headers);
      return bodyOf(upstreams.first.requests.at(-1)!).model as string;
    };
    expect(await chosen({ tools: [{ type: 'function', function: { name: 'f' } }] })).toBe(stream.model);
    expect(await chosen({}, { 'x-caret-context': '{"tier":"pro"}' })).toBe(context.model);
    expect(await chosen({ metadata: { team: 'blue' } })).toBe(metadata.model);
    expect(await chosen({ metadata: { team: 'blue' } }, { 'x-caret-context': '{"team":"red"}' })).toBe(
      rest.model,
    );
    expect(await chosen({})).toBe(rest.model);
  });

  it.each([
    ['is missing', undefined, 'invalid_body'],
    ['is no text', 7, 'invalid_body'],
    ['has no provider', '^gpt', 'invalid_selector'],
    ['has no tag', '#', 'invalid_selector'],
  ])('is an error of the caller if it %s', async (_name, model, code) => {
    const response = await app.gateway.post(`/v1/${PATH}`, { model, messages: [] });
    expect(response.status).toBe(400);
    expect(response.body.error).toMatchObject({ code, param: 'model', type: 'invalid_request_error' });
  });

  it('is not found if no provider of it speaks the protocol', async () => {
    const { first } = await upstreams.createTargets(app, 'anthropic');
    const response = await post(first.selector);
    expect(response.status).toBe(404);
    expect(response.body.error).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(response.body.error.message).toContain('protocol');
    expect(response.headers['x-should-retry']).toBe('false');

    const chatOnly = await app.createTarget(`${upstreams.first.url}/v1`, {
      provider: { openai_api_mode: 'chat_completions' },
    });
    const responses = await app.gateway.post('/v1/responses', requestOf('responses', chatOnly.selector));
    expect(responses.status).toBe(404);
  });

  it('is forbidden if the token may use none that it selects, which stay unnamed', async () => {
    const { model, first, second } = await upstreams.createTargets(app);
    upstreams.second.script(replyJson(responseOf(PATH)));
    const one = await limitedTo(second.selector);
    expect((await post(model, {}, {}, one)).headers['x-caret-selector']).toBe(second.selector);
    expect(upstreams.first.requests).toHaveLength(0);

    const forbidden = await post(first.selector, {}, { 'x-caret-selectors': first.selector }, one);
    expect(forbidden.status).toBe(403);
    expect(forbidden.body.error.code).toBe('insufficient_permissions');
    const other = await limitedTo('something-else');
    const unnamed = await post(model, {}, {}, other);
    expect(unnamed.status).toBe(403);
    expect(unnamed.text).not.toContain(first.provider.name);
    const unknown = await post('no-such-model', {}, {}, other);
    expect(unknown.status).toBe(404);
    expect(unknown.text).not.toContain(first.provider.name);
  });

  it('is not found with the reasons for a token without limits', async () => {
    const { first } = await upstreams.createTargets(app);
    await app.api.patch(`/v1/llm-providers/${first.provider.id}/models/${first.models[0].id}`, {
      enabled: false,
    });
    const response = await post(first.selector);
    expect(response.status).toBe(404);
    expect(response.body.error.message).toContain('the model is disabled');
  });

  it('changes with the registry immediately', async () => {
    const { first } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(responseOf(PATH)));
    const before = await post(first.selector);
    await app.api.patch(`/v1/llm-providers/${first.provider.id}`, { advanced_json: { user: 'a default' } });
    const after = await post(first.selector);
    expect(bodyOf(upstreams.first.requests[1]!).user).toBe('a default');
    expect(Number(after.headers['x-caret-revision'])).toBeGreaterThan(
      Number(before.headers['x-caret-revision']),
    );
  });
});
