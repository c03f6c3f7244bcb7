import type { TokenUsage } from './token-usage';
import type { Count, UsageReader } from './usage-reader';

export const ANTHROPIC_CACHE_COUNTS = [
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cache_creation',
];

/** Fields of Anthropic's usage that OpenAI's own usage does not have. */
export const ANTHROPIC_FIELDS = [...ANTHROPIC_CACHE_COUNTS, 'iterations'];

/**
 * Reads a usage whose input excludes cache reads and cache writes
 * (platform.claude.com/docs/en/build-with-claude/prompt-caching, "Tracking cache performance"). Tokens of compaction are
 * charged too, but `iterations` lists them and the totals exclude them
 * (platform.claude.com/docs/en/build-with-claude/compaction, "Understanding usage"). Iterations of an adviser belong to
 * another model with its own rates, so they are ignored, as in the totals.
 */
export function readAnthropicUsage(reader: UsageReader): TokenUsage {
  const samplings = [[], ...compactions(reader)];
  const total = (count: (sampling: readonly string[]) => Count): number =>
    reader.sum(samplings.map(count)).tokens;
  return {
    input: total((sampling) => reader.count([...sampling, 'input_tokens'])),
    output: total((sampling) => reader.count([...sampling, 'output_tokens'])),
    cache_write: total((sampling) => cacheWrite(reader, sampling)),
    cache_read: total((sampling) => reader.count([...sampling, 'cache_read_input_tokens'])),
  };
}

/** `cache_creation` contains the same tokens by lifetime, so the larger count applies. */
function cacheWrite(reader: UsageReader, sampling: readonly string[]): Count {
  const whole = reader.count([...sampling, 'cache_creation_input_tokens']);
  const byLifetime = reader.sum([
    reader.count([...sampling, 'cache_creation', 'ephemeral_5m_input_tokens']),
    reader.count([...sampling, 'cache_creation', 'ephemeral_1h_input_tokens']),
  ]);
  return byLifetime.tokens > whole.tokens ? byLifetime : whole;
}

function compactions(reader: UsageReader): string[][] {
  const iterations = reader.value(['iterations']);
  if (!Array.isArray(iterations)) return [];
  return [...iterations.keys()]
    .map((index) => ['iterations', String(index)])
    .filter((path) => reader.value([...path, 'type']) === 'compaction');
}
