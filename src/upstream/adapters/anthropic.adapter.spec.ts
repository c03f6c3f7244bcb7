import { text } from 'node:stream/consumers';
import { LLMock } from '@copilotkit/aimock';
import { createClient, closeAll, startUpstream } from '../fixtures/loopback-upstream';
import { type UpstreamTarget } from '../upstream-target';
import { AnthropicAdapter } from './anthropic.adapter';

const target = (baseUrl: string, advancedJson: UpstreamTarget['advancedJson'] = {}): UpstreamTarget => ({
  accountId: 'account',
  kind: 'anthropic',
  baseUrl,
  apiKey: 'sk-ant-0123456789abcdef',
  openaiApiMode: null,
  advancedJson,
});

type Page = { data: unknown; has_more?: unknown; last_id?: unknown };

/** Starts an upstream that serves pages by `after_id`. The first page has the key ''. */
async function startPages(pages: Record<string, Page>) {
  const urls: URL[] = [];
  const headers: Record<string, unknown>[] = [];
  const { port } = await startUpstream((request, response) => {
    const url = new URL(request.url ?? '', 'http://h');
    urls.push(url);
    headers.push(request.headers);
    response.end(JSON.stringify(pages[url.searchParams.get('after_id') ?? '']));
  });
  return { urls, headers, baseUrl: `http://127.0.0.1:${port}` };
}

const adapter = () => new AnthropicAdapter(createClient());
const model = (id: string) => ({
  id,
  type: 'model',
  display_name: id.toUpperCase(),
  created_at: '2026-01-01T00:00:00Z',
});

afterEach(closeAll);

describe('AnthropicAdapter.listModels', () => {
  it('reads every page and returns each model once', async () => {
    const { urls, baseUrl } = await startPages({
      '': { data: [model('a'), model('b')], has_more: true, last_id: 'b' },
      b: { data: [model('b'), model('c')], has_more: true, last_id: 'c' },
      c: { data: [model('d')], has_more: false, last_id: 'd' },
    });
    const { models } = await adapter().listModels(target(`${baseUrl}/v1`));
    expect(models.map(({ id, name }) => `${id}=${name}`)).toEqual(['a=A', 'b=B', 'c=C', 'd=D']);
    expect(urls.map(({ pathname }) => pathname)).toEqual(['/v1/models', '/v1/models', '/v1/models']);
  });

  it('sends x-api-key and a version, and no bearer token', async () => {
    const { headers, baseUrl } = await startPages({ '': { data: [] } });
    await adapter().listModels(target(baseUrl));
    await adapter().listModels(target(baseUrl, { anthropic_version: '2027-01-01' }));
    expect(headers[0]).toMatchObject({
      'x-api-key': 'sk-ant-0123456789abcdef',
      'anthropic-version': '2023-06-01',
    });
    expect(headers[0]).not.toHaveProperty('authorization');
    expect(headers[1]).toMatchObject({ 'anthropic-version': '2027-01-01' });
  });

  it('reads token limits and input modalities', async () => {
    const capabilities = { image_input: { supported: true }, pdf_input: { supported: false } };
    const entry = { ...model('claude'), max_input_tokens: 200000, max_tokens: 64000, capabilities };
    const { baseUrl } = await startPages({ '': { data: [entry], has_more: false } });
    expect((await adapter().listModels(target(baseUrl))).models).toEqual([
      {
        id: 'claude',
        name: 'CLAUDE',
        contextLength: 200000,
        maxOutputTokens: 64000,
        inputModalities: ['text', 'image'],
      },
    ]);
  });

  it('reads null and a bare array, as the openai kind does', async () => {
    const { baseUrl } = await startPages({ '': { data: null } });
    expect((await adapter().listModels(target(baseUrl))).models).toEqual([]);
    const bare = await startPages({ '': [model('a')] as never });
    expect((await adapter().listModels(target(bare.baseUrl))).models).toMatchObject([{ id: 'a' }]);
  });

  it.each<[string, number, Record<string, Page>]>([
    [
      'a cursor repeats',
      2,
      {
        '': { data: [model('a')], has_more: true, last_id: 'a' },
        a: { data: [model('a')], has_more: true, last_id: 'a' },
      },
    ],
    ['a page is empty', 1, { '': { data: [], has_more: true, last_id: null } }],
    [
      'the pages have more than 16 MiB in total',
      4,
      Object.fromEntries(
        Array.from({ length: 8 }, (_, page) => [
          page ? `p${page}` : '',
          {
            data: [{ ...model(`${page}`), pad: 'x'.repeat(4 << 20) }],
            has_more: true,
            last_id: `p${page + 1}`,
          },
        ]),
      ),
    ],
  ])('returns what it has read when %s, after request %i', async (_case, requests, pages) => {
    const { urls, baseUrl } = await startPages(pages);
    expect(await adapter().listModels(target(baseUrl))).toMatchObject({ truncated: true, left: null });
    expect(urls).toHaveLength(requests);
  });

  it('rejects an object instead of a list', async () => {
    const { baseUrl } = await startPages({ '': { data: {} } });
    await expect(adapter().listModels(target(baseUrl))).rejects.toMatchObject({
      code: 'llm_providers.upstream_invalid_response',
      upstreamStatus: 200,
    });
  });

  it('shares one deadline between all pages', async () => {
    let page = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => page * 6_000);
    const { port } = await startUpstream((_request, response) => {
      page += 1;
      response.end(JSON.stringify({ data: [model(`m${page}`)], has_more: true, last_id: `m${page}` }));
    });
    const list = await adapter().listModels(target(`http://127.0.0.1:${port}`, { timeout_ms: 20_000 }));
    clock.mockRestore();
    expect(list).toMatchObject({ truncated: true, left: null });
    expect(list.models).toHaveLength(4);
    expect(page).toBe(4);
  });
});

describe('AnthropicAdapter.probeModel', () => {
  it('succeeds against a mock of the Anthropic API', async () => {
    const mock = new LLMock({ port: 0 });
    mock.onMessage(/.*/, { content: 'Hello' });
    await mock.start();
    const { latencyMs } = await adapter().probeModel(target(mock.url), 'claude-sonnet-4-20250514');
    expect(latencyMs).toBeGreaterThanOrEqual(0);
    await mock.stop();
  });

  it('sends default parameters, without a thinking budget above its token limit', async () => {
    const bodies: unknown[] = [];
    const { port } = await startUpstream((request, response) => {
      void text(request).then((sent) => {
        bodies.push(JSON.parse(sent));
        response.end(JSON.stringify({ type: 'message', content: [], stop_reason: 'max_tokens' }));
      });
    });
    const advancedJson = { top_k: 5, max_tokens: 9000, thinking: { type: 'enabled', budget_tokens: 2000 } };
    await adapter().probeModel(target(`http://127.0.0.1:${port}`, advancedJson), 'claude');
    expect(bodies).toEqual([
      {
        model: 'claude',
        messages: [{ role: 'user', content: 'Hi' }],
        max_tokens: 16,
        top_k: 5,
        stream: false,
      },
    ]);
  });

  it('rejects a response of another protocol', async () => {
    const { port } = await startUpstream((_request, response) => response.end('{"choices":[]}'));
    await expect(adapter().probeModel(target(`http://127.0.0.1:${port}`), 'claude')).rejects.toMatchObject({
      code: 'llm_providers.upstream_invalid_response',
    });
  });
});
