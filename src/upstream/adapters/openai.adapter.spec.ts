import { closeAll, startUpstream } from '../fixtures/loopback-upstream';
import { adapter, KEY, paths, startScripted, target } from '../fixtures/scripted-openai';

const list = async (json: unknown) => {
  const { baseUrl } = await startScripted(() => ({ json }));
  return (await adapter().listModels(target(baseUrl))).models;
};

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
        chat: true,
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
    ['an entry that is not an object', { data: [4] }],
    ['an entry without an id', { data: [{ name: 'x' }] }],
    ['an entry with an empty id', { data: [{ id: '' }] }],
    ['more than 16 MiB', { data: [{ id: 'x', name: 'y'.repeat(17 << 20) }] }],
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
