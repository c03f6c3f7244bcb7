import Big from 'big.js';
import { TOKEN_KINDS, type TokenKind, type TokenUsage } from './token-usage/token-usage';

/** A model's prices: US dollars for 1000 tokens, null where unknown. */
export interface Rates {
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheWrite: number | null;
  readonly cacheRead: number | null;
  readonly multiplier: number;
}

/** What the tokens of one kind cost. Amounts are decimals in plain notation. */
export interface CostPart {
  readonly kind: TokenKind;
  readonly tokens: number;
  /** US dollars for 1000 tokens before the multiplier, or null where unknown. */
  readonly rate: string | null;
  /** tokens / 1000 × rate × multiplier, in US dollars. */
  readonly cost: string | null;
  /** The rate is the input rate, for want of one of its own. */
  readonly assumed: boolean;
}

/** What a usage costs. Amounts are decimals in plain notation. */
export interface Cost {
  /** The sum of the parts in US dollars, to the last digit; null where a rate is missing. */
  readonly cost: string | null;
  readonly currency: 'USD';
  readonly assumed: boolean;
  /** Why the cost is null. */
  readonly reason?: string;
  readonly multiplier: string;
  /** The kinds that have tokens. */
  readonly parts: readonly CostPart[];
  readonly usage: TokenUsage;
}

const PER_TOKEN = new Big('0.001');

/**
 * The cost of a usage: multiplier × Σ tokens/1000 × rate, in decimals, so exact. A rate matters only where its
 * kind has tokens. A cache rate that is missing is taken to be the input rate, and the part says so; without
 * an input or output rate there is no cost: unknown is not zero.
 */
export function calculateCost(usage: TokenUsage, rates: Rates): Cost {
  const multiplier = decimal(rates.multiplier);
  const priced = TOKEN_KINDS.filter((kind) => usage[kind] > 0).map((kind) => {
    const { rate, assumed } = rateOf(kind, rates);
    const cost = rate?.times(decimal(usage[kind])).times(PER_TOKEN).times(multiplier) ?? null;
    return { kind, tokens: usage[kind], rate, cost, assumed };
  });
  const unknown = priced.filter(({ rate }) => rate === null).map(({ kind }) => kind);
  const sum = priced.reduce((total, { cost }) => total.plus(cost ?? 0), new Big(0));
  return {
    cost: unknown.length > 0 ? null : sum.toFixed(),
    currency: 'USD',
    assumed: priced.some(({ assumed }) => assumed),
    ...(unknown.length > 0 ? { reason: reasonFor(unknown) } : {}),
    multiplier: multiplier.toFixed(),
    parts: priced.map((part) => ({
      ...part,
      rate: part.rate?.toFixed() ?? null,
      cost: part.cost?.toFixed() ?? null,
    })),
    usage,
  };
}

function rateOf(kind: TokenKind, rates: Rates): { rate: Big | null; assumed: boolean } {
  const own = {
    input: rates.input,
    output: rates.output,
    cache_write: rates.cacheWrite,
    cache_read: rates.cacheRead,
  }[kind];
  if (own !== null) return { rate: decimal(own), assumed: false };
  if (kind === 'output' || rates.input === null) return { rate: null, assumed: false };
  return { rate: decimal(rates.input), assumed: true };
}

/** The shortest decimal form of a double is the one in which the number was sent. */
function decimal(value: number): Big {
  return new Big(String(value));
}

function reasonFor(kinds: readonly TokenKind[]): string {
  const fields = kinds.map((kind) => `cost_per_1k_${kind}`).join(', ');
  return `The usage has tokens of which the model has no rate, and unknown is not zero. Set ${fields}.`;
}
