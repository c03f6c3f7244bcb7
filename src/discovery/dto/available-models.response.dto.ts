import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { COST, TIME } from '../../http/schemas';
import type { SuggestedCosts } from '../price-catalogue';

const TOKENS = {
  type: 'integer',
  required: false,
  description: 'Tokens; absent where the upstream does not say.',
} as const;
const MODALITIES = {
  type: 'array',
  items: { type: 'string' },
  required: false,
  example: ['text', 'image'],
} as const;

export class PriceSource {
  @ApiProperty({ type: 'string', example: '@pydantic/genai-prices 0.1.8' })
  catalogue!: string;

  @ApiProperty({ type: 'string', example: 'anthropic' })
  provider!: string;

  @ApiProperty({ type: 'string', example: 'claude-sonnet-4-0' })
  model!: string;
}

@ApiSchema({ name: 'SuggestedCosts' })
export class SuggestedCostsResponse {
  @ApiProperty(COST)
  cost_per_1k_input!: number | null;

  @ApiProperty(COST)
  cost_per_1k_output!: number | null;

  @ApiProperty(COST)
  cost_per_1k_cache_write!: number | null;

  @ApiProperty(COST)
  cost_per_1k_cache_read!: number | null;

  @ApiProperty({ type: PriceSource, description: 'Where the prices come from.' })
  source!: PriceSource;

  @ApiProperty({ type: 'string', format: 'date', description: "The catalogue's date." })
  as_of!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What flat prices cannot say, tiers for example.',
  })
  note!: string | null;
}

export class AvailableModel {
  @ApiProperty({
    type: 'string',
    description: "The upstream's name, for `model`.",
    example: 'claude-sonnet-4-20250514',
  })
  id!: string;

  @ApiProperty({ type: 'string', description: 'For people.', example: 'Claude Sonnet 4' })
  name!: string;

  @ApiProperty({ type: 'boolean', description: 'Whether the provider has it as a model, ignoring case.' })
  configured!: boolean;

  @ApiProperty({ type: 'string', required: false })
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
    description: 'From a maintained price catalogue; absent where it does not know the model.',
  })
  suggested_costs?: SuggestedCosts;
}

@ApiSchema({ name: 'AvailableModels' })
export class AvailableModelsResponse {
  @ApiProperty({ type: () => [AvailableModel], description: 'Sorted by name.' })
  models!: AvailableModel[];

  @ApiProperty({ ...TIME, description: 'When the upstream was asked.' })
  fetched_at!: string;

  @ApiProperty({
    type: 'boolean',
    description: 'Whether this is the answer to an earlier request, at most two minutes old.',
  })
  cached!: boolean;
}
