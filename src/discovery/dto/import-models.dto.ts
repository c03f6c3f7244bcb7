import { ApiExtraModels, ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import type { RuleViolation } from '../../common/domain-error';
import { lengthProblem, MAX_MODEL_LENGTH } from '../../common/text-rules';
import { BooleanField, EnumField, stringListCheck, stringProblem } from '../../http/request/common-fields';
import { DeepField, Field, NO_ERRORS } from '../../http/request/field';
import { namedEnum, ofSchema, UUID } from '../../http/schemas';
import { TagsField } from '../../models/dto/model-fields';
import { ModelResponse } from '../../models/dto/model.response.dto';
import { DEFAULT_REASONS, type DefaultReason } from '../default-choice';
import type { KeyCheckResult } from '../key-check';
import { KEY_CHECK, KEY_DETAIL } from './key-check.fields';

const checkIds = stringListCheck(Infinity, idProblem);

function idProblem(id: string): RuleViolation | null {
  return id === '' ? { code: 'length', detail: 'Must not be empty.' } : null;
}

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
  '`suggested`: the costs that `available-models` suggests, with their price sheet.',
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

  @Field({
    presence: 'optional',
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_MODEL_LENGTH,
      description:
        "The id of the model to make the default: one that this request imports or that the provider has. Absent: an enabled default stays, or the first chat model in the upstream's order becomes it.",
      example: 'claude-sonnet-4-20250514',
    },
    problem: stringProblem((id) => idProblem(id) ?? lengthProblem(id, MAX_MODEL_LENGTH)),
  })
  default?: string;
}

export const DEFAULT_REASON = namedEnum<DefaultReason>(
  'DefaultReason',
  DEFAULT_REASONS,
  "`requested`: the request names it. `kept`: it was the default before. `first_chat_model`: the first in the upstream's order that the list or the price catalogue says is a chat model. `first_offered`: nothing says so of any model.",
);

@ApiSchema({ description: 'The default model of the provider after an import.' })
export class ImportedDefault {
  @ApiProperty({ ...UUID, description: 'The id of the model.' })
  id!: string;

  @ApiProperty({ type: 'string', description: 'The name of the model.', example: 'claude-sonnet-4-20250514' })
  model!: string;

  @ApiProperty(ofSchema(DEFAULT_REASON))
  reason!: DefaultReason;
}

export const SKIP_REASON = namedEnum(
  'SkipReason',
  ['exists', 'not_offered', 'invalid_name', 'too_long', 'not_callable'],
  '`exists`: the provider already has the model, ignoring case and under either spelling at Google and Ollama. `not_offered`: the upstream does not list it. `invalid_name`: Caret does not allow the name. `too_long`: the name has more than 512 characters. `not_callable`: the upstream says that the model cannot be called, and the request asked for all models.',
);

@ApiSchema({ description: 'A model that an import skipped.' })
export class SkippedModel {
  @ApiProperty({ type: 'string', description: 'The id of the model, as requested.' })
  id!: string;

  @ApiProperty(ofSchema(SKIP_REASON))
  reason!: 'exists' | 'not_offered' | 'invalid_name' | 'too_long' | 'not_callable';
}

@ApiExtraModels(ImportedDefault)
@ApiSchema({ description: 'What an import added and what it skipped.' })
export class ImportResult {
  @ApiProperty({
    type: () => [ModelResponse],
    description: 'The new models. `pricing.source` says where suggested prices come from.',
  })
  added!: ModelResponse[];

  @ApiProperty({ type: () => [SkippedModel], description: 'The requested models that were not added.' })
  skipped!: SkippedModel[];

  @ApiProperty({
    allOf: [{ $ref: getSchemaPath(ImportedDefault) }],
    nullable: true,
    description: 'The default model afterwards. Null: the provider has no models.',
  })
  default!: ImportedDefault | null;

  @ApiProperty({ ...ofSchema(KEY_CHECK), description: 'What the list says about the key of the provider.' })
  key!: KeyCheckResult;

  @ApiProperty(KEY_DETAIL)
  detail?: string;
}
