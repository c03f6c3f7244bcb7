import { checkMembers, OPENAI_FAULTS } from '../check-members';
import type { Json } from '../json';
import { StrictError } from '../strict-error';
import { MESSAGES, PARTS, PARTS_OF } from './parameters';

/** Throws unless each message has the form of its role, and each call of a tool has its result right after it. */
export function checkMessages(messages: Json[]): void {
  if (messages.length === 0)
    throw new StrictError(
      400,
      "Invalid 'messages': empty array. Expected an array with minimum length 1.",
      'messages',
      'empty_array',
    );
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`;
    checkMessage(message, path);
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id))
        throw new StrictError(
          400,
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
        );
      continue;
    }
    requireResults(open, index);
    open = new Set((message.tool_calls ?? []).map(({ id }: Json) => id));
  }
  requireResults(open, messages.length);
}

function requireResults(open: ReadonlySet<string>, index: number): void {
  if (open.size === 0) return;
  throw new StrictError(
    400,
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    `messages.[${index}].role`,
  );
}

function checkMessage(message: Json, path: string): void {
  const table = MESSAGES.get(message?.role);
  if (!table)
    throw new StrictError(
      400,
      `Invalid value: '${message?.role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`,
      `${path}.role`,
      'invalid_value',
    );
  checkMembers(message, path, table, OPENAI_FAULTS);
  if (message.role === 'assistant' && !message.content && !message.tool_calls && !message.refusal)
    throw OPENAI_FAULTS.type(`${path}.content`, 'a string or array of objects, but got null');
  if (Array.isArray(message.content))
    for (const [index, part] of message.content.entries())
      checkPart(part, message.role, `${path}.content[${index}]`);
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    const at = `${path}.tool_calls[${index}]`;
    if (typeof call.id !== 'string') throw OPENAI_FAULTS.missing(`${at}.id`);
    if (call.type !== 'function' && call.type !== 'custom') throw OPENAI_FAULTS.missing(`${at}.type`);
    if (call.type === 'function' && typeof call.function?.arguments !== 'string')
      throw OPENAI_FAULTS.type(`${at}.function.arguments`, 'a string');
  }
}

function checkPart(part: Json, role: string, path: string): void {
  const table = PARTS.get(part?.type);
  if (!table || !PARTS_OF.get(role)?.includes(part.type)) {
    const supported = PARTS_OF.get(role)?.join("', '");
    throw new StrictError(
      400,
      `Invalid value: '${part?.type}'. Supported values are: '${supported}'.`,
      path,
      'invalid_value',
    );
  }
  checkMembers(part, path, table, OPENAI_FAULTS);
  if (part.type === 'image_url') checkImageUrl(part.image_url.url, `${path}.image_url.url`);
  if (part.type === 'file') checkFile(part.file, path);
}

/** Throws unless a picture is a URL, or a `data:` URL with base64 of a type that OpenAI reads. */
export function checkImageUrl(url: Json, path: string): void {
  if (typeof url !== 'string') throw OPENAI_FAULTS.missing(path);
  if (/^https?:\/\//.test(url)) return;
  if (!/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/.test(url))
    throw new StrictError(400, 'You uploaded an unsupported image.', path, 'invalid_image_format');
}

/** Throws unless a document is a file's id, or a PDF with a name. */
export function checkFile({ file_id: id, file_data: data, filename }: Json, path: string): void {
  if (id) return;
  if (typeof data !== 'string' || !data.startsWith('data:application/pdf;base64,'))
    throw new StrictError(400, `Invalid file data: '${path}'. Expected a PDF.`, path, 'invalid_value');
  if (typeof filename !== 'string') throw OPENAI_FAULTS.missing(`${path}.filename`);
}
