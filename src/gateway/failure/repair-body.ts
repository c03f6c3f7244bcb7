import type { Protocol } from '../../upstream/protocol';
import { wholeSpan } from '../json/span';
import { type Repair } from './repairs';
import { stripBlockMarks, stripMark, stripToolMarks } from './strip-cache-marks';
import {
  demandsThinking,
  isWithinToolLoop,
  stripReasoningDetails,
  stripReasoningItems,
  stripThinking,
  stripThinkingEdits,
} from './strip-reasoning';

/** The top-level members of a request. */
export interface RequestMembers {
  /** Returns the JSON of a member, or null if it is absent. */
  memberBytes(key: string): Buffer | null;
}

/** Changes of top-level members. */
export interface MemberChanges {
  /** The new JSON of members. */
  readonly set: Map<string, string>;
  readonly remove: Set<string>;
}

/** A longer member is not changed, because that takes a copy of it. */
const MAX_MEMBER_BYTES = 16 * 1024 * 1024;

/**
 * Returns what the repairs change in a body. `stream_usage` and `beta_flags` change none: the first is not inserted, and
 * the second are in a header.
 */
export function repairBody(
  body: RequestMembers,
  protocol: Protocol | null,
  repairs: readonly Repair[],
): MemberChanges {
  const changes: MemberChanges = { set: new Map(), remove: new Set() };
  const edits = new MemberEdits(body, changes);
  for (const { name, only } of repairs) {
    if (name === 'encoding_format') changes.set.set('encoding_format', '"float"');
    if (name === 'cache_marks') stripCacheMarks(edits, only);
    if (name === 'reasoning_history') stripReasoning(edits, protocol);
  }
  return changes;
}

/** Whether the bytes of a body may have a mark that `cache_marks` removes. */
export function mayHaveCacheMarks(body: Buffer): boolean {
  return body.includes('"cache_control"');
}

/** Whether the bytes of a body may have reasoning that `reasoning_history` removes. */
export function mayHaveReasoning(body: Buffer, protocol: Protocol | null): boolean {
  switch (protocol) {
    case 'anthropic_messages':
      return body.includes('thinking"');
    case 'openai_responses':
      return body.includes('"reasoning"');
    default:
      return body.includes('"reasoning_details"');
  }
}

function stripCacheMarks(edits: MemberEdits, only: readonly string[] | null): void {
  edits.apply('messages', (bytes) => stripBlockMarks(bytes, only));
  edits.apply('system', (bytes) => stripBlockMarks(bytes, only));
  edits.apply('tools', (bytes) => stripToolMarks(bytes, only));
  edits.apply('cache_control', (bytes) => stripMark(bytes, wholeSpan(bytes), only));
}

function stripReasoning(edits: MemberEdits, protocol: Protocol | null): void {
  if (protocol === 'openai_responses') edits.apply('input', stripReasoningItems);
  if (protocol === 'openai_chat_completions') edits.apply('messages', stripReasoningDetails);
  if (protocol !== 'anthropic_messages') return;
  edits.apply('messages', stripThinking);
  const messages = edits.read('messages');
  const thinking = edits.read('thinking');
  if (messages === null || thinking === null) return;
  if (!demandsThinking(thinking) || !isWithinToolLoop(messages)) return;
  edits.apply('thinking', () => '{"type":"disabled"}');
  edits.apply('context_management', stripThinkingEdits);
}

/** The members of a body with the changes so far. */
class MemberEdits {
  constructor(
    private readonly body: RequestMembers,
    private readonly changes: MemberChanges,
  ) {}

  read(key: string): Buffer | null {
    const changed = this.changes.set.get(key);
    if (changed !== undefined) return Buffer.from(changed);
    return this.changes.remove.has(key) ? null : this.body.memberBytes(key);
  }

  /** `edit` returns null for no change, and undefined to remove the member. */
  apply(key: string, edit: (bytes: Buffer) => string | undefined | null): void {
    const bytes = this.read(key);
    if (bytes === null || bytes.length > MAX_MEMBER_BYTES) return;
    const edited = edit(bytes);
    if (edited === undefined) {
      this.changes.set.delete(key);
      this.changes.remove.add(key);
    } else if (edited !== null) {
      this.changes.set.set(key, edited);
    }
  }
}
