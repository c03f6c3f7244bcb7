import type { JsonObject } from '../common/json-object';
import { type Amount, toDecimalText } from './amount';
import type { SheetKind, TokenKind, UnitKind } from './price-kinds';

/** Where a price sheet comes from: the upstream's own list, the price catalogue, or a person. */
export const PRICE_SOURCES = ['upstream', 'catalogue', 'manual'] as const;

export type PriceSource = (typeof PRICE_SOURCES)[number];

export const MAX_NOTE_LENGTH = 1_000;
export const MAX_TIERS = 16;
export const MAX_ADJUSTMENTS = 32;
export const MAX_WINDOWS = 32;

/** The size of a whole sheet as JSON, in bytes of UTF-8. */
export const MAX_SHEET_BYTES = 16_384;

/** A member that may be left out. Null means the same. */
type Optional<Value> = Value | null | undefined;

/** US dollars per 1000 tokens. */
export type RateTable<Kind extends TokenKind> = { readonly [kind in Kind]?: Optional<Amount> };

/**
 * The prices that a model's own fields cannot express: its field `pricing`. The model's fields have the rates of the four
 * main kinds and the multiplier. The members are as in JSON, because the sheet is stored as it was sent.
 */
export interface PriceSheet {
  readonly source?: Optional<PriceSource>;
  /** The day of the prices, `YYYY-MM-DD`. */
  readonly as_of?: Optional<string>;
  readonly note?: Optional<string>;
  readonly rates?: Optional<RateTable<SheetKind>>;
  /** US dollars each. */
  readonly units?: Optional<{ readonly [kind in UnitKind]?: Optional<Amount> }>;
  readonly tiers?: Optional<readonly PriceTier[]>;
  readonly adjustments?: Optional<readonly PriceAdjustment[]>;
  readonly schedule?: Optional<readonly PriceWindow[]>;
}

/** The rates of the whole request if it has more input tokens than `above_input_tokens`, cached ones included. */
export interface PriceTier extends RateTable<TokenKind> {
  readonly above_input_tokens: number;
}

/** A multiplier for tokens if `when` matches the facts of the usage. `when` is a rule as in routing. */
export interface PriceAdjustment {
  readonly when: JsonObject;
  readonly multiplier: Amount;
}

/** A multiplier for tokens if the request starts in a daily window. */
export interface PriceWindow {
  /** The local time at which the window opens, `HH:MM`, inclusive. */
  readonly from: string;
  /** The local time at which it closes, exclusive. Not after `from`: on the next day. */
  readonly to: string;
  /** An IANA time zone, such as `Europe/Zurich`. */
  readonly timezone: string;
  /** The days on which the window opens, 0 is Sunday. Absent: every day. */
  readonly days?: Optional<readonly number[]>;
  readonly multiplier: Amount;
}

/** Converts the amounts of a valid sheet to decimal strings in their shortest form, and keeps everything else. */
export function toCanonicalSheet(sheet: PriceSheet): PriceSheet {
  return {
    ...sheet,
    ...(sheet.rates ? { rates: canonicalAmounts(sheet.rates) } : {}),
    ...(sheet.units ? { units: canonicalAmounts(sheet.units) } : {}),
    ...(sheet.tiers ? { tiers: sheet.tiers.map(canonicalTier) } : {}),
    ...(sheet.adjustments ? { adjustments: sheet.adjustments.map(canonicalMultiplier) } : {}),
    ...(sheet.schedule ? { schedule: sheet.schedule.map(canonicalMultiplier) } : {}),
  };
}

function canonicalTier({ above_input_tokens, ...rates }: PriceTier): PriceTier {
  return { above_input_tokens, ...canonicalAmounts(rates) };
}

function canonicalMultiplier<Item extends { readonly multiplier: Amount }>(item: Item): Item {
  return { ...item, multiplier: toDecimalText(item.multiplier) };
}

function canonicalAmounts<Table extends object>(table: Table): Table {
  const entries = Object.entries(table) as [string, Optional<Amount>][];
  return Object.fromEntries(
    entries.map(([kind, amount]) => [kind, amount == null ? amount : toDecimalText(amount)]),
  ) as Table;
}
