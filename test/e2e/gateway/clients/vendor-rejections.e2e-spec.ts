import { engine } from '../../../support/database/database';
import { startClientGateway, type ClientGateway } from '../../../support/vendor-clients/client-gateway';

/** A parsed body. */
type Json = ReturnType<typeof JSON.parse>;

const HI = { role: 'user', content: 'hi' };
const CHAT_CALL = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
const CHAT_TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
const USE = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };
const TOOL = { name: 'f', input_schema: { type: 'object' } };
const LOOSE = { type: 'object', properties: { a: { type: 'string' } } };

const CHAT: [string, Json, string][] = [
  ['no messages', {}, "Missing required parameter: 'messages'."],
  ['an empty list', { messages: [] }, "Invalid 'messages': empty array."],
  ['an unknown parameter', { messages: [HI], foo: 1 }, "Unknown parameter: 'foo'."],
  ['a wrong type', { messages: [HI], stop: 1 }, "Invalid type for 'stop'"],
  ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, "Invalid value: 'robot'."],
  ['a call without its result', { messages: [HI, { role: 'assistant', tool_calls: [CHAT_CALL] }] }, 'call_1'],
  [
    'a result without its call',
    { messages: [{ role: 'tool', tool_call_id: 'x', content: 'y' }] },
    'preceeding',
  ],
  ['options of a stream that is none', { messages: [HI], stream_options: {} }, "'stream_options'"],
  ['a choice without tools', { messages: [HI], tool_choice: 'auto' }, "'tool_choice' is only allowed"],
  [
    'the choice of an unknown tool',
    { messages: [HI], tools: [CHAT_TOOL], tool_choice: { type: 'function', function: { name: 'g' } } },
    "Tool choice 'g' not found",
  ],
  [
    'a schema that is not strict',
    {
      messages: [HI],
      response_format: { type: 'json_schema', json_schema: { name: 's', strict: true, schema: LOOSE } },
    },
    "'additionalProperties' is required",
  ],
];

const RESPONSES: [string, Json, string][] = [
  ['no input', {}, "Missing required parameter: 'input'."],
  ['a parameter of chat completions', { input: 'hi', messages: [HI] }, "Unknown parameter: 'messages'."],
  ['a low limit', { input: 'hi', max_output_tokens: 15 }, "Invalid 'max_output_tokens'"],
  [
    'an output without its call',
    { input: [{ type: 'function_call_output', call_id: 'call_x', output: 'y' }] },
    'No tool call found for function call output with call_id call_x.',
  ],
  [
    'a call without its output',
    { input: [{ type: 'function_call', call_id: 'call_x', name: 'f', arguments: '{}' }] },
    'No tool output found for function call call_x.',
  ],
  [
    'text of the wrong role',
    { input: [{ role: 'user', content: [{ type: 'output_text', text: 'x' }] }] },
    'output_text',
  ],
];

const MESSAGES: [string, Json, string][] = [
  ['no limit', { messages: [HI] }, 'max_tokens: Field required'],
  ['an unknown parameter', { messages: [HI], max_tokens: 9, foo: 1 }, 'foo: Extra inputs are not permitted'],
  [
    'a first turn of the assistant',
    { messages: [{ role: 'assistant', content: 'x' }], max_tokens: 9 },
    'first message',
  ],
  [
    'an empty text',
    { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }], max_tokens: 9 },
    'non-empty',
  ],
  [
    'a call without its result',
    { messages: [HI, { role: 'assistant', content: [USE] }, HI], max_tokens: 9, tools: [TOOL] },
    '`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1',
  ],
  [
    'a result without its call',
    { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x' }] }], max_tokens: 9 },
    'unexpected `tool_use_id`',
  ],
  [
    'a small budget',
    { messages: [HI], max_tokens: 9999, thinking: { type: 'enabled', budget_tokens: 1 } },
    'greater than or equal to 1024',
  ],
  [
    'thinking with a forced tool',
    {
      messages: [HI],
      max_tokens: 9,
      tools: [TOOL],
      tool_choice: { type: 'any' },
      thinking: { type: 'adaptive' },
    },
    'Thinking may not be enabled when tool_choice forces tool use.',
  ],
  ['a prefill', { messages: [HI, { role: 'assistant', content: 'x' }], max_tokens: 9 }, 'prefill'],
];

const EMBEDDINGS: [string, Json, string][] = [
  ['no input', {}, "Missing required parameter: 'input'."],
  ['an empty input', { input: [''] }, "'$.input' is invalid."],
  ['an unknown encoding', { input: 'x', encoding_format: 'hex' }, "Invalid value: 'hex'."],
];

// The vendors' words do not depend on the database.
(engine === 'sqlite' ? describe : describe.skip)('a request that the vendor rejects', () => {
  let gateway: ClientGateway;
  let settings: Json;

  beforeAll(async () => {
    gateway = await startClientGateway();
    settings = await gateway.createSettings();
  });
  afterAll(() => gateway.stop());

  const post = async (path: string, body: Json): Promise<Json> => {
    const { chat, embeddings } = path === 'messages' ? settings.anthropic : settings.openai;
    const model = path === 'embeddings' ? embeddings : chat;
    const response = await gateway.app.gateway.post(`/v1/${path}`, { model, ...body });
    return [response.status, response.body];
  };

  it.each([
    ...CHAT.map((each) => ['chat/completions', ...each] as const),
    ...RESPONSES.map((each) => ['responses', ...each] as const),
    ...MESSAGES.map((each) => ['messages', ...each] as const),
    ...EMBEDDINGS.map((each) => ['embeddings', ...each] as const),
  ])('gets the words of the vendor: %s, %s', async (path, _fault, body, message) => {
    const bills = gateway.upstream.bill.length;
    const [status, { error }] = await post(path, body);
    expect(status).toBe(400);
    expect(error.type).toBe('invalid_request_error');
    expect(error.message).toContain(message);
    expect(gateway.upstream.bill).toHaveLength(bills);
  });

  it('is not repeated, and cools no target', async () => {
    const before = gateway.upstream.requests.length;
    for (let count = 0; count < 6; count += 1) await post('chat/completions', {});
    expect(gateway.upstream.requests).toHaveLength(before + 6);
    const [status] = await post('chat/completions', { messages: [HI] });
    expect(status).toBe(200);
  });

  it('is repeated without its reasoning if the vendor cannot verify the signature', async () => {
    const thinking = { max_tokens: 2000, thinking: { type: 'enabled', budget_tokens: 1024 } };
    const [, first] = await post('messages', { messages: [HI], ...thinking });
    const [sealed] = first.content;
    expect(sealed).toMatchObject({ type: 'thinking', signature: expect.any(String) });
    const history = (block: Json): Json => [
      HI,
      { role: 'assistant', content: [block, ...first.content.slice(1)] },
      HI,
    ];
    const [status] = await post('messages', { messages: history(sealed), ...thinking });
    expect(status).toBe(200);
    const forged = { ...sealed, thinking: 'other thoughts' };
    const [, repaired] = await post('messages', { messages: history(forged), ...thinking });
    expect(repaired.type).toBe('message');
    const sent = JSON.parse(gateway.upstream.requests.at(-1)!.body.toString());
    expect(JSON.stringify(sent)).not.toContain('other thoughts');
  });
});
