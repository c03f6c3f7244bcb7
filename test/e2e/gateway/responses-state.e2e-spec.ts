import { bodyOf, replyStream } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import {
  joinStream,
  openaiError,
  requestOf,
  responseOf,
  streamOf,
} from '../../support/gateway/vendor-responses';
import { createOtherAccount } from '../../support/registry/factories';
import { replyJson } from '../../support/upstreams/scripted-replies';

let sequence = 0;
const newResponse = (more: object = {}) => ({
  ...responseOf('responses'),
  id: `resp_${++sequence}`,
  ...more,
});

describe('a response that an upstream stores', () => {
  const app = useGateway();
  const upstreams = useUpstreamPair();

  const post = (model: string, more: object, headers = {}) =>
    app.gateway.post('/v1/responses', requestOf('responses', model, more), headers);

  it('is continued at the provider that has it, whatever comes first', async () => {
    const { model, second } = await upstreams.createTargets(app);
    const stored = newResponse();
    upstreams.second.script(replyJson(stored), replyJson(newResponse()));
    upstreams.first.script(replyJson(newResponse()));
    expect((await post(second.selector, {})).status).toBe(200);
    const next = await post(model, { previous_response_id: stored.id });
    expect(next.status).toBe(200);
    expect(upstreams.first.requests).toHaveLength(0);
    expect(bodyOf(upstreams.second.requests[1]!).previous_response_id).toBe(stored.id);
  });

  it('is continued after a stream, also immediately after its end', async () => {
    const { model, second } = await upstreams.createTargets(app);
    const id = `resp_${++sequence}`;
    upstreams.second.script(
      replyStream([joinStream(streamOf('responses')).replaceAll('resp_1', id)]),
      replyJson(newResponse()),
    );
    const stream = await app.gateway.stream(
      '/v1/responses',
      requestOf('responses', second.selector, { stream: true }),
    );
    expect(await stream.finished()).toBe(true);
    expect((await post(model, { previous_response_id: id })).headers['x-caret-selector']).toBe(
      second.selector,
    );
  });

  it('is not continued at another provider when its own fails', async () => {
    const { model, second } = await upstreams.createTargets(app);
    const stored = newResponse();
    upstreams.second.script(replyJson(stored), replyJson(openaiError('x'), 500));
    upstreams.first.script(replyJson(newResponse()));
    await post(second.selector, {});
    expect((await post(model, { previous_response_id: stored.id })).status).toBe(502);
    expect(upstreams.first.requests).toHaveLength(0);
  });

  it('is not found through a model of another provider', async () => {
    const { first, second } = await upstreams.createTargets(app);
    const stored = newResponse();
    upstreams.second.script(replyJson(stored));
    await post(second.selector, {});
    const response = await post(first.selector, { previous_response_id: stored.id });
    expect(response.status).toBe(404);
    expect(response.body.error).toMatchObject({
      code: 'previous_response_not_found',
      type: 'invalid_request_error',
      param: 'previous_response_id',
    });
    expect(response.body.error.message).toContain(`${second.provider.name}^`);
    expect(upstreams.first.requests).toHaveLength(0);
  });

  it('is not found by another account, or by a token that may not use its model', async () => {
    const { model, second } = await upstreams.createTargets(app);
    const stored = newResponse();
    upstreams.second.script(replyJson(stored));
    await post(second.selector, {});

    const { body } = await app.api.post('/v1/tokens', {
      name: 'limited',
      scopes: ['gateway:use'],
      allowed_selectors: ['nothing-of-that'],
    });
    const limited = app.clientWith({ authorization: `Bearer ${body.token}` });
    const request = requestOf('responses', model, { previous_response_id: stored.id });
    const rejected = await limited.post('/v1/responses', request);
    expect(rejected.status).toBe(404);
    expect(rejected.body.error.code).toBe('previous_response_not_found');
    expect(rejected.text).not.toContain(second.provider.name);

    const other = await createOtherAccount(app);
    const issued = await other.post('/v1/tokens', { name: 'x', scopes: ['gateway:use'] });
    const stranger = app.clientWith({ authorization: `Bearer ${issued.body.token}` });
    const unknown = await stranger.post('/v1/responses', request);
    expect(unknown.status).toBe(404);
    expect(unknown.body.error.code).toBe('previous_response_not_found');
  });

  it('is forwarded if no record has it and there is one provider', async () => {
    const { model, first } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(newResponse()));
    const known = await post(first.selector, { previous_response_id: 'resp_of_before' });
    expect(known.status).toBe(200);
    const ambiguous = await post(model, { previous_response_id: 'resp_of_before' });
    expect(ambiguous.status).toBe(404);
    expect(ambiguous.body.error.code).toBe('previous_response_not_found');
  });

  it('is not recorded if the upstream says that it does not store it', async () => {
    const { model, second } = await upstreams.createTargets(app);
    const stored = newResponse({ store: false });
    upstreams.second.script(replyJson(stored));
    expect((await post(second.selector, {})).status).toBe(200);
    expect((await post(model, { previous_response_id: stored.id })).status).toBe(404);
  });

  it.each(['conversation', 'thread'])('binds a call with a %s to one provider', async (marker) => {
    const { model } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(openaiError('x'), 500));
    upstreams.second.script(replyJson(newResponse()));
    expect((await post(model, { [marker]: 'x' })).status).toBe(502);
    expect(upstreams.second.requests).toHaveLength(0);
  });
});
