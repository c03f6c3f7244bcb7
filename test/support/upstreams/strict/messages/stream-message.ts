import type { Json } from '../json';
import { countTokens, piecesOf } from '../model/pieces';
import type { StrictEvent } from '../strict-call';

/** Returns the events of a message: its start, a ping, each block, its reason with the usage, and its end. */
export function streamMessage(message: Json): StrictEvent[] {
  const events: StrictEvent[] = [];
  const push = (type: string, fields: Json = {}, tokens = 0): void => {
    events.push({ text: `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`, tokens });
  };
  const { content, usage, stop_reason, stop_sequence, stop_details } = message;
  const isOpen = { content: [], stop_reason: null, stop_sequence: null, stop_details: null };
  push('message_start', { message: { ...message, ...isOpen, usage: { ...usage, output_tokens: 1 } } });
  push('ping');
  for (const [index, block] of content.entries()) {
    push('content_block_start', { index, content_block: openBlock(block) }, openingTokens(block));
    for (const [delta, tokens] of deltasOf(block)) push('content_block_delta', { index, delta }, tokens);
    push('content_block_stop', { index });
  }
  const delta = { stop_reason, stop_sequence, stop_details, container: null };
  push('message_delta', { delta, usage: toDeltaUsage(usage) });
  push('message_stop');
  return events;
}

function openBlock(block: Json): Json {
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' };
  return block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} };
}

function openingTokens(block: Json): number {
  return block.type === 'tool_use' ? countTokens(block.name + JSON.stringify(block.input)) : 0;
}

/** Returns the deltas of a block, each with its tokens. */
function deltasOf(block: Json): [Json, number][] {
  if (block.type === 'text') return piecesOf(block.text).map((text) => [{ type: 'text_delta', text }, 1]);
  if (block.type === 'tool_use') {
    const pieces = ['', ...piecesOf(JSON.stringify(block.input))];
    return pieces.map((partial_json) => [{ type: 'input_json_delta', partial_json }, 0]);
  }
  const thoughts = piecesOf(block.thinking).map((thinking): [Json, number] => [
    { type: 'thinking_delta', thinking },
    1,
  ]);
  return [...thoughts, [{ type: 'signature_delta', signature: block.signature }, 0]];
}

function toDeltaUsage(usage: Json): Json {
  return {
    input_tokens: usage.input_tokens,
    cache_creation_input_tokens: usage.cache_creation_input_tokens,
    cache_read_input_tokens: usage.cache_read_input_tokens,
    output_tokens: usage.output_tokens,
    output_tokens_details: usage.output_tokens_details,
    server_tool_use: null,
  };
}
