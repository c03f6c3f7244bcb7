/** The scenarios of an `openai` package: chat completions, responses, embeddings, models and errors. */
import { getWeather, WEATHER_SCHEMA } from './cases.mjs';
import { matrix, runScenarios, script, settings } from './client-process.mjs';

const { default: OpenAI } = await import(settings.package);
const { url, token, openai: models } = settings;
const selector = models.chat;
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0 });
const patient = client.withOptions({ maxRetries: 2 });
const hi = [{ role: 'user', content: 'hi' }];

const TOOL = { name: 'get_weather', description: 'The weather.', parameters: WEATHER_SCHEMA, strict: true };

function chatRequest({ prompt, tools, image, pdf, schema, thinking, maxTokens }) {
  const parts = [{ type: 'text', text: prompt }];
  if (image) parts.push({ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } });
  if (pdf)
    parts.push({
      type: 'file',
      file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` },
    });
  return {
    model: selector,
    messages: [{ role: 'user', content: parts }],
    ...(tools && { tools: [{ type: 'function', function: TOOL }] }),
    ...(schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'report', strict: true, schema } },
    }),
    ...(thinking && { reasoning_effort: 'high' }),
    ...(maxTokens && { max_completion_tokens: maxTokens }),
  };
}

/** Returns the completion and its reasoning, which is no field of the SDK. */
async function sendChat(request, stream) {
  if (!stream) {
    const whole = await client.chat.completions.create(request);
    return [whole, whole.choices[0].message.reasoning_content ?? ''];
  }
  const thoughts = [];
  const runner = client.chat.completions.stream(request);
  runner.on('chunk', ({ choices }) => thoughts.push(choices[0]?.delta.reasoning_content ?? ''));
  return [await runner.finalChatCompletion(), thoughts.join('')];
}

async function chat(given, stream) {
  const request = chatRequest(given);
  const [first, thinking] = await sendChat(request, stream);
  const { parsed: _parsed, ...message } = first.choices[0].message;
  const calls = message.tool_calls ?? [];
  const results = calls.map(({ id, function: { arguments: text } }) => ({
    role: 'tool',
    tool_call_id: id,
    content: getWeather(JSON.parse(text)),
  }));
  const messages = [...request.messages, message, ...results];
  const [last] = calls.length > 0 ? await sendChat({ ...request, messages }, stream) : [first];
  return {
    requestId: first._request_id ?? null,
    calls: calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]),
    // Empty beside a streamed refusal.
    text: last.choices[0].message.content || null,
    refusal: last.choices[0].message.refusal,
    thinking,
    ending: last.choices[0].finish_reason,
    usage: last.usage ?? null,
  };
}

function responsesRequest({ prompt, tools, image, pdf, schema, thinking, maxTokens }) {
  const content = [{ type: 'input_text', text: prompt }];
  if (image)
    content.push({ type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${image}` });
  if (pdf)
    content.push({
      type: 'input_file',
      filename: 'a.pdf',
      file_data: `data:application/pdf;base64,${pdf}`,
    });
  return {
    model: selector,
    input: [{ role: 'user', content }],
    store: false,
    ...(tools && { tools: [{ type: 'function', ...TOOL }] }),
    ...(schema && { text: { format: { type: 'json_schema', name: 'report', strict: true, schema } } }),
    ...(thinking && {
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    }),
    ...(maxTokens && { max_output_tokens: maxTokens }),
  };
}

async function sendResponses(request, stream) {
  if (!stream) return client.responses.create(request);
  return client.responses.stream(request).finalResponse();
}

async function responses(given, stream) {
  const request = responsesRequest(given);
  const first = await sendResponses(request, stream);
  const calls = first.output.filter(({ type }) => type === 'function_call');
  const outputs = calls.map(({ call_id, arguments: text }) => ({
    type: 'function_call_output',
    call_id,
    output: getWeather(JSON.parse(text)),
  }));
  const history = first.output.map(({ parsed_arguments: _parsed, ...item }) => item);
  const input = [...request.input, ...history, ...outputs];
  const last = calls.length > 0 ? await sendResponses({ ...request, input }, stream) : first;
  const parts = last.output.flatMap(({ content }) => content ?? []);
  const reasoning = first.output.find(({ type }) => type === 'reasoning');
  return {
    requestId: first._request_id ?? null,
    calls: calls.map((call) => [call.name, JSON.parse(call.arguments)]),
    text: last.output_text || null,
    refusal: parts.find(({ type }) => type === 'refusal')?.refusal ?? null,
    thinking: reasoning?.summary[0].text ?? null,
    ending: last.incomplete_details?.reason ?? last.status,
    usage: last.usage,
  };
}

async function readStream(stream) {
  const pieces = [];
  for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '');
  return pieces.join('');
}

const BUSY = { kind: 'error', status: 429, code: 'rate_limit_exceeded', headers: { 'retry-after': '1' } };

await runScenarios({
  ...matrix('chat completions', chat),
  ...matrix('responses', responses),
  'usage in a stream': async () => {
    const usages = [];
    const options = { stream: true, stream_options: { include_usage: true } };
    for await (const chunk of await client.chat.completions.create({
      model: selector,
      messages: hi,
      ...options,
    }))
      if (chunk.usage) usages.push(chunk.choices.length);
    const bare = [];
    for await (const chunk of await client.chat.completions.create({
      model: selector,
      messages: hi,
      stream: true,
    }))
      bare.push(Boolean(chunk.usage) || chunk.choices.length === 0);
    return { usages, bare: bare.some(Boolean) };
  },
  'two choices': async () => {
    const request = { model: selector, messages: hi, n: 2 };
    const whole = await client.chat.completions.create(request);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    return [whole, streamed].map(({ choices }) => choices.map(({ message }) => message.content));
  },
  'a request id': async () => {
    const stream = await client.chat.completions
      .create({ model: selector, messages: hi, stream: true })
      .withResponse();
    const text = await readStream(stream.data);
    return { text, streamed: stream.request_id, header: stream.response.headers.get('x-request-id') };
  },
  'a stored conversation': async () => {
    const first = await client.responses.create({ model: selector, input: 'hi' });
    const previous = { model: selector, previous_response_id: first.id };
    const next = await client.responses.create({ ...previous, input: 'and now' });
    const compact = await client.responses.compact({ model: selector, input: 'long talk' });
    return { text: next.output_text, object: compact.object };
  },
  'an unknown previous response': () =>
    client.responses.create({ model: selector, previous_response_id: 'resp_unknown', input: 'hi' }),
  embeddings: async () => {
    const request = { model: models.embeddings, input: ['one', 'two'] };
    const usual = await client.embeddings.create(request);
    const floats = await client.embeddings.create({ ...request, encoding_format: 'float' });
    const base64 = await client.embeddings.create({ ...request, encoding_format: 'base64' });
    const short = await client.embeddings.create({ ...request, dimensions: 2 });
    const vectors = ({ data }) => data.map(({ embedding }) => embedding);
    return {
      usual: vectors(usual),
      floats: vectors(floats),
      base64: vectors(base64),
      short: vectors(short),
      requestId: usual._request_id,
      usage: usual.usage,
    };
  },
  'models.list': async () => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    const one = await client.models.retrieve(selector);
    return { ids, one: one.id };
  },
  'a wrong token': () =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey: 'caret_wrong', maxRetries: 0 }).chat.completions.create({
      model: selector,
      messages: hi,
    }),
  'an unknown model': () => client.chat.completions.create({ model: 'no-such-model', messages: hi }),
  'a model that the upstream does not know': () =>
    client.chat.completions.create({ model: models.unknown, messages: hi }),
  'a wrong key of the provider': () => client.chat.completions.create({ model: models.locked, messages: hi }),
  'an unknown parameter': () =>
    client.responses.create({ model: selector, input: 'hi', no_such_parameter: 1 }),
  'a rate limit, without retries': async () => {
    await script({ ...BUSY, headers: { 'retry-after': '30' } });
    return client.chat.completions.create({ model: models.busy, messages: hi });
  },
  'a rate limit, with retries': async () => {
    await script(BUSY, BUSY);
    const response = await patient.chat.completions.create({ model: models.patient, messages: hi });
    return { text: response.choices[0].message.content };
  },
  'a stream of chat completions that is cut': async () => {
    await script({ kind: 'end', afterEvents: 3 });
    return readStream(
      await client.chat.completions.create({ model: models.cut, messages: hi, stream: true }),
    );
  },
  'an error within a stream': async () => {
    await script({ kind: 'error-event', afterEvents: 3, status: 503 });
    return readStream(
      await client.chat.completions.create({ model: models.cut, messages: hi, stream: true }),
    );
  },
  'a stream in single bytes': async () => {
    const delta = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
    const choice = { index: 0, delta: { content: 'é → 🙂' }, finish_reason: 'stop' };
    const text = `: hello\r\n\r\ndata: ${JSON.stringify({ ...delta, choices: [choice] })}\r\n\r\ndata: [DONE]\n\n`;
    const chunks = [...Buffer.from(text)].map((byte) => Buffer.of(byte).toString('latin1'));
    await script({ kind: 'bytes', headers: { 'content-type': 'text/event-stream' }, chunks });
    return readStream(await client.chat.completions.create({ model: selector, messages: hi, stream: true }));
  },
  'a timeout of the client': async () => {
    await script({ kind: 'silence' });
    const headers = { 'x-request-id': `impatient-${settings.package}` };
    return client.responses.create({ model: selector, input: 'hi' }, { timeout: 500, headers });
  },
  'a stream of responses that is reset': async () => {
    await script({ kind: 'reset', afterEvents: 6 });
    const types = [];
    const stream = await client.responses.create({ model: models.cut, input: 'hi', stream: true });
    for await (const event of stream) types.push([event.type, event.response?.error ?? null]);
    return types.at(-1);
  },
});
