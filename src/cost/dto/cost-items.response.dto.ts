import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { JsonObject } from '../../common/json-object';
import { namedEnum, ofSchema } from '../../http/schemas';
import type { AppliedAdjustment, CostPart, UnitCost } from '../../pricing/cost-calculator';
import { TOKEN_KINDS, type TokenKind, UNIT_KINDS, type UnitKind } from '../../pricing/price-kinds';
import type { NotPriced, ReportedCost } from '../../pricing/token-usage/token-usage';

export const COUNT = {
  type: 'integer',
  format: 'int64',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
} as const;

/** A string, because a binary floating-point number would round it. */
export const AMOUNT = { type: 'string', pattern: '^(0|[1-9]\\d*)(\\.\\d*[1-9])?$' } as const;

export const TOKEN_KIND = namedEnum('TokenKind', TOKEN_KINDS, 'A kind of tokens that can have its own rate.');

export const UNIT_KIND = namedEnum('UnitKind', UNIT_KINDS, 'What a vendor charges by number, not by tokens.');

@ApiSchema({ name: 'CostPart', description: 'The cost of one kind of tokens.' })
export class CostPartResponse implements CostPart {
  @ApiProperty(ofSchema(TOKEN_KIND))
  kind!: TokenKind;

  @ApiProperty({ ...COUNT, minimum: 1, description: 'The number of tokens.' })
  tokens!: number;

  @ApiProperty({
    ...AMOUNT,
    nullable: true,
    description: 'US dollars for 1000 tokens, before the adjustments and the multiplier. Null: unknown.',
    example: '0.003',
  })
  rate!: string | null;

  @ApiProperty({
    ...AMOUNT,
    nullable: true,
    description: 'US dollars: tokens / 1000 × rate × adjustments × multiplier, not rounded. Null: unknown.',
    example: '0.000063',
  })
  cost!: string | null;

  @ApiProperty({
    type: 'boolean',
    description:
      'Whether the model has no rate for this kind, so that the rate of a broader kind applies, such as the input rate.',
  })
  assumed!: boolean;
}

@ApiSchema({ name: 'CostUnit', description: 'The cost of what the vendor charges by number.' })
export class CostUnitResponse implements UnitCost {
  @ApiProperty(ofSchema(UNIT_KIND))
  kind!: UnitKind;

  @ApiProperty({ ...COUNT, minimum: 1, description: 'The number of units.' })
  quantity!: number;

  @ApiProperty({ ...AMOUNT, description: 'US dollars for one unit, before the multiplier.', example: '0.01' })
  rate!: string;

  @ApiProperty({
    ...AMOUNT,
    description: 'US dollars: quantity × rate × multiplier, not rounded. Adjustments do not apply.',
    example: '0.03',
  })
  cost!: string;
}

@ApiSchema({ name: 'CostTier', description: 'A tier of the price sheet.' })
export class CostTierResponse {
  @ApiProperty({ ...COUNT, description: 'The tier applies to requests with more input tokens than this.' })
  above_input_tokens!: number;
}

@ApiSchema({ name: 'CostWindow', description: 'A daily window of the price sheet.' })
export class CostWindowResponse {
  @ApiProperty({ type: 'string', description: 'When the window opens, inclusive.', example: '16:30' })
  from!: string;

  @ApiProperty({ type: 'string', description: 'When the window closes, exclusive.', example: '00:30' })
  to!: string;

  @ApiProperty({ type: 'string', description: 'The IANA time zone of both.', example: 'UTC' })
  timezone!: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'integer', minimum: 0, maximum: 6 },
    nullable: true,
    required: false,
    description: 'The days on which the window opens; 0 is Sunday. Null or absent: every day.',
  })
  days?: readonly number[] | null;
}

@ApiSchema({
  name: 'CostAdjustment',
  description: 'An adjustment that applied to the tokens, either by a rule (`when`) or by a `window`.',
})
export class CostAdjustmentResponse implements AppliedAdjustment {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    selfRequired: false,
    description: 'The rule that matches the usage.',
  })
  when?: JsonObject;

  @ApiProperty({
    type: CostWindowResponse,
    required: false,
    description: 'The window that was open at the start of the request.',
  })
  window?: CostWindowResponse;

  @ApiProperty({ ...AMOUNT, description: 'The factor that the cost of each part includes.', example: '0.5' })
  multiplier!: string;
}

@ApiSchema({ name: 'CostNotPriced', description: 'A count or a modifier of the usage that has no price.' })
export class NotPricedResponse implements NotPriced {
  @ApiProperty({
    type: 'string',
    description: 'A JSON pointer into the request.',
    example: '/usage/server_tool_use/web_search_requests',
  })
  pointer!: string;

  @ApiProperty({
    type: 'number',
    format: 'double',
    nullable: true,
    description: 'The count. Null for a modifier, such as a service tier.',
    example: 3,
  })
  quantity!: number | null;

  @ApiProperty({ type: 'string', description: 'Why it has no price, and how to set one.' })
  reason!: string;
}

@ApiSchema({ name: 'CostReported', description: "The vendor's own bill, as the usage states it." })
export class ReportedCostResponse implements ReportedCost {
  @ApiProperty({ ...AMOUNT, description: 'US dollars.', example: '0.02330085' })
  cost!: string;

  @ApiProperty({ type: 'string', enum: ['USD'], description: 'The currency.' })
  currency!: 'USD';

  @ApiProperty({
    type: 'string',
    description: 'The field of the usage that states it.',
    example: 'cost_in_usd_ticks',
  })
  source!: string;
}
