import { ANTHROPIC_FAULTS, checkMembers } from '../check-members';
import { toParts, type Json } from '../json';
import type { StrictState } from '../strict-call';
import { StrictError } from '../strict-error';
import { BLOCKS, BLOCKS_OF } from './parameters';

/**
 * Throws unless the turns have the vendor's form: a user begins, each block belongs to its role, the results of tools
 * come first in the turn right after their calls, and thinking has this upstream's signature.
 */
export function checkMessages({ messages, system, thinking }: Json, state: StrictState): void {
  if (messages.length === 0) throw new StrictError(400, 'messages: at least one message is required');
  if (Array.isArray(system)) checkBlocks(system, 'system', 'system', state);
  for (const [index, { role, content }] of messages.entries()) {
    const path = `messages.${index}`;
    if (!BLOCKS_OF.has(role))
      throw new StrictError(400, `${path}.role: Input should be 'user', 'assistant' or 'system'`);
    if (index === 0 && role !== 'user')
      throw new StrictError(400, 'messages: first message must use the "user" role');
    if (content === undefined) throw ANTHROPIC_FAULTS.missing(`${path}.content`);
    if (content === '') throw new StrictError(400, `${path}: user messages must have non-empty content`);
    if (typeof content !== 'string') checkBlocks(content, role, `${path}.content`, state);
  }
  const turns = joinTurns(messages);
  checkResults(turns);
  if (thinking?.type === 'enabled') checkLastThinking(turns);
  if (turns.at(-1)?.role === 'assistant')
    throw new StrictError(400, 'This model does not support assistant message prefill.');
}

interface TurnBlocks {
  readonly role: string;
  readonly blocks: Json[];
}

/** Joins consecutive messages of one role, as the vendor does. */
function joinTurns(messages: Json[]): TurnBlocks[] {
  const turns: TurnBlocks[] = [];
  for (const { role, content } of messages.filter((message) => message.role !== 'system')) {
    if (turns.at(-1)?.role !== role) turns.push({ role, blocks: [] });
    turns.at(-1)!.blocks.push(...toParts(content, 'text'));
  }
  return turns;
}

function checkBlocks(blocks: Json[], role: string, path: string, state: StrictState): void {
  if (!Array.isArray(blocks)) throw ANTHROPIC_FAULTS.type(path, 'list');
  for (const [index, block] of blocks.entries()) {
    const at = `${path}.${index}`;
    const table = BLOCKS.get(block?.type);
    if (!table || !BLOCKS_OF.get(role)?.includes(block.type))
      throw new StrictError(
        400,
        `${at}: Input tag '${block?.type}' found using 'type' does not match any of the expected tags`,
      );
    checkMembers(block, `${at}.${block.type}`, table, ANTHROPIC_FAULTS);
    if (block.text === '') throw new StrictError(400, `${path}: text content blocks must be non-empty`);
    if (block.type === 'image' || block.type === 'document') checkSource(block, at);
    if (block.type === 'tool_result' && Array.isArray(block.content))
      checkBlocks(block.content, 'user', `${at}.tool_result.content`, state);
    if (block.type === 'thinking' && !state.seals.isSealOf(block.signature, block.thinking))
      throw new StrictError(400, `${at}: Invalid \`signature\` in \`thinking\` block`);
  }
}

const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

function checkSource({ type, source }: Json, path: string): void {
  const at = `${path}.${type}.source`;
  if (source.type === 'url' || source.type === 'file' || source.type === 'content') return;
  if (source.type === 'text' && type === 'document') return;
  if (source.type !== 'base64')
    throw new StrictError(400, `${at}: Input tag '${source.type}' does not match any of the expected tags`);
  const expected = type === 'image' ? IMAGES : ['application/pdf'];
  if (!expected.includes(source.media_type))
    throw new StrictError(400, `${at}.base64.media_type: Input should be '${expected.join("' or '")}'`);
  if (typeof source.data !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(source.data))
    throw new StrictError(400, `${at}.base64.data: Invalid base64 data`);
}

function checkResults(turns: readonly TurnBlocks[]): void {
  for (const [index, { blocks }] of turns.entries()) {
    const calls = toolIds(turns[index - 1]?.blocks ?? []);
    const stray = blocks.find((block) => block.type === 'tool_result' && !calls.has(block.tool_use_id));
    if (stray)
      throw new StrictError(
        400,
        `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray.tool_use_id}. ` +
          'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
      );
    const open = toolIds(blocks);
    for (const { type, tool_use_id: id } of turns[index + 1]?.blocks ?? []) {
      if (type !== 'tool_result') break;
      open.delete(id);
    }
    if (open.size > 0)
      throw new StrictError(
        400,
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
          `${[...open].join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
  }
}

function toolIds(blocks: readonly Json[]): Set<string> {
  return new Set(blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id));
}

/** Within a loop of tools, the last turn of the assistant must begin with thinking. */
function checkLastThinking(turns: readonly TurnBlocks[]): void {
  const last = turns.findLastIndex(({ role }) => role === 'assistant');
  const first = turns[last]?.blocks[0]?.type;
  const isLoop = turns.at(-1)?.blocks.some(({ type }) => type === 'tool_result');
  if (!isLoop || first === 'thinking' || first === 'redacted_thinking') return;
  throw new StrictError(
    400,
    `messages.${last}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. ` +
      'When `thinking` is enabled, a final `assistant` message must start with a thinking block.',
  );
}
