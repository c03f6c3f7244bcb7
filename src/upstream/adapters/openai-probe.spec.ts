import { LLMock } from '@copilotkit/aimock';
import { closeAll } from '../fixtures/loopback-upstream';
import { adapter, paths, startScripted, target } from '../fixtures/scripted-openai';
import { type UpstreamTarget } from '../upstream-target';

afterEach(closeAll);

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
    expect(requests[0]?.body).toEqual({
      model: 'gpt-5',
      input: 'Hi',
      max_output_tokens: 16,
      temperature: 0,
      stream: false,
    });
  });

  it.each([
    ['404', { status: 404, json: {} }],
    ['405', { status: 405, json: {} }],
    ['501', { status: 501, json: {} }],
    ['an HTML page with status 200', { html: '<html></html>' }],
    ['an unknown parameter', rejection("Unknown parameter: 'max_tokens'.")],
    ['500 "not implemented"', rejection('not implemented', 500)],
    ['400 "does not support"', rejection('Model m does not support Responses API.')],
    ['an error with status 200', { json: { error: { message: 'Unsupported endpoint' } } }],
    ['an unknown route of API Gateway', { status: 403, json: { message: 'Missing Authentication Token' } }],
    [
      'the chat schema of FastAPI',
      { status: 422, json: { detail: [{ loc: ['body', 'messages'], msg: 'Field required' }] } },
    ],
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

  it('never asks for a stream, because some gateways stream unless told otherwise', async () => {
    const { requests, baseUrl } = await startScripted((path) =>
      path.endsWith('/responses') ? { status: 404, json: {} } : chat,
    );
    await adapter().probeModel(target(baseUrl), 'm');
    expect(requests.map(({ body }) => body?.stream)).toEqual([false, false]);
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
