import { ApiExtraModels, ApiProperty, ApiSchema } from '@nestjs/swagger';
import {
  CACHE_READ_COST,
  CACHE_WRITE_COST,
  INPUT_COST,
  namedEnum,
  ofSchema,
  OUTPUT_COST,
  UUID,
} from '../../http/schemas';
import { SHOWN_SHEET } from '../../models/dto/price-sheet.schema';
import type { ModelPrices } from '../../models/priced-model';
import type { PriceSheet } from '../../pricing/price-sheet';

@ApiSchema({ name: 'ModelPrices', description: 'The prices of a model, without its multiplier.' })
export class ModelPricesResponse implements ModelPrices {
  @ApiProperty(INPUT_COST)
  cost_per_1k_input!: number | null;

  @ApiProperty(OUTPUT_COST)
  cost_per_1k_output!: number | null;

  @ApiProperty(CACHE_WRITE_COST)
  cost_per_1k_cache_write!: number | null;

  @ApiProperty(CACHE_READ_COST)
  cost_per_1k_cache_read!: number | null;

  @ApiProperty(SHOWN_SHEET)
  pricing!: PriceSheet | null;
}

class PricedModelResponse {
  @ApiProperty({ ...UUID, description: 'The id of the model.' })
  model_id!: string;

  @ApiProperty({ type: 'string', description: 'The name of the model.', example: 'claude-sonnet-4-20250514' })
  model!: string;
}

const SOURCE = {
  type: 'string',
  enum: ['upstream', 'catalogue'],
  description:
    '`upstream`: the list of the upstream states the prices. `catalogue`: the price catalogue does.',
} as const;

@ApiSchema({ description: 'A model whose stored prices are not those that would be suggested today.' })
export class PriceDifference extends PricedModelResponse {
  @ApiProperty({ type: ModelPricesResponse, description: 'The prices in force.' })
  stored!: ModelPrices;

  @ApiProperty({ type: ModelPricesResponse, description: 'The prices that `apply` would store.' })
  suggested!: ModelPrices;

  @ApiProperty(SOURCE)
  source!: 'upstream' | 'catalogue';

  @ApiProperty({ type: 'string', format: 'date', description: 'The day of the suggested prices.' })
  as_of!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What the suggested prices cannot express. Null: nothing.',
  })
  note!: string | null;
}

@ApiExtraModels(PriceDifference)
@ApiSchema({
  name: 'PriceCheck',
  description: 'The models of a provider with other prices than suggested today.',
})
export class PriceCheckResponse {
  @ApiProperty({
    type: () => [PriceDifference],
    description: 'Higher priority first, then oldest first. A model without a suggestion is not listed.',
  })
  data!: PriceDifference[];
}

@ApiSchema({ description: 'A model with new prices.' })
export class ChangedPrices extends PricedModelResponse {
  @ApiProperty({ type: ModelPricesResponse, description: 'The prices until now.' })
  before!: ModelPrices;

  @ApiProperty({ type: ModelPricesResponse, description: 'The prices in force.' })
  after!: ModelPrices;
}

export const PRICE_SKIP_REASONS = ['not_found', 'no_suggestion', 'unchanged'] as const;

export type PriceSkipReason = (typeof PRICE_SKIP_REASONS)[number];

export const PRICE_SKIP_REASON = namedEnum<PriceSkipReason>(
  'PriceSkipReason',
  PRICE_SKIP_REASONS,
  '`not_found`: the provider has no such model. `no_suggestion`: neither the list nor the catalogue has a price. `unchanged`: the stored prices are those.',
);

@ApiSchema({ description: 'A model that keeps its prices.' })
export class UnchangedPrices {
  @ApiProperty({ type: 'string', description: 'The id, as requested.' })
  model_id!: string;

  @ApiProperty(ofSchema(PRICE_SKIP_REASON))
  reason!: PriceSkipReason;
}

@ApiSchema({ name: 'PriceCheckResult', description: 'What the request changed and what it skipped.' })
export class PriceCheckResult {
  @ApiProperty({ type: () => [ChangedPrices], description: 'The models with new prices.' })
  changed!: ChangedPrices[];

  @ApiProperty({ type: () => [UnchangedPrices], description: 'The models that keep their prices.' })
  skipped!: UnchangedPrices[];
}
