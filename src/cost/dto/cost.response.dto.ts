import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Cost } from '../../pricing/cost-calculator';
import { SHEET_KINDS, type SheetKind } from '../../pricing/price-kinds';
import type { ShownUsage } from '../../pricing/token-usage/token-usage';
import {
  AMOUNT,
  CostAdjustmentResponse,
  CostPartResponse,
  CostTierResponse,
  CostUnitResponse,
  COUNT,
  NotPricedResponse,
  ReportedCostResponse,
} from './cost-items.response.dto';

const SIGNED_AMOUNT = { type: 'string', pattern: '^-?(0|[1-9]\\d*)(\\.\\d*[1-9])?$' } as const;

const FINER_KINDS: Readonly<Record<SheetKind, string>> = {
  cache_write_1h: 'Tokens written to the cache for one hour.',
  input_audio: 'Audio of the input, not read from the cache.',
  output_audio: 'Audio of the output.',
  cache_read_audio: 'Audio read from the cache.',
  input_image: 'Images of the input, not read from the cache.',
  output_image: 'Images of the output.',
  input_video: 'Video of the input, not read from the cache.',
  output_reasoning: 'Reasoning. Present only if the model has a rate for it; otherwise `output` includes it.',
  citation: 'Tokens of citations, which Perplexity charges.',
};

/** Declares the finer kinds, which have one schema each. */
function FinerKinds(): ClassDecorator {
  return ({ prototype }) => {
    for (const kind of SHEET_KINDS) {
      ApiProperty({ ...COUNT, required: false, description: FINER_KINDS[kind] })(prototype as object, kind);
    }
  };
}

@FinerKinds()
@ApiSchema({
  name: 'TokenUsage',
  description: 'Tokens by kind. Each token is counted once. A finer kind without tokens is absent.',
})
export class TokenUsageResponse {
  @ApiProperty({ ...COUNT, description: 'Input tokens that belong to no finer kind.' })
  input!: number;

  @ApiProperty({ ...COUNT, description: 'Output tokens that belong to no finer kind.' })
  output!: number;

  @ApiProperty({ ...COUNT, description: 'Tokens written to the cache, except for one hour.' })
  cache_write!: number;

  @ApiProperty({ ...COUNT, description: 'Tokens read from the cache, except audio.' })
  cache_read!: number;
}

@ApiSchema({ name: 'CostResult', description: 'What a usage costs.' })
export class CostResponse implements Cost {
  @ApiProperty({
    type: 'string',
    description: 'The model whose rates apply.',
    example: 'anthropic-main^claude-sonnet-4-20250514',
  })
  selector!: string;

  @ApiProperty({
    ...AMOUNT,
    nullable: true,
    description: 'US dollars: the sum of the parts and units, not rounded. Null: unknown, which is not zero.',
    example: '0.0623838',
  })
  cost!: string | null;

  @ApiProperty({ type: 'string', enum: ['USD'], description: 'The currency of all amounts.' })
  currency!: 'USD';

  @ApiProperty({
    type: 'boolean',
    description:
      'Whether the rate of a part is assumed, tokens had to be attributed to a kind that the usage does not state, or `not_priced` has entries.',
  })
  assumed!: boolean;

  @ApiProperty({
    type: 'string',
    required: false,
    description: 'Why the cost is null. Absent if it is known.',
  })
  reason?: string;

  @ApiProperty({
    ...AMOUNT,
    description: "The model's multiplier, which the cost of each part and unit includes.",
    example: '1',
  })
  multiplier!: string;

  @ApiProperty({ type: () => [CostPartResponse], description: 'The kinds that have tokens.' })
  parts!: readonly CostPartResponse[];

  @ApiProperty({ type: () => [CostUnitResponse], description: 'The units that have a price.' })
  units!: readonly CostUnitResponse[];

  @ApiProperty({
    type: CostTierResponse,
    nullable: true,
    description:
      'The tier whose rates apply to the whole request. Null: the rates of the model. If the iterations of a usage have different tiers, it is the highest one, and a kind has a part for each tier.',
  })
  tier!: CostTierResponse | null;

  @ApiProperty({ type: () => [CostAdjustmentResponse], description: 'The adjustments that applied.' })
  adjustments!: readonly CostAdjustmentResponse[];

  @ApiProperty({
    type: () => [NotPricedResponse],
    description: 'The counts and modifiers of the usage that the cost does not include.',
  })
  not_priced!: readonly NotPricedResponse[];

  @ApiProperty({
    type: ReportedCostResponse,
    nullable: true,
    description: "The vendor's own bill. Null: the usage states none.",
  })
  reported!: ReportedCostResponse | null;

  @ApiProperty({
    ...SIGNED_AMOUNT,
    nullable: true,
    description: 'US dollars: the cost minus the reported one. Null: one of them is unknown.',
    example: '-0.00001',
  })
  difference!: string | null;

  @ApiProperty({ type: TokenUsageResponse, description: 'The usage by kind.' })
  usage!: ShownUsage;
}
