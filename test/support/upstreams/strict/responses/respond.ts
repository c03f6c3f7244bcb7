import type { Json } from '../json';
import { nextTurn, type Turn } from '../model/turn';
import type { Usage } from '../prompt-cache';
import type { StrictCall, StrictReply } from '../strict-call';
import { checkRequest } from './check-request';
import { createOutput } from './create-output';
import { readConversation } from './read-conversation';
import { readItems } from './read-items';
import { streamResponse } from './stream-response';

/** Responds to `POST /v1/responses`. Stores the response unless `store` is false. */
export function respondResponses(call: StrictCall): StrictReply {
  const { body, serial, state } = call;
  checkRequest(body);
  const items = readItems(body, state);
  const turn = nextTurn(readConversation(body, items));
  const output = createOutput(call, turn);
  const { prompt_cache_key: key, instructions } = body;
  const cached = key === undefined || !instructions ? null : [key, instructions];
  const usage = state.cache.count(cached, [items, body.tools, body.text, cached ? null : instructions]);
  usage.outputTokens = turn.outputTokens;
  usage.reasoningTokens = turn.reasoningTokens;
  const id = `resp_strict${serial}`;
  if (body.store !== false) state.responses.set(id, [...items, ...output]);
  const response = { ...createResponse(id, call, turn), output, usage: toUsage(usage) };
  if (!body.stream) return { usage, body: response };
  return { usage, events: streamResponse(response) };
}

function createResponse(id: string, { body, serial }: StrictCall, { ending }: Turn): Json {
  const isCut = ending === 'length';
  return {
    id,
    object: 'response',
    created_at: 1_790_000_000 + serial,
    status: isCut ? 'incomplete' : 'completed',
    background: false,
    error: null,
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: body.model,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: body.reasoning?.summary ?? null },
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

/** Returns token counts in the form of responses. */
export function toUsage(usage: Usage): Json {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  const input = inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: input + outputTokens,
  };
}
