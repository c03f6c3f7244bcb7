import Big from 'big.js';
import type { ProviderKind } from '../upstream/base-url';
import type { RuleRun } from './adjustment';
import { calculateCost } from './cost-calculator';
import { PlainRates } from './plain-rates';
import { type PlainTokens, readPlainUsage, toNormalisedUsage } from './plain-usage';
import { type PriceEndpoint, SHEET_KINDS, type SheetKind } from './price-kinds';
import type { Rates } from './rate-table';
import type { RequestOptions } from './request-facts';
import type { NormalisedUsage, TokenUsage } from './token-usage/token-usage';
import { normaliseUsage } from './token-usage/usage-normaliser';

/** What prices of a usage depend on. `patterns` and `beforeCondition` are for the rules of a sheet. */
export interface PriceUsageOptions extends RequestOptions, RuleRun {
  readonly kind: ProviderKind;
  readonly endpoint?: PriceEndpoint;
  readonly rates: Rates;
  /** Whether the usage may be a part of one, because its stream was cut. */
  readonly partial?: boolean;
}

/** The counts of a row. Null if unknown. `outputTokens` includes `reasoningTokens`, and no other count includes another. */
export interface UsageCounts {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly reasoningTokens: number | null;
}

export interface PricedUsage {
  readonly counts: UsageCounts;
  /** The finer kinds of tokens, parts of the counts. Null if there are none. */
  readonly finerKinds: Readonly<Partial<Record<SheetKind, number>>> | null;
  /** US dollars as a decimal with at most 12 places. Null if unknown. */
  readonly cost: string | null;
  readonly costState: 'exact' | 'assumed' | 'unknown' | 'free';
}

const MAX_PLACES = 12;

const UNKNOWN: PricedUsage = {
  counts: {
    inputTokens: null,
    outputTokens: null,
    cacheWriteTokens: null,
    cacheReadTokens: null,
    reasoningTokens: null,
  },
  finerKinds: null,
  cost: null,
  costState: 'unknown',
};

/**
 * Returns the counts and the cost of a vendor's usage. Never throws: an invalid usage has no counts, and its cost is
 * unknown, like that of a usage whose rules take too long.
 */
export function priceUsage(usage: unknown, options: PriceUsageOptions): PricedUsage {
  const { kind, endpoint, rates, serviceTier, partial } = options;
  const plain = partial ? null : readPlainUsage(usage, kind, endpoint);
  if (plain === null) return priceAny(usage, options);
  const plainRates = serviceTier === undefined && endpoint !== 'batch' ? PlainRates.of(rates) : null;
  return plainRates ? pricePlain(plain, plainRates) : priceNormalised(toNormalisedUsage(plain), options);
}

function pricePlain(tokens: PlainTokens, rates: PlainRates): PricedUsage {
  const counts: UsageCounts = {
    inputTokens: tokens.input,
    outputTokens: tokens.output,
    cacheWriteTokens: tokens.cache_write,
    cacheReadTokens: tokens.cache_read,
    reasoningTokens: tokens.reasoning,
  };
  const { cost, isAssumed } = rates.costOf(tokens);
  if (cost === null) return { counts, finerKinds: null, cost: null, costState: 'unknown' };
  return { counts, finerKinds: null, cost: toCost(cost), costState: stateOf(cost, isAssumed) };
}

function priceAny(usage: unknown, options: PriceUsageOptions): PricedUsage {
  let normalised: NormalisedUsage;
  try {
    normalised = normaliseUsage(usage, options);
  } catch {
    return UNKNOWN;
  }
  return priceNormalised(normalised, options);
}

function priceNormalised(usage: NormalisedUsage, options: PriceUsageOptions): PricedUsage {
  const { tokens, reasoning } = usage;
  const known = { ...UNKNOWN, counts: countsOf(tokens, reasoning), finerKinds: finerKindsOf(tokens) };
  try {
    const { cost, assumed } = calculateCost(usage, options.rates, options, options);
    if (cost === null) return known;
    const amount = new Big(cost);
    return { ...known, cost: toCost(amount), costState: stateOf(amount, assumed) };
  } catch {
    return known;
  }
}

function countsOf(tokens: TokenUsage, reasoning: number): UsageCounts {
  return {
    inputTokens:
      tokens.input + tokens.input_audio + tokens.input_image + tokens.input_video + tokens.citation,
    outputTokens: tokens.output + tokens.output_audio + tokens.output_image + tokens.output_reasoning,
    cacheWriteTokens: tokens.cache_write + tokens.cache_write_1h,
    cacheReadTokens: tokens.cache_read + tokens.cache_read_audio,
    reasoningTokens: reasoning + tokens.output_reasoning,
  };
}

function finerKindsOf(tokens: TokenUsage): PricedUsage['finerKinds'] {
  const kinds = SHEET_KINDS.filter((kind) => tokens[kind] > 0);
  return kinds.length === 0 ? null : Object.fromEntries(kinds.map((kind) => [kind, tokens[kind]]));
}

function stateOf(cost: Big, isAssumed: boolean): PricedUsage['costState'] {
  if (isAssumed) return 'assumed';
  return cost.eq(0) ? 'free' : 'exact';
}

function toCost(cost: Big): string {
  return cost.round(MAX_PLACES).toFixed();
}
