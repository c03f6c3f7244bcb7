import { ApiSchema } from '@nestjs/swagger';
import type { JsonObject } from '../../common/json-object';
import { BooleanField, stringProblem } from '../../http/request/common-fields';
import { DeepField, Field } from '../../http/request/field';
import { PRICE_ENDPOINTS } from '../../pricing/price-kinds';
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
    '- Gemini and Vertex AI: `usageMetadata`, and the usage of an interaction. Bedrock: Converse. Cohere: `billed_units`. Voyage and other rerankers: `total_tokens`.',
    '- By kind: `input`, `output`, `cache_write`, `cache_read` and the finer kinds.',
    '',
    'Absent and null counts are 0. Where counts leave open which of them include others, `total_tokens` decides. A count that has no price is in `not_priced`; any other field is ignored.',
  ].join('\n'),
  example: { prompt_tokens: 2006, completion_tokens: 300, prompt_tokens_details: { cached_tokens: 1920 } },
} as const;

const CONTEXT = [
  'The context for `when` rules: any JSON object. These fields also decide about prices, and win over the usage:',
  '',
  '- `service_tier`: the tier of the vendor, such as `batch`, `flex` or `priority`.',
  `- \`endpoint\`: one of ${PRICE_ENDPOINTS.join(', ')}. \`batch\` is also the service tier.`,
  '- `at`: the start of the request (RFC 3339). Default: now.',
].join('\n');

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

  @ContextField('optional', CONTEXT)
  context?: JsonObject;

  @BooleanField('optional', {
    description:
      'Whether the usage may be a part of one (default: false), such as a single event of a stream. Its cost is then `assumed`. Otherwise a usage without a count of its input is an error.',
  })
  partial?: boolean;
}
