import { ApiSchema } from '@nestjs/swagger';
import { stringListCheck } from '../../http/request/common-fields';
import { DeepField } from '../../http/request/field';

export const MAX_MODEL_IDS = 1_000;

const checkIds = stringListCheck(MAX_MODEL_IDS);

@ApiSchema({ name: 'ApplyPricesRequest', description: 'The models that get the suggested prices.' })
export class ApplyPricesDto {
  @DeepField({
    presence: 'required',
    schema: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      maxItems: MAX_MODEL_IDS,
      description: 'Ids of models of the provider.',
      example: ['0193e0a2-7b1c-7def-8a01-5d2c8f4b6e03'],
    },
    check: (value, pointer) =>
      Array.isArray(value) && value.length === 0
        ? [{ pointer, code: 'length', detail: 'Must have at least one id.' }]
        : checkIds(value, pointer),
  })
  model_ids!: string[];
}
