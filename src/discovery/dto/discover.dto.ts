import { ApiSchema } from '@nestjs/swagger';
import { ApiKeyField, ProviderKindField } from '../../providers/dto/provider-fields';
import { ProviderSettingsDto } from '../../providers/dto/provider.dto';
import type { ProviderKind } from '../../upstream/base-url';

/** Credentials that are not stored, neither before nor by the request. */
@ApiSchema({ name: 'DiscoverModelsRequest' })
export class DiscoverDto extends ProviderSettingsDto {
  @ProviderKindField('required')
  provider!: ProviderKind;

  @ApiKeyField('required')
  api_key!: string;
}
