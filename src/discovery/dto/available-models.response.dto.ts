import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { INPUT_COST, OUTPUT_COST, CACHE_WRITE_COST, CACHE_READ_COST, TIME } from '../../http/schemas';
import type { SuggestedCosts } from '../price-catalogue';

const TOKENS = {
  type: 'integer',
  required: false,
  description: 'Tokens. Absent if the upstream does not report it.',
} as const;
const MODALITIES = {
  type: 'array',
  items: { type: 'string' },
  required: false,
  example: ['text', 'image'],
  description: 'Absent if the upstream does not report it.',
} as const;

@ApiSchema({ description: 'The catalogue entry of suggested costs.' })
export class PriceOrigin {
  @ApiProperty({
    type: 'string',
    example: '@pydantic/genai-prices 0.1.8',
    description: 'The name and version of the catalogue.',
  })
  catalogue!: string;

  @ApiProperty({ type: 'string', example: 'anthropic', description: "The catalogue's name of the provider." })
  provider!: string;

  @ApiProperty({
    type: 'string',
    example: 'claude-sonnet-4-0',
    description: "The catalogue's name of the model.",
  })
  model!: string;
}

@ApiSchema({ name: 'SuggestedCosts', description: 'Costs from a price catalogue.' })
export class SuggestedCostsResponse {
  @ApiProperty(INPUT_COST)
  cost_per_1k_input!: number | null;

  @ApiProperty(OUTPUT_COST)
  cost_per_1k_output!: number | null;

  @ApiProperty(CACHE_WRITE_COST)
  cost_per_1k_cache_write!: number | null;

  @ApiProperty(CACHE_READ_COST)
  cost_per_1k_cache_read!: number | null;

  @ApiProperty({ type: PriceOrigin, description: 'The catalogue entry.' })
  origin!: PriceOrigin;

  @ApiProperty({ type: 'string', format: 'date', description: 'The date of the catalogue.' })
  as_of!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What a flat price cannot express, such as tiers. Null: nothing.',
  })
  note!: string | null;
}

@ApiSchema({ description: 'A model that the upstream offers.' })
export class AvailableModel {
  @ApiProperty({
    type: 'string',
    description: "The model's name at the upstream. Send it as `model`.",
    example: 'claude-sonnet-4-20250514',
  })
  id!: string;

  @ApiProperty({ type: 'string', description: 'The display name.', example: 'Claude Sonnet 4' })
  name!: string;

  @ApiProperty({
    type: 'boolean',
    description: 'Whether the provider already has this model, ignoring case.',
  })
  configured!: boolean;

  @ApiProperty({
    type: 'string',
    required: false,
    description: 'The kind of model, if the upstream reports it.',
  })
  type?: string;

  @ApiProperty(TOKENS)
  context_length?: number;

  @ApiProperty(TOKENS)
  max_output_tokens?: number;

  @ApiProperty(MODALITIES)
  input_modalities?: readonly string[];

  @ApiProperty(MODALITIES)
  output_modalities?: readonly string[];

  @ApiProperty({
    type: SuggestedCostsResponse,
    required: false,
    description: 'Costs from a price catalogue. Absent if the catalogue does not have the model.',
  })
  suggested_costs?: SuggestedCosts;
}

@ApiSchema({ name: 'AvailableModels', description: 'The models that the upstream offers.' })
export class AvailableModelsResponse {
  @ApiProperty({ type: () => [AvailableModel], description: 'The models, sorted by name.' })
  models!: AvailableModel[];

  @ApiProperty({ ...TIME, description: 'When Caret read the list from the upstream.' })
  fetched_at!: string;

  @ApiProperty({
    type: 'boolean',
    description: 'Whether the list comes from the cache. It is at most two minutes old.',
  })
  cached!: boolean;
}
