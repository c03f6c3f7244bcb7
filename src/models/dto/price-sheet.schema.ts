import type { ApiPropertyOptions, SchemaObject } from '@nestjs/swagger';
import { namedEnum, type NamedSchema, schemaRef } from '../../http/schemas';
import { AMOUNT_PATTERN } from '../../pricing/amount';
import { SHEET_KINDS, TOKEN_KINDS, UNIT_KINDS } from '../../pricing/price-kinds';
import {
  MAX_ADJUSTMENTS,
  MAX_NOTE_LENGTH,
  MAX_TIERS,
  MAX_WINDOWS,
  PRICE_SOURCES,
} from '../../pricing/price-sheet';

export const PRICE_SOURCE = namedEnum(
  'PriceSource',
  PRICE_SOURCES,
  "Where a price comes from: the upstream's own list, the price catalogue, or a person.",
);

/** Requests may also have numbers, which responses show as decimal strings. */
const AMOUNT = { type: 'string', pattern: AMOUNT_PATTERN } as const;

/** Nest converts `nullable` in DTOs only. */
function orNull({ type, ...schema }: SchemaObject & { readonly type: string }): SchemaObject {
  return { type: [type, 'null'], ...schema };
}

function amounts(kinds: readonly string[]): Record<string, SchemaObject> {
  return Object.fromEntries(kinds.map((kind) => [kind, orNull(AMOUNT)]));
}

const TIER: SchemaObject = {
  type: 'object',
  properties: { above_input_tokens: { type: 'integer', minimum: 0 }, ...amounts(TOKEN_KINDS) },
  required: ['above_input_tokens'],
};

const ADJUSTMENT: SchemaObject = {
  type: 'object',
  properties: { when: { type: 'object', additionalProperties: true }, multiplier: AMOUNT },
  required: ['when', 'multiplier'],
};

const WINDOW: SchemaObject = {
  type: 'object',
  properties: {
    from: { type: 'string', example: '16:30' },
    to: { type: 'string', example: '00:30' },
    timezone: { type: 'string', example: 'Europe/Zurich' },
    days: orNull({ type: 'array', items: { type: 'integer', minimum: 0, maximum: 6 } }),
    multiplier: AMOUNT,
  },
  required: ['from', 'to', 'timezone', 'multiplier'],
};

export const PRICE_SHEET: NamedSchema = {
  name: 'PriceSheet',
  schema: {
    type: 'object',
    description:
      'What the four rates and the multiplier of a model cannot express. Every member is optional. An amount is US dollars, as a decimal string or a number, with at most 12 decimals.',
    properties: {
      source: {
        anyOf: [schemaRef(PRICE_SOURCE), { type: 'null' }],
        description: 'Who states the prices.',
      },
      as_of: orNull({ type: 'string', format: 'date', description: 'The day of the prices.' }),
      note: orNull({ type: 'string', maxLength: MAX_NOTE_LENGTH, description: 'What a person should know.' }),
      rates: orNull({
        type: 'object',
        properties: amounts(SHEET_KINDS),
        description: 'For 1000 tokens of a finer kind. Without a rate, a kind has the rate of its parent.',
      }),
      units: orNull({ type: 'object', properties: amounts(UNIT_KINDS), description: 'For each unit.' }),
      tiers: orNull({
        type: 'array',
        items: TIER,
        maxItems: MAX_TIERS,
        description:
          'Rates of the whole request if it has more input tokens than `above_input_tokens`. The highest tier that is exceeded applies. What it leaves out comes from the model.',
      }),
      adjustments: orNull({
        type: 'array',
        items: ADJUSTMENT,
        maxItems: MAX_ADJUSTMENTS,
        description:
          'Factors on tokens if `when`, a rule over the facts of the usage, matches. All that match multiply.',
      }),
      schedule: orNull({
        type: 'array',
        items: WINDOW,
        maxItems: MAX_WINDOWS,
        description:
          'Factors on tokens if the request starts in a daily window, from `from` to before `to`. 0 is Sunday. The days are those on which a window begins.',
      }),
    },
  },
};

/** The property of a response. */
export const SHOWN_SHEET: ApiPropertyOptions = {
  allOf: [schemaRef(PRICE_SHEET)],
  nullable: true,
  description: 'The price sheet. Null: none.',
};
