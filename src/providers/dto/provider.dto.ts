import { ApiSchema } from '@nestjs/swagger';
import { AdvancedJsonField } from '../../advanced-json/advanced-json.field';
import type { JsonObject } from '../../common/json-object';
import { EnabledField } from '../../models/dto/model-fields';
import type { ProviderKind } from '../../upstream/base-url';
import type { OpenaiApiMode } from '../../upstream/upstream-target';
import {
  ApiKeyField,
  BaseUrlField,
  OpenaiApiModeField,
  ProviderKindField,
  ProviderNameField,
} from './provider-fields';

const ENABLED =
  'Whether the models of the provider may be candidates. True for a new provider that sends none.';

/** The fields that null clears. */
export class ProviderSettingsDto {
  @BaseUrlField()
  base_url?: string | null;

  @OpenaiApiModeField()
  openai_api_mode?: OpenaiApiMode | null;

  @AdvancedJsonField('Configuration of all models of the provider. Null: none.', 'provider')
  advanced_json?: JsonObject | null;
}

@ApiSchema({ name: 'CreateProviderRequest', description: 'A provider to create.' })
export class CreateProviderDto extends ProviderSettingsDto {
  @ProviderNameField('required')
  name!: string;

  @ProviderKindField('required')
  provider!: ProviderKind;

  @ApiKeyField('required')
  api_key!: string;

  @EnabledField(ENABLED)
  enabled?: boolean;
}

@ApiSchema({ name: 'UpdateProviderRequest', description: 'Changes of a provider.' })
export class UpdateProviderDto extends ProviderSettingsDto {
  @ProviderNameField('optional')
  name?: string;

  @ProviderKindField('optional')
  provider?: ProviderKind;

  @ApiKeyField('optional')
  api_key?: string;

  @EnabledField(ENABLED)
  enabled?: boolean;
}
