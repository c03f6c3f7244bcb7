import Big from 'big.js';
import { TOKEN_KINDS, type TokenKind, type TokenUsage } from './token-usage/token-usage';

/** The prices of a model in US dollars per 1000 tokens. Null is unknown, 0 is free. */
export interface TokenRates {
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheWrite: number | null;
  readonly cacheRead: number | null;
}

/** The rates that a cost is calculated with. */
export interface Rates extends TokenRates {
  readonly multiplier: number;
}

/** The cost of the tokens of one kind. Amounts are decimals in plain notation. */
export interface CostPart {
  readonly kind: TokenKind;
  readonly tokens: number;
  /** US dollars per 1000 tokens before the multiplier, or null if unknown. */
  readonly rate: string | null;
  /** tokens / 1000 × rate × multiplier, in US dollars. */
  readonly cost: string | null;
  /** Whether the input rate is used because this kind has no rate. */
  readonly assumed: boolean;
}

/** The cost of a usage. Amounts are decimals in plain notation. */
export interface Cost {
  /** The exact sum of the parts in US dollars, or null if a rate is missing. */
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
 * Calculates multiplier × Σ tokens/1000 × rate in exact decimals. A rate matters only if its kind has tokens. The input
 * rate replaces a missing cache rate, and the part is marked as assumed. A missing input or output rate makes the cost
 * null, because unknown is not zero.
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

/** Converts a double to the decimal that was sent, which is its shortest decimal form. */
function decimal(value: number): Big {
  return new Big(String(value));
}

function reasonFor(kinds: readonly TokenKind[]): string {
  const fields = kinds.map((kind) => `cost_per_1k_${kind}`).join(', ');
  return `The model has no rate for some tokens of the usage, and an unknown rate is not zero. Set ${fields}.`;
}
