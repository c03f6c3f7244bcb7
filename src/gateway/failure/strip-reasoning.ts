import { ElementCursor } from '../json/element-cursor';
import { memberOf } from '../json/find-value';
import { stringAt } from '../json/read-value';
import { type Span, valueSpan, wholeSpan } from '../json/span';
import { editElements, editMembers } from './edit-json';

const THINKING = new Set(['thinking', 'redacted_thinking']);

/** Returns `input` of the Responses API without reasoning items, or null if nothing changes. */
export function stripReasoningItems(input: Buffer): string | null {
  return editElements(input, wholeSpan(input), (item) =>
    typeOf(input, item) === 'reasoning' ? undefined : null,
  );
}

/** Returns `messages` of chat completions without sealed reasoning, or null if nothing changes. */
export function stripReasoningDetails(messages: Buffer): string | null {
  return editElements(messages, wholeSpan(messages), (message) =>
    editMembers(messages, message, (key) => (key === 'reasoning_details' ? undefined : null)),
  );
}

/**
 * Returns `messages` of the Messages API without thinking blocks, or null if nothing changes. Removes a message that had
 * nothing else, because the API rejects an empty one.
 */
export function stripThinking(messages: Buffer): string | null {
  return editElements(messages, wholeSpan(messages), (message) => {
    let isEmpty = false;
    const edited = editMembers(messages, message, (key, value) => {
      if (key !== 'content') return null;
      const content = editElements(messages, value, (block) =>
        THINKING.has(typeOf(messages, block) ?? '') ? undefined : null,
      );
      isEmpty = content === '[]';
      return content;
    });
    return isEmpty ? undefined : edited;
  });
}

/** Whether the last message has results of tools, so that its turn must have begun with thinking if that is enabled. */
export function isWithinToolLoop(messages: Buffer): boolean {
  const last = lastElement(messages, wholeSpan(messages));
  const content = last && memberOf(messages, last.start, last.end, 'content');
  if (!content) return false;
  const blocks = new ElementCursor(messages, content.end);
  if (!blocks.enter(content.start)) return false;
  while (blocks.next()) {
    if (typeOf(messages, valueSpan(blocks)) === 'tool_result') return true;
  }
  return false;
}

/** Whether `thinking` demands that an assistant's turn begins with thinking. `adaptive` does not. */
export function demandsThinking(thinking: Buffer): boolean {
  return typeOf(thinking, wholeSpan(thinking)) === 'enabled';
}

/**
 * Returns `context_management` without the edits that need thinking, undefined if none are left, or null if nothing
 * changes.
 */
export function stripThinkingEdits(contextManagement: Buffer): string | undefined | null {
  const edits = memberOf(contextManagement, 0, contextManagement.length, 'edits');
  if (edits === null) return null;
  const left = editElements(contextManagement, edits, (edit) =>
    typeOf(contextManagement, edit)?.startsWith('clear_thinking') ? undefined : null,
  );
  if (left === null) return null;
  if (left === '[]') return undefined;
  return editMembers(contextManagement, wholeSpan(contextManagement), (key) =>
    key === 'edits' ? left : null,
  );
}

function lastElement(bytes: Buffer, { start, end }: Span): Span | null {
  const cursor = new ElementCursor(bytes, end);
  if (!cursor.enter(start)) return null;
  let last: Span | null = null;
  while (cursor.next()) last = valueSpan(cursor);
  return last;
}

function typeOf(bytes: Buffer, { start, end }: Span): string | null {
  const type = memberOf(bytes, start, end, 'type');
  return type === null ? null : stringAt(bytes, type);
}
