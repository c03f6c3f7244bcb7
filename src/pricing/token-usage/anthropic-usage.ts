import { readTotals } from './openai-usage';
import type { NotPriced } from './token-usage';
import type { UsageReader } from './usage-reader';
import { addTokens, type CountedTokens } from './vendor-counts';

/**
 * Reads a usage whose input excludes cache reads and cache writes
 * (platform.claude.com/docs/en/build-with-claude/prompt-caching, "Tracking cache performance"). Tokens of compaction are
 * charged too, but `iterations` lists them and the totals exclude them
 * (platform.claude.com/docs/en/build-with-claude/compaction, "Understanding usage").
 */
export function readAnthropicUsage(reader: UsageReader, isRestInput: boolean): CountedTokens | null {
  const form = { excludesCaches: true };
  return [
    readTotals(reader, { ...form, isRestInput }),
    ...compactions(reader).map((base) => readTotals(reader, { ...form, base })),
  ].reduce((sum, counted) => (sum === null || counted === null ? null : addTokens(sum, counted)));
}

/** The iterations of an adviser belong to another model with its own rates, so the totals exclude them. */
export function foreignIterations(reader: UsageReader): NotPriced[] {
  return reader.items('iterations').flatMap((item) => {
    const type = reader.peek(`${item}/type`);
    if (type === 'message' || type === 'compaction') return [];
    const base = `${item}/`;
    const counted = readTotals(reader, { excludesCaches: true, base });
    const quantity = Object.values(counted?.tokens ?? {}).reduce((sum, tokens) => sum + tokens, 0);
    if (quantity === 0) return [];
    const reason = 'Another model generated these tokens. Price them with its rates.';
    return [{ pointer: `${reader.pointer}/${item}`, quantity, reason }];
  });
}

function compactions(reader: UsageReader): string[] {
  return reader
    .items('iterations')
    .filter((item) => reader.peek(`${item}/type`) === 'compaction')
    .map((item) => `${item}/`);
}
