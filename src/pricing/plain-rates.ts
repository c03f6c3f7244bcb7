import Big from 'big.js';
import type { PlainTokens } from './plain-usage';
import { type Rates, toBig } from './rate-table';

interface PlainRate {
  /** US dollars per token, with the multiplier. Null if unknown. */
  readonly perToken: Big | null;
  /** Whether it is the rate of the input. */
  readonly isAssumed: boolean;
}

/** The four rates of a model whose price sheet changes nothing. */
export class PlainRates {
  private static readonly cache = new WeakMap<Rates, PlainRates | 'other'>();
  private readonly input: PlainRate;
  private readonly output: PlainRate;
  private readonly cacheWrite: PlainRate;
  private readonly cacheRead: PlainRate;

  private constructor({ input, output, cacheWrite, cacheRead, multiplier }: Rates) {
    const factor = toBig(multiplier).times('0.001');
    const perToken = (rate: number | null): Big | null => (rate === null ? null : toBig(rate).times(factor));
    const child = (rate: number | null): PlainRate =>
      rate === null
        ? { ...this.input, isAssumed: input !== null }
        : { perToken: perToken(rate), isAssumed: false };
    this.input = { perToken: perToken(input), isAssumed: false };
    this.output = { perToken: perToken(output), isAssumed: false };
    this.cacheWrite = child(cacheWrite);
    this.cacheRead = child(cacheRead);
  }

  /** Returns null if a price sheet may change the cost of a plain usage. */
  static of(rates: Rates): PlainRates | null {
    let known = PlainRates.cache.get(rates);
    if (known === undefined) {
      known = isPlain(rates) ? new PlainRates(rates) : 'other';
      PlainRates.cache.set(rates, known);
    }
    return known === 'other' ? null : known;
  }

  /** The cost is null if a kind with tokens has no rate. */
  costOf(tokens: PlainTokens): { cost: Big | null; isAssumed: boolean } {
    let cost: Big | null = ZERO;
    let isAssumed = false;
    const add = (count: number, rate: PlainRate): void => {
      if (count === 0) return;
      isAssumed ||= rate.isAssumed;
      cost = cost === null || rate.perToken === null ? null : cost.plus(rate.perToken.times(count));
    };
    add(tokens.input, this.input);
    add(tokens.output, this.output);
    add(tokens.cache_write, this.cacheWrite);
    add(tokens.cache_read, this.cacheRead);
    return { cost, isAssumed };
  }
}

const ZERO = new Big(0);

function isPlain({ sheet }: Rates): boolean {
  return (
    sheet === null ||
    [sheet.rates, sheet.units, sheet.tiers, sheet.adjustments, sheet.schedule].every((each) => each == null)
  );
}
