import { type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { LLMock } from '@copilotkit/aimock';
import { createClient, closeAll, startUpstream } from '../fixtures/loopback-upstream';
import { type UpstreamTarget } from '../upstream-target';
import { OpenaiAdapter } from './openai.adapter';

const KEY = 'sk-test-0123456789abcdef';
type Reply = { status?: number; json?: unknown; html?: string };
interface RecordedRequest {
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown> | null;
}

const target = (baseUrl: string, more: Partial<UpstreamTarget> = {}): UpstreamTarget => ({
  accountId: 'account',
  kind: 'openai',
  baseUrl,
  apiKey: KEY,
  openaiApiMode: null,
  advancedJson: {},
  ...more,
});

/** Starts an upstream that chooses its reply by path and body. */
async function startScripted(reply: (path: string, body: Record<string, unknown> | null) => Reply) {
  const requests: RecordedRequest[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const sent = await text(request);
    const body = sent ? (JSON.parse(sent) as Record<string, unknown>) : null;
    requests.push({ url: request.url, headers: request.headers, body });
    const { status = 200, json, html } = reply(new URL(request.url ?? '', 'http://h').pathname, body);
    response.writeHead(status).end(html ?? JSON.stringify(json));
  };
  const { port } = await startUpstream((request, response) => void handle(request, response));
  return { requests, baseUrl: `http://127.0.0.1:${port}` };
}

const adapter = () => new OpenaiAdapter(createClient());
const list = async (json: unknown) => {
  const { baseUrl } = await startScripted(() => ({ json }));
  return adapter().listModels(target(baseUrl));
};
const paths = (requests: RecordedRequest[]) => requests.map(({ url }) => url);

afterEach(closeAll);

describe('OpenaiAdapter.listModels', () => {
  it('sends the key as a bearer token, with the allowed extra headers and query', async () => {
    const { requests, baseUrl } = await startScripted(() => ({ json: { data: [] } }));
    const advancedJson = {
      extra_headers: {
        'OpenAI-Organization': 'org',
        Authorization: 'Bearer other',
        Host: 'other',
        bad: 'a\r\nb',
      },
      extra_query: { 'api-version': 'preview', bad: 1 },
    };
    await adapter().listModels(target(`${baseUrl}/proxy/v1/`, { advancedJson }));
    expect(paths(requests)).toEqual(['/proxy/v1/models?api-version=preview']);
    expect(requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'openai-organization': 'org',
    });
    expect(requests[0]?.headers.host).toBe(new URL(baseUrl).host);
    expect(requests[0]?.headers).not.toHaveProperty('bad');
  });

  it('reads entries of OpenAI and returns each id once', async () => {
    const entry = { id: 'gpt-4o', object: 'model', created: 1, owned_by: 'system' };
    expect(await list({ object: 'list', data: [entry, entry] })).toEqual([{ id: 'gpt-4o', name: 'gpt-4o' }]);
  });

  it('reads entries of OpenRouter', async () => {
    const entry = {
      id: 'openai/gpt-4o:extended',
      name: 'OpenAI: GPT-4o',
      context_length: 128000,
      architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
      top_provider: { context_length: 128000, max_completion_tokens: 16384 },
      pricing: { prompt: '0.0000025' },
    };
    expect(await list({ data: [entry] })).toEqual([
      {
        id: 'openai/gpt-4o:extended',
        name: 'OpenAI: GPT-4o',
        contextLength: 128000,
        maxOutputTokens: 16384,
        inputModalities: ['text', 'image'],
        outputModalities: ['text'],
      },
    ]);
  });

  it.each([
    ['Gemini', { data: [{ id: 'models/gemini-2.5-pro', object: 'model' }] }, ['models/gemini-2.5-pro']],
    ['Ollama', { object: 'list', data: [{ id: 'llama3.2:latest', object: 'model' }] }, ['llama3.2:latest']],
    ['Ollama without models', { object: 'list', data: null }, []],
    ['Together', [{ id: 'a/b', type: 'chat', display_name: 'B', context_length: 8 }], ['a/b']],
    ['a server without models', { data: [] }, []],
  ])('reads the list of %s', async (_server, json, ids) => {
    expect((await list(json)).map(({ id }) => id)).toEqual(ids);
  });

  it('ignores fields of the wrong type', async () => {
    const entry = {
      id: 'x',
      name: 5,
      context_length: '128000',
      top_provider: null,
      architecture: [],
      type: {},
    };
    expect(await list({ data: [entry] })).toEqual([{ id: 'x', name: 'x' }]);
  });

  it.each([
    ['no list', {}],
    ['a string', 'models'],
    ['null', null],
    ['an entry that is not an object', { data: ['gpt-4'] }],
    ['an entry without an id', { data: [{ name: 'x' }] }],
    ['an entry with an empty id', { data: [{ id: '' }] }],
    ['too many models', { data: Array.from({ length: 10_001 }, (_, id) => ({ id: String(id) })) }],
    ['more than 8 MiB', { data: [{ id: 'x', name: 'y'.repeat(9 << 20) }] }],
  ])('rejects %s', async (_case, json) => {
    await expect(list(json)).rejects.toMatchObject({
      code: 'llm_providers.upstream_invalid_response',
      kind: 'upstream_failed',
    });
  });

  it('rejects HTML with status 200 and quotes none of it', async () => {
    const { baseUrl } = await startScripted(() => ({ html: '<html>secret page</html>' }));
    await expect(adapter().listModels(target(baseUrl))).rejects.toMatchObject({
      code: 'llm_providers.upstream_invalid_response',
      detail: expect.not.stringContaining('secret'),
    });
  });

  it('throws upstream_auth_failed for a rejected key, without the key in its detail', async () => {
    const json = { error: { message: `Incorrect API key provided: ${KEY}.` } };
    const { baseUrl } = await startScripted(() => ({ status: 401, json }));
    await expect(adapter().listModels(target(baseUrl))).rejects.toMatchObject({
      code: 'llm_providers.upstream_auth_failed',
      upstreamStatus: 401,
      detail: expect.not.stringContaining(KEY.slice(-8)),
    });
  });

  it('times out after timeout_ms', async () => {
    const { port } = await startUpstream((request) => request.resume());
    const slow = target(`http://127.0.0.1:${port}`, { advancedJson: { timeout_ms: 100 } });
    await expect(adapter().listModels(slow)).rejects.toMatchObject({
      code: 'llm_providers.upstream_timeout',
    });
  });
});

describe('OpenaiAdapter.probeModel', () => {
  const chat = { json: { choices: [{ message: { content: '' }, finish_reason: 'length' }] } };
  const response = { json: { status: 'incomplete', output: [] } };
  const rejection = (message: string, status = 400) => ({ status, json: { error: { message } } });

  it('succeeds against a mock of the OpenAI API in every mode', async () => {
    const mock = new LLMock({ port: 0 });
    mock.onMessage(/.*/, { content: 'Hello' });
    await mock.start();
    const call = (openaiApiMode: UpstreamTarget['openaiApiMode']) =>
      adapter().probeModel(target(mock.url, { openaiApiMode }), 'gpt-4o');
    for (const mode of ['auto', 'responses', 'chat_completions', null] as const) {
      expect((await call(mode)).latencyMs).toBeGreaterThanOrEqual(0);
    }
    await mock.stop();
  });

  it('tries the Responses API first, with its lowest token limit and the default parameters', async () => {
    const { requests, baseUrl } = await startScripted(() => response);
    const advancedJson = {
      temperature: 0,
      max_output_tokens: 9000,
      timeout_ms: 5000,
      stream: true,
      model: 'other',
    };
    await adapter().probeModel(target(baseUrl, { advancedJson }), 'gpt-5');
    expect(paths(requests)).toEqual(['/v1/responses']);
    expect(requests[0]?.body).toEqual({ model: 'gpt-5', input: 'Hi', max_output_tokens: 16, temperature: 0 });
  });

  it.each([
    ['404', { status: 404, json: {} }],
    ['405', { status: 405, json: {} }],
    ['501', { status: 501, json: {} }],
    ['an HTML page with status 200', { html: '<html></html>' }],
    ['an unknown parameter', rejection("Unknown parameter: 'max_tokens'.")],
  ])('falls back to chat completions on %s in mode auto, but not in mode responses', async (_case, reply) => {
    const { requests, baseUrl } = await startScripted((path) => (path.endsWith('/responses') ? reply : chat));
    await adapter().probeModel(target(baseUrl, { openaiApiMode: 'auto' }), 'm');
    expect(paths(requests)).toEqual(['/v1/responses', '/v1/chat/completions']);
    await expect(
      adapter().probeModel(target(baseUrl, { openaiApiMode: 'responses' }), 'm'),
    ).rejects.toThrow();
    expect(requests).toHaveLength(3);
  });

  it.each([400, 401, 429, 503])('does not fall back on %i', async (status) => {
    const { requests, baseUrl } = await startScripted(() => rejection('no quota', status));
    const probe = adapter().probeModel(target(baseUrl), 'm');
    await expect(probe).rejects.toMatchObject({ upstreamStatus: status });
    expect(requests).toHaveLength(1);
  });

  it('sends max_completion_tokens when max_tokens is rejected', async () => {
    const { requests, baseUrl } = await startScripted((_path, body) =>
      body && 'max_tokens' in body
        ? rejection("Unsupported parameter: 'max_tokens' is not supported with this model.")
        : chat,
    );
    await adapter().probeModel(target(baseUrl, { openaiApiMode: 'chat_completions' }), 'o3');
    expect(requests.map(({ body }) => [body?.max_tokens, body?.max_completion_tokens])).toEqual([
      [16, undefined],
      [undefined, 16],
    ]);
  });

  it('succeeds when a reasoning model runs out of tokens', async () => {
    const { baseUrl } = await startScripted(() =>
      rejection('Could not finish the message because max_tokens or model output limit was reached.'),
    );
    const chatOnly = target(baseUrl, { openaiApiMode: 'chat_completions' });
    await expect(adapter().probeModel(chatOnly, 'gpt-5')).resolves.toEqual({
      latencyMs: expect.any(Number),
      protocol: 'openai_chat_completions',
    });
  });

  it('throws upstream_error for an error with status 200', async () => {
    const { baseUrl } = await startScripted(() => ({
      json: { error: { message: 'no credits', code: 402 } },
    }));
    const chatOnly = target(baseUrl, { openaiApiMode: 'chat_completions' });
    await expect(adapter().probeModel(chatOnly, 'm')).rejects.toMatchObject({
      code: 'llm_providers.upstream_error',
    });
  });
});
