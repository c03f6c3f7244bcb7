import { ApiSchema } from '@nestjs/swagger';
import type { JsonObject } from '../../common/json-object';
import { BooleanField, IntegerField } from '../../http/request/common-fields';
import { ContextField, RuleField, SELECTOR_FORMAT, SelectorField, SelectorsField } from './routing-fields';

@ApiSchema({ description: 'What to resolve, and the context for rules.' })
export class ResolveRequest {
  @SelectorField(`What to resolve: ${SELECTOR_FORMAT}. Empty or absent: \`auto\`.`)
  selector?: string;

  @SelectorsField()
  selectors?: string[];

  @ContextField('optional')
  context?: JsonObject;

  @BooleanField('optional', {
    description:
      'Whether to list every considered model with the reason for its outcome and rank. Default: false.',
  })
  explain?: boolean;

  @IntegerField(
    'optional',
    { description: 'Maximum number of fallbacks. Default: 100.', example: 3 },
    { minimum: 0, maximum: 1000 },
  )
  max_fallbacks?: number;
}

@ApiSchema({ description: 'A rule to check without saving it.' })
export class CheckRuleRequest {
  @RuleField()
  when!: JsonObject;

  @ContextField('required')
  context!: JsonObject;
}
