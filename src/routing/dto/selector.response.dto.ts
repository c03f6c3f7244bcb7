import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ofSchema, UUID } from '../../http/schemas';
import { PROVIDER_KIND } from '../../providers/dto/provider-fields';
import type { ProviderKind } from '../../upstream/base-url';

/** A model in a list for a model picker. */
@ApiSchema({ name: 'SelectableModel' })
export class SelectorResponse {
  @ApiProperty({ type: 'string', example: 'anthropic-main^claude-sonnet-4-20250514' })
  selector!: string;

  @ApiProperty(ofSchema(PROVIDER_KIND))
  provider!: ProviderKind;

  @ApiProperty(UUID)
  provider_id!: string;

  @ApiProperty({ type: 'string', description: "The upstream's name of the model." })
  model!: string;

  @ApiProperty(UUID)
  model_id!: string;

  @ApiProperty({ type: 'boolean', description: "Whether it is its provider's default." })
  is_default!: boolean;

  @ApiProperty({ type: 'array', items: { type: 'string' } })
  tags!: readonly string[];

  @ApiProperty({
    type: 'string',
    required: false,
    description: 'As the upstream calls it, where it was asked.',
  })
  type?: string;

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'Tokens; as the upstream or the price catalogue says.',
  })
  context_length?: number;
}
