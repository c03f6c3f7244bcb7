/** The scenarios of the AI SDK with its providers for OpenAI, Anthropic and compatible servers. */
import { getWeather, WEATHER_SCHEMA } from './cases.mjs';
import { matrix, runScenarios, script, settings } from './client-process.mjs';

const { packages, url, token, openai: models, anthropic: claude } = settings;
const { embed, embedMany, generateText, jsonSchema, Output, stepCountIs, streamText, tool } = await import(
  packages.ai
);
const { createOpenAI } = await import(packages.openai);
const { createAnthropic } = await import(packages.anthropic);
const { createOpenAICompatible } = await import(packages.compatible);

const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: token });
const anthropic = createAnthropic({ baseURL: `${url}/v1`, apiKey: token });
const compatible = createOpenAICompatible({
  name: 'caret',
  baseURL: `${url}/v1`,
  apiKey: token,
  includeUsage: true,
  supportsStructuredOutputs: true,
});

const tools = {
  get_weather: tool({
    description: 'The weather.',
    inputSchema: jsonSchema(WEATHER_SCHEMA),
    execute: async (input) => getWeather(input),
  }),
};

const THINKING = {
  openai: { forceReasoning: true, reasoningEffort: 'high', reasoningSummary: 'auto' },
  anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } },
  caret: { reasoningEffort: 'high' },
};

function requestOf(model, given) {
  const content = [{ type: 'text', text: given.prompt }];
  if (given.image) content.push({ type: 'file', data: given.image, mediaType: 'image/png' });
  if (given.pdf)
    content.push({ type: 'file', data: given.pdf, mediaType: 'application/pdf', filename: 'a.pdf' });
  return {
    model,
    maxRetries: 0,
    messages: [{ role: 'user', content }],
    maxOutputTokens: given.maxTokens ?? 4096,
    ...(given.tools && { tools, stopWhen: stepCountIs(3) }),
    ...(given.schema && { output: Output.object({ schema: jsonSchema(given.schema) }) }),
    ...(given.thinking && { providerOptions: THINKING }),
  };
}

async function converse(model, given, stream) {
  const request = requestOf(model, given);
  const errors = [];
  const result = stream
    ? streamText({ ...request, onError: ({ error }) => errors.push(error) })
    : await generateText(request);
  const output = given.schema && (await result.output);
  const steps = await result.steps;
  if (errors.length > 0) throw errors[0];
  const last = steps.at(-1);
  return {
    requestId: steps[0].response.headers['x-request-id'],
    calls: steps[0].toolCalls.map(({ toolName, input }) => [toolName, input]),
    text: given.schema ? JSON.stringify(output) : last.text,
    thinking: steps[0].reasoningText ?? null,
    ending: last.finishReason,
    usage: steps.map(({ usage }) => [usage.inputTokens, usage.outputTokens]),
    warnings: steps.flatMap(({ warnings }) => warnings ?? []),
  };
}

const caseOf = (model) => (given, stream) => converse(model, given, stream);
const generate = (model, more) => generateText({ model, prompt: 'hi', maxRetries: 0, ...more });

const BUSY = { kind: 'error', status: 429, headers: { 'retry-after': '1' } };

/** Iterates over a stream as an application does. Returns its last parts. */
async function endOfStream(model) {
  const { fullStream } = streamText({ model, prompt: 'hi', maxRetries: 0, onError: () => undefined });
  const parts = [];
  for await (const part of fullStream) parts.push(part);
  return {
    types: parts.map(({ type }) => type),
    text: parts.map(({ type, text }) => (type === 'text-delta' ? text : '')).join(''),
    error: String(parts.find(({ type }) => type === 'error')?.error?.message),
    ending: parts.at(-1).finishReason ?? null,
  };
}

await runScenarios({
  ...matrix('chat', caseOf(openai.chat(models.chat))),
  ...matrix('responses', caseOf(openai.responses(models.chat))),
  ...matrix('messages', caseOf(anthropic(claude.chat))),
  ...matrix('compatible', caseOf(compatible.chatModel(models.chat))),
  embeddings: async () => {
    const model = openai.embeddingModel(models.embeddings);
    const one = await embed({ model, value: 'one', maxRetries: 0 });
    const many = await embedMany({ model, values: ['one', 'two'], maxRetries: 0 });
    const other = compatible.embeddingModel(models.embeddings);
    const third = await embed({ model: other, value: 'one', maxRetries: 0 });
    return { one: one.embedding, many: many.embeddings, third: third.embedding };
  },
  'a wrong token': () =>
    generate(createOpenAI({ baseURL: `${url}/v1`, apiKey: 'caret_wrong' }).chat(models.chat)),
  'a wrong token at messages': () =>
    generate(createAnthropic({ baseURL: `${url}/v1`, apiKey: 'caret_wrong' })(claude.chat)),
  'an unknown model': () => generate(openai.responses('no-such-model')),
  'a rate limit, without retries': async () => {
    await script({ ...BUSY, headers: { 'retry-after': '30' } });
    return generate(anthropic(claude.busy));
  },
  'a rate limit, with retries': async () => {
    await script(BUSY, BUSY);
    const { text } = await generate(openai.chat(models.patient), { maxRetries: 2 });
    return { text };
  },
  'a stream of chat completions that is cut': async () => {
    await script({ kind: 'end', afterEvents: 3 });
    return endOfStream(openai.chat(models.cut));
  },
  'a stream of responses that is cut': async () => {
    await script({ kind: 'reset', afterEvents: 6 });
    return endOfStream(openai.responses(models.cut));
  },
  'a stream of messages that is cut': async () => {
    await script({ kind: 'end', afterEvents: 5 });
    return endOfStream(anthropic(claude.cut));
  },
});
