import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import {
  CACHE_READ_COST,
  CACHE_WRITE_COST,
  INPUT_COST,
  ofSchema,
  OUTPUT_COST,
  TIME,
  UUID,
} from '../../http/schemas';
import type { PriceSheet, PriceSource } from '../../pricing/price-sheet';
import type { ModelPrice } from '../model-price.entity';
import { PRICE_SOURCE, SHOWN_SHEET } from './price-sheet.schema';

@ApiSchema({ description: 'The token that set a price.' })
export class PriceActor {
  @ApiProperty({
    ...UUID,
    nullable: true,
    description: 'The id of the token. Null for a price that is older than the history.',
  })
  token_id!: string | null;

  @ApiProperty({
    type: 'string',
    description: 'The name of the token at that time. `upgrade` for a price that is older than the history.',
  })
  token_name!: string;
}

@ApiSchema({ name: 'ModelPrice', description: 'The prices of a model from a time on.' })
export class ModelPriceResponse {
  @ApiProperty({ ...UUID, description: 'The id of the price.' })
  id!: string;

  @ApiProperty({ ...TIME, description: 'The first moment at which the price was in force.' })
  valid_from!: string;

  @ApiProperty({ type: 'number', format: 'double', description: 'Factor on every cost.' })
  multiplier!: number;

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

  @ApiProperty({
    ...ofSchema(PRICE_SOURCE),
    description: 'The `source` of the price sheet that was sent with the change. Otherwise `manual`.',
  })
  source!: PriceSource;

  @ApiProperty({ type: PriceActor, description: 'Who set the price.' })
  actor!: PriceActor;
}

export function toModelPriceResponse(price: ModelPrice): ModelPriceResponse {
  return {
    id: price.id,
    valid_from: price.validFrom,
    multiplier: price.multiplier,
    cost_per_1k_input: price.costPer1kInput,
    cost_per_1k_output: price.costPer1kOutput,
    cost_per_1k_cache_write: price.costPer1kCacheWrite,
    cost_per_1k_cache_read: price.costPer1kCacheRead,
    pricing: price.pricing ?? null,
    source: price.source,
    actor: { token_id: price.tokenId, token_name: price.tokenName },
  };
}
