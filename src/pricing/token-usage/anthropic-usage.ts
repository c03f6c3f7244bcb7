import { TOKEN_KINDS } from '../price-kinds';
import { readTotals } from './openai-usage';
import { type NotPriced, type Sampling, sumTokens } from './token-usage';
import type { UsageReader } from './usage-reader';
import type { CountedTokens } from './vendor-counts';

/**
 * Reads a usage whose input excludes cache reads and cache writes
 * (platform.claude.com/docs/en/build-with-claude/prompt-caching, "Tracking cache performance"). Tokens of compaction are
 * charged too, but `iterations` lists them and the totals exclude them
 * (platform.claude.com/docs/en/build-with-claude/compaction, "Understanding usage"). Each iteration is a request to the
 * model, so each has its own tier.
 */
export function readAnthropicUsage(reader: UsageReader, isRestInput: boolean): CountedTokens | null {
  const read = (base: string): CountedTokens | null => readTotals(reader, { excludesCaches: true, base });
  const whole = readTotals(reader, { excludesCaches: true, isRestInput });
  const messages = iterationsOf(reader, 'message').map(read).filter(isRead);
  const compactions = iterationsOf(reader, 'compaction').map(read).filter(isRead);
  if (whole === null || reader.errors.length > 0) return null;
  const isSplit = messages.length > 1 && isSameUsage(addSamplings(messages), whole);
  const samplings = [...(isSplit ? messages : [whole]), ...compactions];
  const assumed = [whole, ...compactions].some((one) => one.assumed);
  const sum = addSamplings([whole, ...compactions]);
  if (Object.values(sum.tokens).every(Number.isSafeInteger)) return { ...sum, samplings, assumed };
  const detail = `The tokens of all iterations must not exceed ${Number.MAX_SAFE_INTEGER} in total.`;
  reader.reject({ pointer: `${reader.pointer}/iterations`, code: 'range', detail });
  return null;
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

function iterationsOf(reader: UsageReader, type: string): string[] {
  return reader
    .items('iterations')
    .filter((item) => reader.peek(`${item}/type`) === type)
    .map((item) => `${item}/`);
}

function isRead(counted: CountedTokens | null): counted is CountedTokens {
  return counted !== null;
}

function addSamplings(samplings: readonly Sampling[]): Sampling {
  const reasoning = samplings.reduce((sum, one) => sum + one.reasoning, 0);
  return { tokens: sumTokens(samplings.map(({ tokens }) => tokens)), reasoning };
}

function isSameUsage(one: Sampling, other: Sampling): boolean {
  return (
    one.reasoning === other.reasoning && TOKEN_KINDS.every((kind) => one.tokens[kind] === other.tokens[kind])
  );
}
