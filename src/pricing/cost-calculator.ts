import Big from 'big.js';
import type { JsonObject } from '../common/json-object';
import { isApplicable, type RuleRun, testedPaths, unlimitedRun } from './adjustment';
import { TOKEN_KINDS, type TokenKind, type UnitKind } from './price-kinds';
import type { PriceAdjustment, PriceTier, PriceWindow } from './price-sheet';
import { rateField, type Rates, RequestRates, toBig } from './rate-table';
import { requestFacts, type RequestFacts, type RequestOptions } from './request-facts';
import { isOpen } from './schedule';
import {
  type NormalisedUsage,
  type NotPriced,
  type ReportedCost,
  type Sampling,
  type ShownUsage,
  sumTokens,
  type TokenUsage,
  toShownUsage,
} from './token-usage/token-usage';

/** The cost of the tokens of one kind. Amounts are decimals in plain notation. */
export interface CostPart {
  readonly kind: TokenKind;
  readonly tokens: number;
  /** US dollars per 1000 tokens before the adjustments and the multiplier, or null if unknown. */
  readonly rate: string | null;
  /** tokens / 1000 × rate × adjustments × multiplier, in US dollars. */
  readonly cost: string | null;
  /** Whether the rate of a parent is used because this kind has no rate. */
  readonly assumed: boolean;
}

/** The cost of what is charged by number. */
export interface UnitCost {
  readonly kind: UnitKind;
  readonly quantity: number;
  /** US dollars each, before the multiplier. */
  readonly rate: string;
  /** quantity × rate × multiplier, in US dollars. */
  readonly cost: string;
}

/** An adjustment that applied: one of the rules, or one of the schedule. */
export interface AppliedAdjustment {
  readonly when?: JsonObject;
  readonly window?: Omit<PriceWindow, 'multiplier'>;
  readonly multiplier: string;
}

/** The cost of a usage. Amounts are decimals in plain notation. */
export interface Cost {
  /** The exact sum of the parts and units in US dollars, or null if a rate is missing. */
  readonly cost: string | null;
  readonly currency: 'USD';
  /** Whether something was priced by an assumption, or not at all. */
  readonly assumed: boolean;
  /** Why the cost is null. */
  readonly reason?: string;
  readonly multiplier: string;
  /** The kinds that have tokens. If the samplings of a usage have different tiers, a kind has a part for each tier. */
  readonly parts: readonly CostPart[];
  readonly units: readonly UnitCost[];
  /** The tier whose rates replace those of the model, the highest one if the samplings have different tiers. */
  readonly tier: { readonly above_input_tokens: number } | null;
  readonly adjustments: readonly AppliedAdjustment[];
  readonly not_priced: readonly NotPriced[];
  /** The vendor's own bill, if the usage states it. */
  readonly reported: ReportedCost | null;
  /** cost − reported. Null if one of them is. */
  readonly difference: string | null;
  readonly usage: ShownUsage;
}

const PER_TOKEN = new Big('0.001');

/** The kinds that count for the tier. */
const INPUT_KINDS = TOKEN_KINDS.filter((kind) => !kind.startsWith('output') && kind !== 'citation');

/**
 * Calculates multiplier × (Σ tokens/1000 × rate × adjustments + Σ units × rate) in exact decimals. A rate matters only if
 * its kind has tokens. The rate of the parent replaces a missing one, and the part is marked as assumed. A missing input
 * or output rate makes the cost null, because unknown is not zero. Throws only what the run of the rules throws.
 */
export function calculateCost(
  usage: NormalisedUsage,
  rates: Rates,
  options: RequestOptions,
  run: RuleRun = unlimitedRun(),
): Cost {
  const multiplier = toBig(rates.multiplier);
  const shares = splitByTier(usage, rates);
  const tier = shares.map((share) => share.rates.tier).reduce(higherTier);
  const facts = requestFacts(usage, options);
  const rules = (rates.sheet?.adjustments ?? []).filter((adjustment) =>
    isApplicable(adjustment, facts.context, run),
  );
  const windows = (rates.sheet?.schedule ?? []).filter((window) => isOpen(window, options.at));
  const factor = [...rules, ...windows].reduce(
    (product, each) => product.times(toBig(each.multiplier)),
    multiplier,
  );
  const parts = TOKEN_KINDS.flatMap((kind) =>
    shares.flatMap((share) => {
      const tokens = share.tokens[kind];
      if (tokens === 0) return [];
      const { rate, assumed } = share.rates.rateOf(kind);
      const cost = rate?.times(tokens).times(PER_TOKEN).times(factor) ?? null;
      return [{ kind, tokens, rate, cost, assumed }];
    }),
  );
  const units = unitCosts(usage, rates, multiplier);
  const notPriced = [...usage.uncounted, ...unpricedUnits(usage, rates), ...unpricedModifiers(facts, rules)];
  const unknown = [...new Set(parts.filter(({ rate }) => rate === null).map(({ kind }) => kind))];
  const sum = [...parts, ...units].reduce((total, { cost }) => total.plus(cost ?? 0), new Big(0));
  const cost = unknown.length > 0 ? null : sum;
  return {
    cost: cost?.toFixed() ?? null,
    currency: 'USD',
    assumed: usage.assumed || notPriced.length > 0 || parts.some(({ assumed }) => assumed),
    ...(unknown.length > 0 ? { reason: reasonFor(unknown) } : {}),
    multiplier: multiplier.toFixed(),
    parts: parts.map((part) => ({
      ...part,
      rate: part.rate?.toFixed() ?? null,
      cost: part.cost?.toFixed() ?? null,
    })),
    units: units.map((unit) => ({ ...unit, rate: unit.rate.toFixed(), cost: unit.cost.toFixed() })),
    tier: tier && { above_input_tokens: tier.above_input_tokens },
    adjustments: [...rules.map(toAppliedRule), ...windows.map(toAppliedWindow)],
    not_priced: notPriced,
    reported: usage.reported,
    difference: cost && usage.reported && cost.minus(usage.reported.cost).toFixed(),
    usage: toShownUsage(sumTokens(shares.map(({ tokens }) => tokens))),
  };
}

/** The tokens that one tier prices. */
interface TierShare {
  readonly rates: RequestRates;
  readonly tokens: TokenUsage;
}

/** Each sampling has the tier of its own input. */
function splitByTier(usage: NormalisedUsage, rates: Rates): TierShare[] {
  const shares = new Map<PriceTier | null, TierShare>();
  for (const sampling of usage.samplings ?? [usage]) {
    const own = new RequestRates(rates, sumOf(sampling.tokens, INPUT_KINDS));
    const tokens = splitReasoning(sampling, own);
    const share = shares.get(own.tier);
    shares.set(
      own.tier,
      share ? { ...share, tokens: sumTokens([share.tokens, tokens]) } : { rates: own, tokens },
    );
  }
  return [...shares.values()];
}

function higherTier(one: PriceTier | null, other: PriceTier | null): PriceTier | null {
  return (one?.above_input_tokens ?? -1) >= (other?.above_input_tokens ?? -1) ? one : other;
}

/** Reasoning is output, unless the model has a rate for it. */
function splitReasoning({ tokens, reasoning }: Sampling, rates: RequestRates): TokenUsage {
  if (!rates.has('output_reasoning')) return tokens;
  return {
    ...tokens,
    output: tokens.output - reasoning,
    output_reasoning: tokens.output_reasoning + reasoning,
  };
}

function unitCosts({ units }: NormalisedUsage, { sheet }: Rates, multiplier: Big) {
  return units.flatMap(({ kind, quantity }) => {
    const amount = sheet?.units?.[kind] ?? null;
    if (amount === null) return [];
    const rate = toBig(amount);
    return [{ kind, quantity, rate, cost: rate.times(quantity).times(multiplier) }];
  });
}

/** A request without a price for it is not listed, because few vendors charge one. */
function unpricedUnits({ units }: NormalisedUsage, { sheet }: Rates): NotPriced[] {
  return units.flatMap(({ kind, quantity, pointer }) => {
    if (pointer === null || (sheet?.units?.[kind] ?? null) !== null) return [];
    return [{ pointer, quantity, reason: `The model has no price for it. Set pricing.units.${kind}.` }];
  });
}

/** A modifier is priced if an adjustment that tests it applies. */
function unpricedModifiers({ modifiers }: RequestFacts, rules: readonly PriceAdjustment[]): NotPriced[] {
  const tested = new Set(rules.flatMap(({ when }) => testedPaths(when)));
  return modifiers
    .filter(({ facts }) => !facts.some((fact) => tested.has(fact)))
    .map(({ pointer, value, facts }) => ({
      pointer,
      quantity: null,
      reason: `No adjustment of the model applies to ${facts[0]} ${JSON.stringify(value)}. Add one to pricing.adjustments.`,
    }));
}

function toAppliedRule({ when, multiplier }: PriceAdjustment): AppliedAdjustment {
  return { when, multiplier: toBig(multiplier).toFixed() };
}

function toAppliedWindow({ multiplier, ...window }: PriceWindow): AppliedAdjustment {
  return { window, multiplier: toBig(multiplier).toFixed() };
}

function sumOf(tokens: TokenUsage, kinds: readonly TokenKind[]): number {
  return kinds.reduce((sum, kind) => sum + tokens[kind], 0);
}

function reasonFor(kinds: readonly TokenKind[]): string {
  const fields = kinds.map(rateField).join(', ');
  return `The model has no rate for some tokens of the usage, and an unknown rate is not zero. Set ${fields}.`;
}
