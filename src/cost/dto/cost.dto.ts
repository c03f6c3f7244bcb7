import { ApiSchema } from '@nestjs/swagger';
import type { JsonObject } from '../../common/json-object';
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
    code: 'model_id',
    problem: (value) => (typeof value === 'string' ? null : 'must be a string'),
  });
}

const USAGE = {
  type: 'object',
  additionalProperties: true,
  description: [
    "The `usage` of a vendor's answer as it is, or tokens by kind. Which it is shows by its fields:",
    "OpenAI's chat completions, responses and embeddings (also of compatible endpoints; the input's total",
    "includes cached tokens), Anthropic's messages (the input excludes them), or `input`, `output`,",
    '`cache_write`, `cache_read`. Absent and null counts are 0; other fields are ignored.',
  ].join(' '),
  example: { prompt_tokens: 2006, completion_tokens: 300, prompt_tokens_details: { cached_tokens: 1920 } },
} as const;

function UsageField(): PropertyDecorator {
  return DeepField({ presence: 'required', schema: USAGE, check: usageProblems });
}

/** A usage, and the model that it is of: by `selector` or by `model_id`, never both. */
@ApiSchema({ name: 'CalculateCostRequest' })
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
