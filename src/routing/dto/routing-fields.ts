import { isJsonObject } from '../../common/json-object';
import { DeepField, Field, type Presence } from '../../http/request/field';
import { ruleProblems } from '../../rules/compile-rule';

const MAX_SELECTORS = 32;

export const SELECTOR_FORMAT =
  '`provider^model`, `provider^` (its default), `model` (whoever offers it), `#tag`, `provider^#tag`, or `auto`';

/** Its grammar is judged where the providers are known, which the error lists. */
export function SelectorField(description: string): PropertyDecorator {
  return Field({
    presence: 'optional',
    schema: {
      type: 'string',
      description,
      example: 'anthropic-main^claude-sonnet-4-20250514',
    },
    code: 'selector',
    problem: (value) =>
      typeof value === 'string' ? null : 'must be a string such as "provider^model" or "auto"',
  });
}

export function SelectorsField(): PropertyDecorator {
  return Field({
    presence: 'optional',
    schema: {
      type: 'array',
      items: { type: 'string' },
      maxItems: MAX_SELECTORS,
      description: 'Selectors, tried in this order. Send at least one here, or `selector`.',
      example: ['anthropic-main^', '#fast'],
    },
    code: 'selectors',
    problem: (value) =>
      Array.isArray(value) && value.length <= MAX_SELECTORS && value.every((item) => typeof item === 'string')
        ? null
        : `must be a list of 1 to ${MAX_SELECTORS} strings`,
  });
}

/** What rules are asked about. */
export function ContextField(presence: Presence): PropertyDecorator {
  return DeepField({
    presence,
    schema: {
      type: 'object',
      additionalProperties: true,
      description: 'What the `when` rules are judged by: any JSON object.',
      example: { tier: 'pro', user: { country: 'CH' } },
    },
    check: (value, pointer) =>
      isJsonObject(value) ? [] : [{ pointer, code: 'context', detail: 'must be an object' }],
  });
}

export function RuleField(): PropertyDecorator {
  return DeepField({
    presence: 'required',
    schema: {
      type: 'object',
      additionalProperties: true,
      description: "A rule as in a model's `when`.",
      example: { tier: { $in: ['pro', 'team'] }, 'user.country': 'CH' },
    },
    check: ruleProblems,
  });
}
