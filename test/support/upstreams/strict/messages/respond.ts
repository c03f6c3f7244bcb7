import type { Json } from '../json';
import { nextTurn, type Turn } from '../model/turn';
import type { Usage } from '../prompt-cache';
import type { StrictCall, StrictReply } from '../strict-call';
import { checkRequest } from './check-request';
import { COUNT_PARAMETERS, NEWEST } from './parameters';
import { readConversation } from './read-conversation';
import { streamMessage } from './stream-message';

const REASONS = {
  stop: 'end_turn',
  calls: 'tool_use',
  length: 'max_tokens',
  refusal: 'refusal',
  stop_text: 'stop_sequence',
};

/** Responds to `POST /v1/messages`. */
export function respondMessages(call: StrictCall): StrictReply {
  const { body, serial, state } = call;
  checkRequest(body, call.headers, state);
  const turn = nextTurn(readConversation(body));
  const usage = countInput(call);
  usage.outputTokens = turn.outputTokens;
  usage.reasoningTokens = turn.reasoningTokens;
  const message = {
    id: `msg_strict${serial}`,
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: createContent(call, turn),
    stop_reason: REASONS[turn.ending],
    stop_sequence: turn.stopText,
    stop_details: turn.isRefusal ? { type: 'refusal', category: null, explanation: null } : null,
    container: null,
    diagnostics: null,
    usage: toUsage(usage),
  };
  return body.stream ? { usage, events: streamMessage(message) } : { usage, body: message };
}

/** Responds to `POST /v1/messages/count_tokens`, which costs nothing. */
export function respondCountTokens(call: StrictCall): StrictReply {
  checkRequest(call.body, call.headers, call.state, COUNT_PARAMETERS);
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = countInput(call);
  const free = {
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
  };
  return { usage: free, body: { input_tokens: inputTokens + cacheReadTokens + cacheWriteTokens } };
}

/** Caches tools and system prompt if either has `cache_control`. */
function countInput({ body, state }: StrictCall): Usage {
  const { tools, system, messages } = body;
  const prefix = [tools, system];
  const isCached = JSON.stringify(prefix).includes('"cache_control"');
  return state.cache.count(isCached ? prefix : null, isCached ? messages : [prefix, messages]);
}

function createContent({ headers, serial, state }: StrictCall, { thinking, text, calls }: Turn): Json[] {
  const content: Json[] = [];
  if (thinking !== '') content.push({ type: 'thinking', thinking, signature: state.seals.seal(thinking) });
  // Older versions leave out what is null.
  const citations = headers['anthropic-version'] === NEWEST ? { citations: null } : {};
  if (text !== '') content.push({ type: 'text', text, ...citations });
  for (const [index, call] of calls.entries())
    content.push({
      type: 'tool_use',
      id: `toolu_strict${serial}_${index}`,
      name: call.name,
      input: JSON.parse(call.arguments),
      caller: { type: 'direct' },
    });
  return content;
}

function toUsage(usage: Usage): Json {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
    output_tokens: usage.outputTokens,
    output_tokens_details: { thinking_tokens: usage.reasoningTokens },
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: null,
    speed: null,
  };
}
