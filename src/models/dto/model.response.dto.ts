import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { maskStoredSecrets } from '../../advanced-json/advanced-json';
import { ADVANCED_JSON } from '../../advanced-json/advanced-json.schema';
import type { JsonObject } from '../../common/json-object';
import {
  INPUT_COST,
  OUTPUT_COST,
  CACHE_WRITE_COST,
  CACHE_READ_COST,
  ofSchema,
  TIME,
  UUID,
} from '../../http/schemas';
import type { PriceSheet } from '../../pricing/price-sheet';
import type { ShownModel } from '../shown-model';
import { SHOWN_SHEET } from './price-sheet.schema';
import { type RuleWarningResponse, WARNINGS, warningsOf } from './rule-warning.response.dto';

const OBJECT = { type: 'object', additionalProperties: true } as const;

@ApiSchema({ name: 'Model', description: 'A model of a provider.' })
export class ModelResponse {
  @ApiProperty({ ...UUID, description: 'The id of the model.' })
  id!: string;

  @ApiProperty({ ...UUID, description: 'The id of the provider.' })
  provider_id!: string;

  @ApiProperty({
    type: 'string',
    example: 'claude-sonnet-4-20250514',
    description: "The model's name at the upstream.",
  })
  model!: string;

  @ApiProperty({
    type: 'string',
    description: 'The selector of this model only.',
    example: 'anthropic-main^claude-sonnet-4-20250514',
  })
  selector!: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    description: 'Other names that select the model.',
  })
  aliases!: string[];

  @ApiProperty({ type: 'boolean', description: 'False: never a candidate.' })
  enabled!: boolean;

  @ApiProperty({ type: 'integer', format: 'int32', description: 'Higher is tried first.' })
  priority!: number;

  @ApiProperty({ type: 'boolean', description: "Whether this is the provider's default model." })
  is_default!: boolean;

  @ApiProperty({ type: 'array', items: { type: 'string' }, description: 'The tags of the model.' })
  tags!: string[];

  @ApiProperty({
    ...OBJECT,
    description:
      '`{}` always matches. A corrupt stored rule never matches and is shown as a rule that never does; replace it to repair the model.',
  })
  when!: JsonObject;

  @ApiProperty(WARNINGS)
  warnings?: RuleWarningResponse[];

  @ApiProperty(ofSchema(ADVANCED_JSON))
  advanced_json!: JsonObject;

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

  @ApiProperty({ ...TIME, description: 'When the model was created.' })
  created_at!: string;

  @ApiProperty({ ...TIME, description: 'When the model was last changed.' })
  updated_at!: string;
}

/** Shown in place of a corrupt rule. Like the corrupt rule in routing, it never matches. */
const UNREADABLE_RULE: JsonObject = { unreadable: { $in: [] } };

/** Returns the selector of a model. The caret in it gave the project its name. */
export function selectorOf(providerName: string, model: string): string {
  return `${providerName}^${model}`;
}

export function toModelResponse(model: ShownModel, providerName: string): ModelResponse {
  return {
    id: model.id,
    provider_id: model.providerId,
    model: model.model,
    selector: selectorOf(providerName, model.model),
    aliases: model.aliases ?? [],
    enabled: model.enabled,
    priority: model.priority,
    is_default: model.defaultOf !== null,
    tags: model.tags ?? [],
    when: model.when ?? UNREADABLE_RULE,
    ...warningsOf(model.when ?? {}),
    advanced_json: maskStoredSecrets(model.advancedJson ?? {}),
    multiplier: model.multiplier,
    cost_per_1k_input: model.costPer1kInput,
    cost_per_1k_output: model.costPer1kOutput,
    cost_per_1k_cache_write: model.costPer1kCacheWrite,
    cost_per_1k_cache_read: model.costPer1kCacheRead,
    pricing: model.pricing ?? null,
    created_at: model.createdAt,
    updated_at: model.updatedAt,
  };
}
