import { ApiExtraModels, ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import {
  INPUT_COST,
  OUTPUT_COST,
  CACHE_WRITE_COST,
  CACHE_READ_COST,
  namedEnum,
  ofSchema,
  TIME,
} from '../../http/schemas';
import { PRICE_SHEET } from '../../models/dto/price-sheet.schema';
import type { PriceSheet } from '../../pricing/price-sheet';
import { LIFECYCLES, type Lifecycle } from '../../upstream/model-list/model-status';
import type { KeyCheckResult } from '../key-check';
import type { SuggestedCosts } from '../suggested-costs';
import { KEY_CHECK, KEY_DETAIL } from './key-check.fields';

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

export const LIFECYCLE = namedEnum<Lifecycle>(
  'ModelLifecycle',
  LIFECYCLES,
  '`preview`: not generally available yet. `deprecated`: will be retired. `retired`: calls fail.',
);

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

@ApiExtraModels(PriceOrigin)
@ApiSchema({
  name: 'SuggestedCosts',
  description: "Costs from the upstream's list or from a price catalogue.",
})
export class SuggestedCostsResponse {
  @ApiProperty(INPUT_COST)
  cost_per_1k_input!: number | null;

  @ApiProperty(OUTPUT_COST)
  cost_per_1k_output!: number | null;

  @ApiProperty(CACHE_WRITE_COST)
  cost_per_1k_cache_write!: number | null;

  @ApiProperty(CACHE_READ_COST)
  cost_per_1k_cache_read!: number | null;

  @ApiProperty({
    type: 'string',
    enum: ['upstream', 'catalogue'],
    description:
      '`upstream`: the list of the upstream states the prices. `catalogue`: a price catalogue does.',
  })
  source!: 'upstream' | 'catalogue';

  @ApiProperty({
    allOf: [{ $ref: getSchemaPath(PriceOrigin) }],
    nullable: true,
    description: 'The catalogue entry. Null for prices of the upstream.',
  })
  origin!: PriceOrigin | null;

  @ApiProperty({
    type: 'string',
    format: 'date',
    description: 'The day of the list, or the date of the catalogue.',
  })
  as_of!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What a flat price cannot express, such as tiers. Null: nothing.',
  })
  note!: string | null;

  @ApiProperty({
    ...ofSchema(PRICE_SHEET),
    description:
      'What the four costs cannot express, and where they come from. An import with `price` stores it as `pricing` of the model.',
  })
  pricing!: PriceSheet;
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

  @ApiProperty({ type: 'integer', description: "The place in the upstream's own order, from 0.", example: 0 })
  position!: number;

  @ApiProperty({
    type: 'boolean',
    description:
      'Whether the provider already has this model, ignoring case and under either spelling at Google and Ollama.',
  })
  configured!: boolean;

  @ApiProperty({
    type: 'boolean',
    nullable: true,
    description: 'Whether the upstream says that the model can be called. Null: it does not say.',
  })
  callable!: boolean | null;

  @ApiProperty({
    ...ofSchema(LIFECYCLE),
    nullable: true,
    description: 'The stage of the model. Null: the upstream does not report it.',
  })
  lifecycle!: Lifecycle | null;

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
    description:
      'Costs from the list of the upstream, or else from a price catalogue. Absent if neither has the model.',
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

  @ApiProperty({
    type: 'boolean',
    description: 'Whether the upstream has more models than Caret reads: 50,000 models in 16 MiB.',
  })
  truncated!: boolean;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How many models were left out. Null: the upstream does not say.',
  })
  left!: number | null;

  @ApiProperty({
    type: 'integer',
    description: 'Entries of the list without a usable id. They are left out.',
  })
  unreadable!: number;

  @ApiProperty({
    ...ofSchema(KEY_CHECK),
    required: false,
    description:
      'What the list says about the key in the body. Absent for a stored provider, whose test says it.',
  })
  key?: KeyCheckResult;

  @ApiProperty(KEY_DETAIL)
  detail?: string;
}
