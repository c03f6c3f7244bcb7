import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider, providerPath } from '../../support/registry/factories';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';
import { VENDOR_LISTS } from '../../support/upstreams/vendor-lists';

const CHAT = { choices: [{ message: { role: 'assistant', content: 'Hi' } }] };

describe('importing the list of a vendor', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));

  /** Serves one page of the list, and chat completions of one model. */
  const script = (list: unknown, callable: string) =>
    upstream.script((response, request) => {
      const { pathname, search } = new URL(request.url, upstream.url);
      if (pathname.endsWith('/models')) return replyJson(search ? {} : list)(response, request);
      const { model } = JSON.parse(request.body) as { model: string };
      const isCallable = pathname.endsWith('/chat/completions') && model === callable;
      const reply = isCallable ? replyJson(CHAT) : replyJson({ error: { message: `no ${model}` } }, 404);
      return reply(response, request);
    });

  it.each(VENDOR_LISTS)('ends in a default that can be called: $vendor', async ({ list, chat }) => {
    const single = Array.isArray(list)
      ? list
      : { ...(list as object), next_page_token: '', nextPageToken: '' };
    script(single, chat);
    const provider = await createProvider(app.api, { base_url: upstream.url });
    const { body } = await app.api.post(`${providerPath(provider)}/models/import`, { all: true });
    expect(body.default.model).toBe(chat);
    const selector = `${provider.name}^`;
    const resolved = (await app.api.post('/v1/resolve', { selector })).body.selected;
    expect(resolved.model).toBe(chat);
    const test = await app.api.post(`${providerPath(provider)}/models/${body.default.id}/test`);
    expect(test.body).toMatchObject({ ok: true });
  });
});
