import { ApiSchema } from '@nestjs/swagger';
import { ApiKeyField, ProviderKindField } from '../../providers/dto/provider-fields';
import { ProviderSettingsDto } from '../../providers/dto/provider.dto';
import type { ProviderKind } from '../../upstream/base-url';

@ApiSchema({
  name: 'DiscoverModelsRequest',
  description: 'Credentials to discover models with. They are not stored.',
})
export class DiscoverDto extends ProviderSettingsDto {
  @ProviderKindField('required')
  provider!: ProviderKind;

  @ApiKeyField('required')
  api_key!: string;
}
