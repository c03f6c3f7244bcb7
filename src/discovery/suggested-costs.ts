import type { ModelPrices } from '../models/priced-model';
import { type PriceSheet, toCanonicalSheet } from '../pricing/price-sheet';

/** The entry of the price catalogue. */
export interface CatalogueOrigin {
  readonly catalogue: string;
  readonly provider: string;
  readonly model: string;
}

export interface SuggestedCosts extends ModelPrices {
  /** The upstream's own list, or the price catalogue. */
  readonly source: 'upstream' | 'catalogue';
  /** Null for the upstream's own list. */
  readonly origin: CatalogueOrigin | null;
  /** The day of the upstream's list, or of the release of the catalogue. `YYYY-MM-DD`. */
  readonly as_of: string;
  /** What the prices cannot express, or null. */
  readonly note: string | null;
  /** The sheet to store. It has the source, the day and the note too. */
  readonly pricing: PriceSheet;
}

/** Returns the sheet of a suggestion with its source. Leaves out what is empty. */
export function suggestedSheet(
  { source, as_of, note }: Pick<SuggestedCosts, 'source' | 'as_of' | 'note'>,
  sheet: Omit<PriceSheet, 'source' | 'as_of' | 'note'>,
): PriceSheet {
  const members = Object.entries(sheet).filter(([, value]) => Object.keys(value ?? {}).length > 0);
  return toCanonicalSheet({
    source,
    as_of,
    ...(note === null ? {} : { note }),
    ...Object.fromEntries(members),
  });
}
