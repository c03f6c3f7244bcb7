import { ApiProperty } from '@nestjs/swagger';
import { EnumField } from '../../http/request/common-fields';
import { Field } from '../../http/request/field';
import { TagsField } from '../../models/dto/model-fields';
import { ModelResponse } from '../../models/dto/model.response.dto';

function ImportedModelsField(): PropertyDecorator {
  return Field({
    presence: 'required',
    schema: {
      oneOf: [
        { type: 'array', items: { type: 'string' }, minItems: 1 },
        { type: 'string', enum: ['all'] },
      ],
      description: 'Ids from available-models, or "all".',
      example: ['claude-sonnet-4-20250514'],
    },
    code: 'models',
    problem: (value) => {
      const ids =
        Array.isArray(value) && value.length > 0 && value.every((id) => typeof id === 'string' && id !== '');
      return ids || value === 'all' ? null : 'must be a list of model ids with at least one, or "all"';
    },
  });
}

export class ImportModelsDto {
  @ImportedModelsField()
  models!: string[] | 'all';

  @TagsField()
  tags?: string[] | null;

  @EnumField('optional', ['suggested'], {
    description: '`suggested`: take the costs that available-models suggests; without it they stay unknown.',
  })
  price?: 'suggested';
}

export class SkippedModel {
  @ApiProperty({ type: 'string' })
  id!: string;

  @ApiProperty({
    type: 'string',
    enum: ['exists', 'not_offered', 'invalid_name'],
    description:
      '`exists`: the provider has it already; `not_offered`: the upstream does not list it; `invalid_name`: it cannot be the name of a model here.',
  })
  reason!: 'exists' | 'not_offered' | 'invalid_name';
}

export class ImportResult {
  @ApiProperty({ type: () => [ModelResponse] })
  added!: ModelResponse[];

  @ApiProperty({ type: () => [SkippedModel] })
  skipped!: SkippedModel[];
}
