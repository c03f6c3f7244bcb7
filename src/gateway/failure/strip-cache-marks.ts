import { type Span, wholeSpan } from '../json/span';
import { type Edit, editElements, editMembers } from './edit-json';

/** Results of tools have blocks within blocks. */
const MAX_BLOCK_DEPTH = 4;

/** Returns the JSON of `messages` or `system` without cache marks, or null if nothing changes. */
export function stripBlockMarks(bytes: Buffer, only: readonly string[] | null): string | null {
  const stripBlock = (block: Span, depth: number): string | null =>
    editMembers(bytes, block, (key, value) => {
      if (key === 'cache_control') return stripMark(bytes, value, only);
      // The input of a tool call is the caller's own data, whatever the names of its members.
      if (key !== 'content' || depth === MAX_BLOCK_DEPTH) return null;
      return editElements(bytes, value, (inner) => stripBlock(inner, depth + 1));
    });
  return editElements(bytes, wholeSpan(bytes), (block) => stripBlock(block, 0));
}

/** Returns the JSON of `tools` without cache marks, or null if nothing changes. Does not touch their schemas. */
export function stripToolMarks(bytes: Buffer, only: readonly string[] | null): string | null {
  return editElements(bytes, wholeSpan(bytes), (tool) =>
    editMembers(bytes, tool, (key, value) =>
      key === 'cache_control' ? stripMark(bytes, value, only) : null,
    ),
  );
}

/** Removes a mark, or only some of its members. */
export function stripMark(bytes: Buffer, mark: Span, only: readonly string[] | null): Edit {
  if (only === null) return undefined;
  return editMembers(bytes, mark, (key) => (only.includes(key) ? undefined : null));
}
