import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ofSchema, UUID } from '../../http/schemas';
import { PROVIDER_KIND } from '../../providers/dto/provider-fields';
import type { ProviderKind } from '../../upstream/base-url';

@ApiSchema({ name: 'SelectableModel', description: 'A model for a model picker.' })
export class SelectorResponse {
  @ApiProperty({
    type: 'string',
    example: 'anthropic-main^claude-sonnet-4-20250514',
    description: 'The selector of this model only.',
  })
  selector!: string;

  @ApiProperty(ofSchema(PROVIDER_KIND))
  provider!: ProviderKind;

  @ApiProperty({ ...UUID, description: 'The id of the provider.' })
  provider_id!: string;

  @ApiProperty({ type: 'string', description: "The model's name at the upstream." })
  model!: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    description: 'Other names that select the model.',
  })
  aliases!: readonly string[];

  @ApiProperty({ ...UUID, description: 'The id of the model.' })
  model_id!: string;

  @ApiProperty({ type: 'boolean', description: "Whether this is the provider's default model." })
  is_default!: boolean;

  @ApiProperty({ type: 'array', items: { type: 'string' }, description: 'The tags of the model.' })
  tags!: readonly string[];

  @ApiProperty({
    type: 'string',
    required: false,
    description: 'The kind of model, if the upstream reports it.',
  })
  type?: string;

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'Tokens, from the upstream or the price catalogue. Absent: unknown.',
  })
  context_length?: number;
}
