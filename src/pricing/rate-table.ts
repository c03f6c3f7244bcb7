import Big from 'big.js';
import type { Amount } from './amount';
import { SHEET_KINDS, TOKEN_KINDS, type TokenKind } from './price-kinds';
import type { PriceSheet, PriceTier, RateTable } from './price-sheet';

/** The prices of a model in US dollars per 1000 tokens. Null is unknown, 0 is free. */
export interface TokenRates {
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheWrite: number | null;
  readonly cacheRead: number | null;
}

/** All that a cost is calculated with: the fields of a model and its price sheet. */
export interface Rates extends TokenRates {
  readonly multiplier: number;
  readonly sheet: PriceSheet | null;
}

/** The kind whose rate applies to a kind without a rate of its own. */
const PARENTS: Readonly<Record<TokenKind, TokenKind | null>> = {
  input: null,
  output: null,
  cache_write: 'input',
  cache_read: 'input',
  cache_write_1h: 'cache_write',
  input_audio: 'input',
  output_audio: 'output',
  cache_read_audio: 'cache_read',
  input_image: 'input',
  output_image: 'output',
  input_video: 'input',
  output_reasoning: 'output',
  citation: 'input',
};

export interface AppliedRate {
  /** Null if neither the kind nor its parents have a rate. */
  readonly rate: Big | null;
  /** Whether it is the rate of a parent. */
  readonly assumed: boolean;
}

/** The rates of one request, which its tier may replace. */
export class RequestRates {
  readonly tier: PriceTier | null;
  private readonly own: ReadonlyMap<TokenKind, Big>;

  /** `inputTokens` includes cached tokens. */
  constructor(rates: Rates, inputTokens: number) {
    this.tier = tierOf(rates.sheet, inputTokens);
    this.own = new Map(
      TOKEN_KINDS.flatMap((kind) => {
        const amount = this.tier?.[kind] ?? modelRate(rates, kind);
        return amount === null ? [] : [[kind, toBig(amount)] as const];
      }),
    );
  }

  has(kind: TokenKind): boolean {
    return this.own.has(kind);
  }

  rateOf(kind: TokenKind): AppliedRate {
    for (let one: TokenKind | null = kind; one !== null; one = PARENTS[one]) {
      const rate = this.own.get(one);
      if (rate !== undefined) return { rate, assumed: one !== kind };
    }
    return { rate: null, assumed: false };
  }
}

/** Converts an amount to the decimal that was sent, which is the shortest decimal form of a double. */
export function toBig(amount: Amount): Big {
  return new Big(String(amount));
}

/** The name of the field that has the rate of a kind. */
export function rateField(kind: TokenKind): string {
  return (SHEET_KINDS as readonly string[]).includes(kind) ? `pricing.rates.${kind}` : `cost_per_1k_${kind}`;
}

/** The highest tier that the input exceeds. */
function tierOf(sheet: PriceSheet | null, inputTokens: number): PriceTier | null {
  const exceeded = (sheet?.tiers ?? []).filter((tier) => inputTokens > tier.above_input_tokens);
  return exceeded.reduce<PriceTier | null>(
    (highest, tier) =>
      highest === null || tier.above_input_tokens > highest.above_input_tokens ? tier : highest,
    null,
  );
}

function modelRate({ sheet, ...rates }: Rates, kind: TokenKind): Amount | null {
  switch (kind) {
    case 'input':
      return rates.input;
    case 'output':
      return rates.output;
    case 'cache_write':
      return rates.cacheWrite;
    case 'cache_read':
      return rates.cacheRead;
    default:
      return (sheet?.rates as RateTable<TokenKind> | null | undefined)?.[kind] ?? null;
  }
}
