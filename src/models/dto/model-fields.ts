import type { ApiPropertyOptions } from '@nestjs/swagger';
import { modelNameProblem, tagProblem } from '../../common/text-rules';
import { DeepField, Field, type Presence } from '../../http/request/field';
import { ruleProblems } from '../../rules/compile-rule';
import { OPERATORS } from '../../rules/operators';

const MAX_TAGS = 32;
const MAX_DECIMALS = 12;

/** Far above any price, and within what a decimal column holds exactly. */
const MAX_AMOUNT = 1_000_000_000;

export function ModelNameField(presence: Presence): PropertyDecorator {
  return Field({
    presence,
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description:
        "The upstream's name of the model, byte for byte. Unique under its provider, ignoring case.",
      example: 'claude-sonnet-4-20250514',
    },
    code: 'model',
    problem: (value) => (typeof value === 'string' ? modelNameProblem(value) : 'must be a string'),
  });
}

export function TagsField(): PropertyDecorator {
  return Field({
    presence: 'nullable',
    schema: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 64 },
      maxItems: MAX_TAGS,
      description: 'Extra tags; trimmed, duplicates dropped, order kept. Null: none.',
      example: ['fast', 'cheap'],
    },
    code: 'tags',
    problem: tagsProblem,
  });
}

function tagsProblem(value: unknown): string | null {
  if (!Array.isArray(value) || value.length > MAX_TAGS)
    return `must be a list of at most ${MAX_TAGS} strings`;
  for (const [index, tag] of (value as unknown[]).entries()) {
    const problem = typeof tag === 'string' ? tagProblem(tag) : 'must be a string';
    if (problem) return `item ${index}: ${problem}`;
  }
  return null;
}

export function AmountField(schema: ApiPropertyOptions): PropertyDecorator {
  return Field({
    presence: 'nullable',
    schema: { type: 'number', format: 'double', minimum: 0, maximum: MAX_AMOUNT, ...schema },
    code: 'amount',
    problem: (value) => {
      const number = typeof value === 'number' && value >= 0 && value <= MAX_AMOUNT;
      return number && decimals(value) <= MAX_DECIMALS
        ? null
        : `must be a number from 0 to ${MAX_AMOUNT} with at most ${MAX_DECIMALS} decimal places`;
    },
  });
}

/** Decimal places of a number's shortest decimal form, which is how it was sent. */
function decimals(value: number): number {
  const [, fraction = '', exponent = '0'] = /^\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}

export function WhenField(): PropertyDecorator {
  return DeepField({
    presence: 'nullable',
    schema: {
      type: 'object',
      additionalProperties: true,
      description: `Conditional routing rule over the request context; \`{}\` (or null) is unconditional. A key is a dotted path, a plain value means equality; the operators are ${OPERATORS.join(', ')}.`,
      example: { tier: 'pro' },
    },
    check: ruleProblems,
  });
}
