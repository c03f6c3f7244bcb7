import { text } from 'node:stream/consumers';
import { LLMock } from '@copilotkit/aimock';
import { paced } from '../../../test/support/pace';
import { client, closeAll, upstream } from '../fixtures/loopback-upstream';
import { type UpstreamTarget } from '../upstream-target';
import { AnthropicAdapter } from './anthropic.adapter';

const target = (baseUrl: string, advancedJson: UpstreamTarget['advancedJson'] = {}): UpstreamTarget => ({
  kind: 'anthropic',
  baseUrl,
  apiKey: 'sk-ant-0123456789abcdef',
  openaiApiMode: null,
  advancedJson,
});

type Page = { data: unknown; has_more?: unknown; last_id?: unknown };

/** Serves pages by `after_id`; the first under ''. */
async function paged(pages: Record<string, Page>) {
  const urls: URL[] = [];
  const headers: Record<string, unknown>[] = [];
  const { port } = await upstream((request, response) => {
    const url = new URL(request.url ?? '', 'http://h');
    urls.push(url);
    headers.push(request.headers);
    response.end(JSON.stringify(pages[url.searchParams.get('after_id') ?? '']));
  });
  return { urls, headers, baseUrl: `http://127.0.0.1:${port}` };
}

const adapter = () => new AnthropicAdapter(client());
const model = (id: string) => ({
  id,
  type: 'model',
  display_name: id.toUpperCase(),
  created_at: '2026-01-01T00:00:00Z',
});

afterEach(closeAll);

describe('listing models', () => {
  it('walks every page and names each model once', async () => {
    const { urls, baseUrl } = await paged({
      '': { data: [model('a'), model('b')], has_more: true, last_id: 'b' },
      b: { data: [model('b'), model('c')], has_more: true, last_id: 'c' },
      c: { data: [model('d')], has_more: false, last_id: 'd' },
    });
    const models = await adapter().listModels(target(`${baseUrl}/v1`));
    expect(models.map(({ id, name }) => `${id}=${name}`)).toEqual(['a=A', 'b=B', 'c=C', 'd=D']);
    expect(urls.map(({ pathname }) => pathname)).toEqual(['/v1/models', '/v1/models', '/v1/models']);
  });

  it('sends x-api-key and a version, and no bearer', async () => {
    const { headers, baseUrl } = await paged({ '': { data: [] } });
    await adapter().listModels(target(baseUrl));
    await adapter().listModels(target(baseUrl, { anthropic_version: '2027-01-01' }));
    expect(headers[0]).toMatchObject({
      'x-api-key': 'sk-ant-0123456789abcdef',
      'anthropic-version': '2023-06-01',
    });
    expect(headers[0]).not.toHaveProperty('authorization');
    expect(headers[1]).toMatchObject({ 'anthropic-version': '2027-01-01' });
  });

  it('reads what the list says of a model’s abilities', async () => {
    const capabilities = { image_input: { supported: true }, pdf_input: { supported: false } };
    const entry = { ...model('claude'), max_input_tokens: 200000, max_tokens: 64000, capabilities };
    const { baseUrl } = await paged({ '': { data: [entry], has_more: false } });
    expect(await adapter().listModels(target(baseUrl))).toEqual([
      {
        id: 'claude',
        name: 'CLAUDE',
        contextLength: 200000,
        maxOutputTokens: 64000,
        inputModalities: ['text', 'image'],
      },
    ]);
  });

  it.each<[string, number, Record<string, Page>]>([
    [
      'lead back to an earlier one',
      2,
      { '': { data: [], has_more: true, last_id: 'a' }, a: { data: [], has_more: true, last_id: 'a' } },
    ],
    ['have no cursor', 1, { '': { data: [model('a')], has_more: true, last_id: null } }],
    ['are no lists', 1, { '': { data: {} } }],
    [
      'hold more than 10 000 models together',
      11,
      Object.fromEntries(
        Array.from({ length: 12 }, (_, page) => [
          page ? `p${page}` : '',
          {
            data: Array.from({ length: 1000 }, (__, i) => model(`${page}-${i}`)),
            has_more: true,
            last_id: `p${page + 1}`,
          },
        ]),
      ),
    ],
    [
      'hold more than 8 MiB together',
      4,
      Object.fromEntries(
        Array.from({ length: 6 }, (_, page) => [
          page ? `p${page}` : '',
          {
            data: [{ ...model(`${page}`), pad: 'x'.repeat(2 << 20) }],
            has_more: true,
            last_id: `p${page + 1}`,
          },
        ]),
      ),
    ],
  ])('refuses pages that %s, at request %i', async (_case, requests, pages) => {
    const { urls, baseUrl } = await paged(pages);
    await expect(adapter().listModels(target(baseUrl))).rejects.toMatchObject({
      code: 'llm_providers.upstream_invalid_response',
    });
    expect(urls).toHaveLength(requests);
  });

  it('gives all pages one deadline', async () => {
    let page = 0;
    const { port } = await upstream((_request, response) => {
      page += 1;
      const body = JSON.stringify({ data: [model(`m${page}`)], has_more: true, last_id: `m${page}` });
      setTimeout(() => response.end(body), 40);
    });
    const { milliseconds, limit } = await paced(() =>
      expect(
        adapter().listModels(target(`http://127.0.0.1:${port}`, { timeout_ms: 200 })),
      ).rejects.toMatchObject({ code: 'llm_providers.upstream_timeout' }),
    );
    expect(milliseconds).toBeLessThan(limit(1000));
  });
});

describe('the smallest call', () => {
  it('succeeds against the shape of the real API', async () => {
    const mock = new LLMock({ port: 0 });
    mock.onMessage(/.*/, { content: 'Hello' });
    await mock.start();
    const { latencyMs } = await adapter().probeModel(target(mock.url), 'claude-sonnet-4-20250514');
    expect(latencyMs).toBeGreaterThanOrEqual(0);
    await mock.stop();
  });

  it('sends default parameters, and no thinking budget above its own few tokens', async () => {
    const bodies: unknown[] = [];
    const { port } = await upstream((request, response) => {
      void text(request).then((sent) => {
        bodies.push(JSON.parse(sent));
        response.end(JSON.stringify({ type: 'message', content: [], stop_reason: 'max_tokens' }));
      });
    });
    const advancedJson = { top_k: 5, max_tokens: 9000, thinking: { type: 'enabled', budget_tokens: 2000 } };
    await adapter().probeModel(target(`http://127.0.0.1:${port}`, advancedJson), 'claude');
    expect(bodies).toEqual([
      { model: 'claude', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 16, top_k: 5 },
    ]);
  });

  it('does not take another shape for an answer', async () => {
    const { port } = await upstream((_request, response) => response.end('{"choices":[]}'));
    await expect(adapter().probeModel(target(`http://127.0.0.1:${port}`), 'claude')).rejects.toMatchObject({
      code: 'llm_providers.upstream_invalid_response',
    });
  });
});
