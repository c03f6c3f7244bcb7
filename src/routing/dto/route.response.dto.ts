import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { maskStoredSecrets } from '../../advanced-json/advanced-json';
import { ADVANCED_JSON } from '../../advanced-json/advanced-json.schema';
import type { JsonObject } from '../../common/json-object';
import {
  INPUT_COST,
  OUTPUT_COST,
  CACHE_WRITE_COST,
  CACHE_READ_COST,
  namedEnum,
  ofSchema,
  UUID,
} from '../../http/schemas';
import { PROVIDER_KIND } from '../../providers/dto/provider-fields';
import type { ProviderKind } from '../../upstream/base-url';
import { type Protocol, protocolOf, PROTOCOLS } from '../../upstream/protocol';
import type { Candidate } from '../engine/model/candidate';

export const PROTOCOL = namedEnum(
  'Protocol',
  PROTOCOLS,
  'The API to call. With `openai_api_mode` `auto`: responses, unless a test of the model found chat completions only.',
);

@ApiSchema({ name: 'SelectedRoute', description: 'A model with what a call to it needs, except the key.' })
export class RouteResponse {
  @ApiProperty({
    type: 'string',
    description: 'The selector of this model only.',
    example: 'anthropic-main^claude-sonnet-4-20250514',
  })
  selector!: string;

  @ApiProperty({ ...UUID, description: 'The id of the provider.' })
  provider_id!: string;

  @ApiProperty({ ...UUID, description: 'The id of the model.' })
  model_id!: string;

  @ApiProperty(ofSchema(PROVIDER_KIND))
  provider!: ProviderKind;

  @ApiProperty({ type: 'string', description: "The model's name at the upstream." })
  model!: string;

  @ApiProperty({
    type: 'string',
    description:
      "The base URL for the vendor's SDK: with the version for `openai`, without it for `anthropic`.",
    example: 'https://api.anthropic.com',
  })
  base_url!: string;

  @ApiProperty(ofSchema(PROTOCOL))
  protocol!: Protocol;

  @ApiProperty({
    ...ofSchema(ADVANCED_JSON),
    description: "The provider's configuration, overridden by the model's for each top-level key.",
  })
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
}

export function toRouteResponse({ selector, model, provider }: Candidate): RouteResponse {
  return {
    selector,
    provider_id: provider.id,
    model_id: model.id,
    provider: provider.kind,
    model: model.model,
    base_url: provider.baseUrl,
    protocol: protocolOf(
      provider.kind,
      provider.openaiApiMode,
      model.learnedProtocol ?? provider.learnedProtocol,
    ),
    advanced_json: maskStoredSecrets({
      ...parseObject(provider.advancedText ?? '{}'),
      ...parseObject(model.advancedText),
    }),
    multiplier: model.multiplier,
    cost_per_1k_input: model.rates.input,
    cost_per_1k_output: model.rates.output,
    cost_per_1k_cache_write: model.rates.cacheWrite,
    cost_per_1k_cache_read: model.rates.cacheRead,
  };
}

function parseObject(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}
