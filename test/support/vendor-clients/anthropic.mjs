/** The scenarios of an `@anthropic-ai/sdk` package: messages, token counts, models and errors. */
import { getWeather, PNG, WEATHER_SCHEMA } from './cases.mjs';
import { matrix, runScenarios, script, settings } from './client-process.mjs';

const { default: Anthropic } = await import(settings.package);
const { url, token, anthropic: models } = settings;
const selector = models.chat;
const client = new Anthropic({ baseURL: url, apiKey: token, maxRetries: 0 });
const patient = client.withOptions({ maxRetries: 2 });
const hi = { max_tokens: 64, messages: [{ role: 'user', content: 'hi' }] };

const TOOL = { name: 'get_weather', description: 'The weather.', input_schema: WEATHER_SCHEMA };

function requestOf({ prompt, tools, image, pdf, schema, thinking, maxTokens }) {
  const content = [{ type: 'text', text: prompt }];
  if (image)
    content.push({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } });
  if (pdf)
    content.push({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } });
  return {
    model: selector,
    max_tokens: maxTokens ?? 4096,
    messages: [{ role: 'user', content }],
    ...(tools && { tools: [TOOL] }),
    ...(schema && { output_config: { format: { type: 'json_schema', schema } } }),
    ...(thinking && { thinking: { type: 'enabled', budget_tokens: 1024 } }),
  };
}

/** Returns the message and its request id. */
async function send(resource, request, stream) {
  if (!stream) {
    const message = await resource.create(request);
    return [message, message._request_id];
  }
  const runner = resource.stream(request);
  const message = await runner.finalMessage();
  return [message, runner.request_id];
}

const textOf = (type, { content }) => content.find((block) => block.type === type)?.[type] ?? null;

async function converse(resource, given, stream) {
  const request = requestOf(given);
  const [first, requestId] = await send(resource, request, stream);
  const calls = first.content.filter(({ type }) => type === 'tool_use');
  const results = calls.map(({ id, input }) => ({
    type: 'tool_result',
    tool_use_id: id,
    content: getWeather(input),
  }));
  const messages = [
    ...request.messages,
    { role: 'assistant', content: first.content },
    { role: 'user', content: results },
  ];
  const [last] = calls.length > 0 ? await send(resource, { ...request, messages }, stream) : [first];
  const text = textOf('text', last);
  return {
    requestId,
    calls: calls.map(({ name, input }) => [name, input]),
    text: last.stop_reason === 'refusal' ? null : text,
    refusal: last.stop_reason === 'refusal' ? text : null,
    thinking: textOf('thinking', first),
    ending: last.stop_reason,
    model: first.model,
    usage: last.usage,
  };
}

async function readStream(stream) {
  const texts = [];
  for await (const event of stream) if (event.delta?.text) texts.push(event.delta.text);
  return texts.join('');
}

const BUSY = { kind: 'error', status: 429, headers: { 'retry-after': '1' } };
/** The prompt of another client must not warm the cache. */
const PROMPT = `${settings.package}: ${'Be brief. '.repeat(40)}`;
const CACHED = [{ type: 'text', text: PROMPT, cache_control: { type: 'ephemeral' } }];

await runScenarios({
  ...matrix('messages', (given, stream) => converse(client.messages, given, stream)),
  ...matrix('beta messages', (given, stream) => converse(client.beta.messages, given, stream)),
  'its credential': async () => {
    const names = [];
    const fetch = async (_url, { headers }) => {
      names.push(...['authorization', 'x-api-key'].filter((name) => new Headers(headers).has(name)));
      return Response.json({ data: [], has_more: false });
    };
    await client.withOptions({ fetch }).models.list();
    return names;
  },
  'an image in the result of a tool': async () => {
    const request = requestOf({ prompt: '[call get_weather {"city":"Paris"}]', tools: true });
    const first = await client.messages.create({ model: selector, ...request });
    const source = { type: 'base64', media_type: 'image/png', data: PNG };
    const content = [{ type: 'image', source }];
    const result = { type: 'tool_result', tool_use_id: first.content[0].id, content };
    const messages = [
      ...request.messages,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [result] },
    ];
    return { text: textOf('text', await client.messages.create({ ...request, messages })) };
  },
  'a cached system prompt': async () => {
    const usages = [];
    for (const stream of [false, true]) {
      const [message] = await send(client.messages, { model: selector, system: CACHED, ...hi }, stream);
      usages.push([message.usage.cache_creation_input_tokens, message.usage.cache_read_input_tokens]);
    }
    return usages;
  },
  'a request id': async () => {
    const stream = await client.messages.create({ model: selector, ...hi, stream: true }).withResponse();
    return { text: await readStream(stream.data), streamed: stream.request_id };
  },
  countTokens: async () => {
    const { messages } = hi;
    const { input_tokens: counted } = await client.messages.countTokens({ model: selector, messages });
    const { usage } = await client.messages.create({ model: selector, ...hi });
    return { counted, used: usage.input_tokens };
  },
  'models.list': async () => {
    const ids = [];
    for await (const model of client.models.list({ limit: 3 })) ids.push(model.id);
    const one = await client.models.retrieve(selector);
    return { ids, one: one.id };
  },
  'a wrong token': () =>
    new Anthropic({ baseURL: url, apiKey: 'caret_wrong', maxRetries: 0 }).messages.create({
      model: selector,
      ...hi,
    }),
  'an unknown model': () => client.messages.create({ model: 'no-such-model', ...hi }),
  'a model that the upstream does not know': () => client.messages.create({ model: models.unknown, ...hi }),
  'a wrong key of the provider': () => client.messages.create({ model: models.locked, ...hi }),
  'an unknown parameter': () => client.messages.create({ model: selector, ...hi, no_such_parameter: 1 }),
  'a sampling parameter': async () =>
    textOf('text', await client.messages.create({ model: selector, ...hi, temperature: 0.5 })),
  'a rate limit, without retries': async () => {
    await script({ ...BUSY, headers: { 'retry-after': '30' } });
    return client.messages.create({ model: models.busy, ...hi });
  },
  'a rate limit, with retries': async () => {
    await script(BUSY, BUSY);
    const message = await patient.messages.create({ model: models.patient, ...hi });
    return { text: textOf('text', message) };
  },
  'a stream that is cut': async () => {
    await script({ kind: 'end', afterEvents: 4 });
    return readStream(await client.messages.create({ model: models.cut, ...hi, stream: true }));
  },
  'a stream that is reset': async () => {
    await script({ kind: 'reset', afterEvents: 4 });
    return client.messages.stream({ model: models.cut, ...hi }).finalMessage();
  },
  'an error within a stream': async () => {
    await script({ kind: 'error-event', afterEvents: 4 });
    return client.messages.stream({ model: models.cut, ...hi }).finalMessage();
  },
});
