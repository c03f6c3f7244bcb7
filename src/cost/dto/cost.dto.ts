import { ApiSchema } from '@nestjs/swagger';
import type { JsonObject } from '../../common/json-object';
import { stringProblem } from '../../http/request/common-fields';
import { DeepField, Field } from '../../http/request/field';
import { usageProblems } from '../../pricing/token-usage/usage-normaliser';
import { ContextField, SelectorField } from '../../routing/dto/routing-fields';

function ModelIdField(): PropertyDecorator {
  return Field({
    presence: 'optional',
    schema: {
      type: 'string',
      format: 'uuid',
      description: 'The id of the model whose rates apply. Send this or `selector`.',
    },
    problem: stringProblem(() => null),
  });
}

const USAGE = {
  type: 'object',
  additionalProperties: true,
  description: [
    "The `usage` of a vendor's response, unchanged, or tokens by kind. The field names decide the form:",
    '',
    '- OpenAI: chat completions, responses and embeddings, also of compatible endpoints. The input includes cached tokens.',
    '- Anthropic: messages. The input excludes cached tokens.',
    '- By kind: `input`, `output`, `cache_write`, `cache_read`.',
    '',
    'Absent and null counts are 0. Other fields are ignored.',
  ].join('\n'),
  example: { prompt_tokens: 2006, completion_tokens: 300, prompt_tokens_details: { cached_tokens: 1920 } },
} as const;

function UsageField(): PropertyDecorator {
  return DeepField({ presence: 'required', schema: USAGE, check: usageProblems });
}

@ApiSchema({
  name: 'CalculateCostRequest',
  description: 'A usage and its model, by either `selector` or `model_id`.',
})
export class CostRequest {
  @SelectorField('Chooses the model whose rates apply, as for `/v1/resolve`. Send this or `model_id`.')
  selector?: string;

  @ModelIdField()
  model_id?: string;

  @UsageField()
  usage!: JsonObject;

  @ContextField('optional')
  context?: JsonObject;
}
