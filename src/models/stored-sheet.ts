import { storedObject } from '../common/stored-json';
import { jsonObjectColumn } from '../database/portable-columns';
import type { PriceSheet } from '../pricing/price-sheet';
import { isPriceSheet } from '../pricing/price-sheet-problems';

/**
 * Parses a price sheet. Returns null for a model without one, whose text is null or empty, and undefined for a text that is
 * no sheet.
 */
export function storedSheet(text: string | null): PriceSheet | null | undefined {
  if (text === null || text === '') return null;
  const value = storedObject(text);
  return isPriceSheet(value) ? value : undefined;
}

export const sheetColumn = {
  ...jsonObjectColumn,
  nullable: true,
  transformer: {
    to: (sheet: PriceSheet | null | undefined) => (sheet ? JSON.stringify(sheet) : sheet),
    from: storedSheet,
  },
};
