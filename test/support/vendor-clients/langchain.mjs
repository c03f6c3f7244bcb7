/** The scenarios of LangChain's models for OpenAI and Anthropic. */
import { ChatAnthropic } from '@langchain/anthropic';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { getWeather, WEATHER_SCHEMA } from './cases.mjs';
import { matrix, runScenarios, script, settings } from './client-process.mjs';

const { url, token, openai: models, anthropic: claude } = settings;

const TOOL = {
  type: 'function',
  function: { name: 'get_weather', description: 'The weather.', parameters: WEATHER_SCHEMA },
};

/** LangChain knows reasoning models by their names, so `more` may carry the parameters of reasoning. */
function chatOpenai({ maxTokens } = {}, more = {}) {
  return new ChatOpenAI({
    model: models.chat,
    apiKey: token,
    configuration: { baseURL: `${url}/v1` },
    maxRetries: 0,
    ...(maxTokens && { maxTokens }),
    ...more,
  });
}

function chatAnthropic({ thinking, maxTokens } = {}, more = {}) {
  return new ChatAnthropic({
    model: claude.chat,
    apiKey: token,
    anthropicApiUrl: url,
    maxRetries: 0,
    maxTokens: maxTokens ?? 4096,
    ...(thinking && { thinking: { type: 'enabled', budget_tokens: 1024 } }),
    ...more,
  });
}

function humanMessage({ prompt, image, pdf }) {
  const contentBlocks = [{ type: 'text', text: prompt }];
  if (image) contentBlocks.push({ type: 'image', mimeType: 'image/png', data: image });
  if (pdf)
    contentBlocks.push({
      type: 'file',
      mimeType: 'application/pdf',
      data: pdf,
      metadata: { filename: 'a.pdf' },
    });
  return new HumanMessage({ contentBlocks });
}

async function send(model, messages, stream) {
  if (!stream) return model.invoke(messages);
  let whole;
  for await (const chunk of await model.stream(messages)) whole = whole?.concat(chunk) ?? chunk;
  return whole;
}

/** Structured outputs grow: the last chunk is the whole. LangChain cannot iterate over those of responses. */
async function sendStructured(report, model, messages, stream) {
  if (!stream || model.streaming) return report.invoke(messages);
  let last;
  for await (const chunk of await report.stream(messages)) last = chunk;
  return last;
}

async function converse(model, given, stream) {
  const first = [humanMessage(given)];
  if (given.schema) {
    const report = await model.withStructuredOutput(given.schema, { name: 'report', method: 'jsonSchema' });
    return {
      calls: [],
      ending: null,
      text: JSON.stringify(await sendStructured(report, model, first, stream)),
    };
  }
  const bound = given.tools ? model.bindTools([TOOL]) : model;
  const reply = await send(bound, first, stream);
  const calls = reply.tool_calls ?? [];
  const results = calls.map(
    ({ id, args }) => new ToolMessage({ tool_call_id: id, content: getWeather(args) }),
  );
  const last = calls.length > 0 ? await send(bound, [...first, reply, ...results], stream) : reply;
  const reasoning = reply.additional_kwargs.reasoning?.summary[0].text;
  const thinking = reply.contentBlocks.find(({ type }) => type === 'reasoning')?.reasoning;
  const { finish_reason, stop_reason, status, incomplete_details } = last.response_metadata;
  return {
    calls: calls.map(({ name, args }) => [name, args]),
    text: last.text,
    refusal: last.additional_kwargs.refusal ?? null,
    thinking: thinking ?? reasoning ?? null,
    ending:
      finish_reason ??
      stop_reason ??
      last.additional_kwargs.stop_reason ??
      incomplete_details?.reason ??
      status,
    usage: [last.usage_metadata.input_tokens, last.usage_metadata.output_tokens],
  };
}

const BUSY = { kind: 'error', status: 429, headers: { 'retry-after': '1' } };

await runScenarios({
  ...matrix('chat', (given, stream) => {
    const more = given.thinking && { modelKwargs: { reasoning_effort: 'high' } };
    return converse(chatOpenai(given, more), given, stream);
  }),
  ...matrix('responses', (given, streaming) => {
    const more = given.thinking && { modelKwargs: { reasoning: { effort: 'high', summary: 'auto' } } };
    return converse(chatOpenai(given, { streaming, useResponsesApi: true, ...more }), given, streaming);
  }),
  ...matrix('messages', (given, stream) => converse(chatAnthropic(given), given, stream)),
  embeddings: async () => {
    const model = new OpenAIEmbeddings({
      model: models.embeddings,
      apiKey: token,
      configuration: { baseURL: `${url}/v1` },
    });
    return { one: await model.embedQuery('one'), many: await model.embedDocuments(['one', 'two']) };
  },
  'a wrong token': () => chatOpenai({}, { apiKey: 'caret_wrong' }).invoke('hi'),
  'a wrong token at messages': () => chatAnthropic({}, { apiKey: 'caret_wrong' }).invoke('hi'),
  'an unknown model': () => chatOpenai({}, { model: 'no-such-model' }).invoke('hi'),
  'a rate limit, without retries': async () => {
    await script({ ...BUSY, headers: { 'retry-after': '30' } });
    return chatAnthropic({}, { model: claude.busy }).invoke('hi');
  },
  'a rate limit, with retries': async () => {
    await script(BUSY, BUSY);
    const { text } = await chatOpenai({}, { model: models.patient, maxRetries: 2 }).invoke('hi');
    return { text };
  },
  'a stream of chat completions that is cut': async () => {
    await script({ kind: 'end', afterEvents: 3 });
    return send(chatOpenai({}, { model: models.cut }), 'hi', true);
  },
  'a stream of messages that is cut': async () => {
    await script({ kind: 'end', afterEvents: 5 });
    return send(chatAnthropic({}, { model: claude.cut }), 'hi', true);
  },
});
