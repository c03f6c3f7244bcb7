import { checkFile, checkImageUrl } from '../chat-completions/check-messages';
import { invalidValue } from '../chat-completions/check-request';
import { checkMembers, OPENAI_FAULTS } from '../check-members';
import type { Json } from '../json';
import type { StrictState } from '../strict-call';
import { StrictError } from '../strict-error';
import { ITEMS, PARTS } from './parameters';

const ROLES = ['assistant', 'system', 'developer', 'user'];

/**
 * Returns the whole conversation: the items of the previous response, then the input's, with references resolved.
 * Throws the vendor's error for an unknown response, an invalid item, a call without its output, or foreign reasoning.
 */
export function readItems(body: Json, state: StrictState): Json[] {
  const { previous_response_id: previous, input } = body;
  const earlier = previous ? state.responses.get(previous) : [];
  if (!earlier)
    throw new StrictError(
      400,
      `Previous response with id '${previous}' not found.`,
      'previous_response_id',
      'previous_response_not_found',
    );
  const given: Json[] = typeof input === 'string' ? [{ role: 'user', content: input }] : (input ?? []);
  if (given.length === 0 && !previous) throw OPENAI_FAULTS.missing('input');
  const items = given.map((item, index) => readItem(item, `input[${index}]`, state));
  const all = [...earlier, ...items];
  checkCalls(all);
  return all;
}

function readItem(item: Json, path: string, state: StrictState): Json {
  const type = item?.type ?? (item?.role === undefined ? 'item_reference' : 'message');
  const table = ITEMS.get(type);
  if (!table) throw invalidValue(`${path}.type`, type, [...ITEMS.keys()]);
  checkMembers(item, path, table, OPENAI_FAULTS);
  if (type === 'item_reference') return findItem(item.id, state);
  if (type === 'message') checkMessage(item, path);
  if (type.endsWith('_output') && Array.isArray(item.output)) checkParts(item.output, `${path}.output`);
  const isForeign =
    (type === 'reasoning' && item.encrypted_content && !isOwnReasoning(item, state)) ||
    (type === 'compaction' && !state.seals.isSealOf(item.encrypted_content, 'compaction'));
  if (isForeign)
    throw new StrictError(
      400,
      'The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.',
      null,
      'invalid_encrypted_content',
    );
  if (type === 'reasoning' && !item.encrypted_content) return findItem(item.id, state);
  return item;
}

function isOwnReasoning({ id, encrypted_content: seal, summary }: Json, { seals }: StrictState): boolean {
  const text = summary.map((part: Json) => part.text).join('');
  return seals.isSealOf(seal, `${id}:${text}`);
}

function findItem(id: string, { responses }: StrictState): Json {
  const item = [...responses.values()].flat().find((each) => each.id === id);
  if (item) return item;
  const hint = 'Items are not persisted when `store` is set to false. Try again with `store` set to true.';
  throw new StrictError(404, `Item with id '${id}' not found. ${hint}`, 'input');
}

function checkMessage({ role, content }: Json, path: string): void {
  if (!ROLES.includes(role)) throw invalidValue(`${path}.role`, role, ROLES);
  if (typeof content === 'string') return;
  const isOutput = (type: string): boolean => type === 'output_text' || type === 'refusal';
  for (const [index, part] of content.entries())
    if (isOutput(part?.type) !== (role === 'assistant'))
      throw invalidValue(`${path}.content[${index}]`, part?.type, supportedBy(role));
  checkParts(content, `${path}.content`);
}

function supportedBy(role: string): readonly string[] {
  return role === 'assistant' ? ['output_text', 'refusal'] : ['input_text', 'input_image', 'input_file'];
}

function checkParts(parts: Json[], path: string): void {
  for (const [index, part] of parts.entries()) {
    const at = `${path}[${index}]`;
    const table = PARTS.get(part?.type);
    if (!table) throw invalidValue(at, part?.type, [...PARTS.keys()]);
    checkMembers(part, at, table, OPENAI_FAULTS);
    if (part.type === 'input_image' && !part.file_id) checkImageUrl(part.image_url, `${at}.image_url`);
    if (part.type === 'input_file' && !part.file_url) checkFile(part, at);
  }
}

function checkCalls(items: Json[]): void {
  const isOutput = ({ type }: Json): boolean => type?.endsWith('_call_output') === true;
  const isCall = ({ type }: Json): boolean => type === 'function_call' || type === 'custom_tool_call';
  const ids = (list: Json[]): Set<string> => new Set(list.map(({ call_id }) => call_id));
  const [calls, outputs] = [ids(items.filter(isCall)), ids(items.filter(isOutput))];
  for (const id of calls)
    if (!outputs.has(id))
      throw new StrictError(400, `No tool output found for function call ${id}.`, 'input');
  for (const id of outputs)
    if (!calls.has(id))
      throw new StrictError(400, `No tool call found for function call output with call_id ${id}.`, 'input');
}
