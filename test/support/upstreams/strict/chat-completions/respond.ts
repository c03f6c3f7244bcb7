import type { Json } from '../json';
import { nextTurn, type Turn } from '../model/turn';
import type { Usage } from '../prompt-cache';
import type { StrictCall, StrictReply } from '../strict-call';
import { checkRequest } from './check-request';
import { readConversation } from './read-conversation';
import { streamChoices } from './stream-choices';

const REASONS = { stop: 'stop', calls: 'tool_calls', length: 'length', refusal: 'stop', stop_text: 'stop' };

/** Responds to `POST /v1/chat/completions`. */
export function respondChat(call: StrictCall): StrictReply {
  const { body, serial, state } = call;
  checkRequest(body);
  const turn = nextTurn(readConversation(body));
  const choices: number = body.n ?? 1;
  const { messages, tools, prompt_cache_key: key, ...settings } = body;
  const system = key === undefined ? [] : messages.filter(({ role }: Json) => role === 'system');
  const rest = messages.filter((message: Json) => !system.includes(message));
  const usage = state.cache.count(system.length > 0 ? [key, system] : null, [
    rest,
    tools,
    settings.response_format,
  ]);
  usage.outputTokens = turn.outputTokens * choices;
  usage.reasoningTokens = turn.reasoningTokens * choices;
  const base = { id: `chatcmpl-strict${serial}`, created: 1_790_000_000 + serial, model: body.model };
  const shown = toUsage(usage);
  if (body.stream) {
    const wantsUsage = body.stream_options?.include_usage === true;
    return { usage, events: streamChoices(base, turn, REASONS[turn.ending], choices, wantsUsage && shown) };
  }
  const indexes = Array.from({ length: choices }, (_, index) => index);
  return {
    usage,
    body: {
      ...base,
      object: 'chat.completion',
      choices: indexes.map((index) => ({
        index,
        message: toMessage(turn, `call_strict${serial}_${index}`),
        logprobs: null,
        finish_reason: REASONS[turn.ending],
      })),
      usage: shown,
      service_tier: 'default',
      system_fingerprint: null,
    },
  };
}

function toMessage({ thinking, text, isRefusal, calls }: Turn, id: string): Json {
  const said = isRefusal || text === '' ? null : text;
  return {
    role: 'assistant',
    content: said,
    refusal: isRefusal ? text : null,
    annotations: [],
    ...(thinking && { reasoning_content: thinking }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call, index) => ({ id: `${id}_${index}`, type: 'function', function: call })),
    }),
  };
}

function toUsage(usage: Usage): Json {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  const prompt = inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: outputTokens,
    total_tokens: prompt + outputTokens,
    prompt_tokens_details: {
      cached_tokens: cacheReadTokens,
      cache_write_tokens: cacheWriteTokens,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
