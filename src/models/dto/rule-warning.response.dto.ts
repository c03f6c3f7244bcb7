import { ApiProperty, type ApiPropertyOptions, ApiSchema } from '@nestjs/swagger';
import type { JsonObject } from '../../common/json-object';
import { ruleWarnings } from '../../rules/compile-rule';

@ApiSchema({
  name: 'RuleWarning',
  description: 'A part of a valid rule that has another meaning in MongoDB or in other gateways.',
})
export class RuleWarningResponse {
  @ApiProperty({ type: 'string', description: 'JSON pointer (RFC 6901) to the part.', example: '/when/user' })
  pointer!: string;

  @ApiProperty({
    type: 'string',
    description: '`when.metadata` or `when.null`. Stable; for programs.',
    example: 'when.null',
  })
  code!: string;

  @ApiProperty({
    type: 'string',
    description: 'What the part means, and what to send instead. For people.',
    example:
      'A missing path does not equal null, unlike in MongoDB. To test for a missing path, send {"$exists": false}.',
  })
  detail!: string;
}

export const WARNINGS: ApiPropertyOptions = {
  type: () => [RuleWarningResponse],
  required: false,
  description:
    'Parts of `when` that have another meaning in MongoDB or in other gateways. Absent if there are none.',
};

/** Returns the optional member `warnings` of a response that shows `when`. */
export function warningsOf(when: JsonObject): { warnings?: RuleWarningResponse[] } {
  const warnings = ruleWarnings(when, '/when');
  return warnings.length === 0 ? {} : { warnings };
}
