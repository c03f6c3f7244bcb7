import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { maskStoredSecrets } from '../../advanced-json/advanced-json';
import { ADVANCED_JSON } from '../../advanced-json/advanced-json.schema';
import type { JsonObject } from '../../common/json-object';
import { namedEnum, ofSchema, TIME, UUID } from '../../http/schemas';
import { ModelResponse } from '../../models/dto/model.response.dto';
import type { ProviderKind } from '../../upstream/base-url';
import type { OpenaiApiMode } from '../../upstream/upstream-target';
import type { SecretStatus } from '../provider-secrets';
import type { Provider } from '../provider.entity';
import { OPENAI_API_MODE, PROVIDER_KIND } from './provider-fields';

export const SECRET_STATUS = namedEnum<SecretStatus>(
  'SecretStatus',
  ['ok', 'undecryptable'],
  '`undecryptable`: the stored key does not open with the configured encryption keys. Send the key again.',
);

@ApiSchema({ name: 'Provider', description: 'An account at an LLM vendor or at a compatible endpoint.' })
export class ProviderResponse {
  @ApiProperty({ ...UUID, description: 'The id of the provider.' })
  id!: string;

  @ApiProperty({ ...UUID, description: 'The id of the Caret account.' })
  account_id!: string;

  @ApiProperty(ofSchema(PROVIDER_KIND))
  provider!: ProviderKind;

  @ApiProperty({
    type: 'string',
    example: 'anthropic-main',
    description: 'The display name and prefix of selectors.',
  })
  name!: string;

  @ApiProperty({ type: 'boolean', description: 'False: its models are never candidates.' })
  enabled!: boolean;

  @ApiProperty({
    type: 'string',
    description: 'At most the first 8 characters of the key. Empty for a short key.',
  })
  key_prefix!: string;

  @ApiProperty(ofSchema(SECRET_STATUS))
  secret_status!: SecretStatus;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: "The custom endpoint. Null: the vendor's endpoint.",
  })
  base_url!: string | null;

  @ApiProperty({
    ...ofSchema(OPENAI_API_MODE),
    nullable: true,
    description: 'Only for provider `openai`. Null behaves as `auto`.',
  })
  openai_api_mode!: OpenaiApiMode | null;

  @ApiProperty({
    ...ofSchema(ADVANCED_JSON),
    nullable: true,
    description: 'Configuration of all models of the provider. Null: none.',
  })
  advanced_json!: JsonObject | null;

  @ApiProperty({ ...TIME, description: 'When the provider was created.' })
  created_at!: string;

  @ApiProperty({ ...TIME, description: 'When the provider was last changed.' })
  updated_at!: string;

  @ApiProperty({
    type: () => [ModelResponse],
    description:
      'The first 1000 models, or fewer if they have more than 16 MiB: higher priority first, then older models.',
  })
  models!: ModelResponse[];

  @ApiProperty({
    type: 'boolean',
    enum: [true],
    required: false,
    description:
      'Present if the provider has more models than `models` shows. Read all of them at `models_url`.',
  })
  models_truncated?: true;

  @ApiProperty({
    type: 'string',
    required: false,
    description: 'Present with `models_truncated`: the path of the first page of all models.',
  })
  models_url?: string;
}

/**
 * Lists every field of the response, so that no other field of the entity is shown by accident. It has no models:
 * `ShownProvidersService` adds them to the JSON.
 */
export function toProviderResponse(provider: Provider, secretStatus: SecretStatus): ProviderResponse {
  return {
    id: provider.id,
    account_id: provider.accountId,
    provider: provider.provider,
    name: provider.name,
    enabled: provider.enabled,
    key_prefix: provider.keyPrefix,
    secret_status: secretStatus,
    base_url: provider.baseUrl,
    openai_api_mode: provider.openaiApiMode,
    advanced_json: provider.advancedJson ? maskStoredSecrets(provider.advancedJson) : null,
    created_at: provider.createdAt,
    updated_at: provider.updatedAt,
    models: [],
  };
}
