import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { BooleanField, EnumField, stringListCheck } from '../../http/request/common-fields';
import { DeepField, NO_ERRORS } from '../../http/request/field';
import { namedEnum, ofSchema } from '../../http/schemas';
import { TagsField } from '../../models/dto/model-fields';
import { ModelResponse } from '../../models/dto/model.response.dto';

const checkIds = stringListCheck(Infinity, (id) =>
  id === '' ? { code: 'length', detail: 'Must not be empty.' } : null,
);

/** Also takes `"all"`, which older clients send for `all: true`. */
function ImportedModelsField(): PropertyDecorator {
  return DeepField({
    presence: 'optional',
    schema: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'Ids from `available-models`, at least one. Send this or `all`.',
      example: ['claude-sonnet-4-20250514'],
    },
    check: (value, pointer) => (value === 'all' ? NO_ERRORS : checkIds(value, pointer)),
  });
}

export const IMPORT_PRICE = namedEnum(
  'ImportPrice',
  ['suggested'],
  '`suggested`: the costs that `available-models` suggests.',
);

@ApiSchema({ name: 'ImportModelsRequest', description: 'The models to import.' })
export class ImportModelsDto {
  @ImportedModelsField()
  models?: string[] | 'all';

  @BooleanField('optional', {
    description: 'Whether to import every model that the upstream offers. Send this or `models`.',
  })
  all?: boolean;

  @TagsField()
  tags?: string[] | null;

  @EnumField('optional', IMPORT_PRICE, {
    description: 'Where costs come from. Absent: costs stay unknown.',
  })
  price?: 'suggested';
}

export const SKIP_REASON = namedEnum(
  'SkipReason',
  ['exists', 'not_offered', 'invalid_name'],
  '`exists`: the provider already has the model. `not_offered`: the upstream does not list it. `invalid_name`: Caret does not allow the name.',
);

@ApiSchema({ description: 'A model that an import skipped.' })
export class SkippedModel {
  @ApiProperty({ type: 'string', description: 'The id of the model, as requested.' })
  id!: string;

  @ApiProperty(ofSchema(SKIP_REASON))
  reason!: 'exists' | 'not_offered' | 'invalid_name';
}

@ApiSchema({ description: 'What an import added and what it skipped.' })
export class ImportResult {
  @ApiProperty({ type: () => [ModelResponse], description: 'The new models.' })
  added!: ModelResponse[];

  @ApiProperty({ type: () => [SkippedModel], description: 'The requested models that were not added.' })
  skipped!: SkippedModel[];
}
