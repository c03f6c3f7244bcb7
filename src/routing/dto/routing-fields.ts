import { isJsonObject } from '../../common/json-object';
import { stringListCheck, stringProblem, wrongType } from '../../http/request/common-fields';
import { DeepField, Field, NO_ERRORS, type Presence } from '../../http/request/field';
import { ruleProblems } from '../../rules/compile-rule';
import { MAX_SELECTORS } from '../../selectors/selector';

export const SELECTOR_FORMAT =
  '`provider^model`, `provider^` (its default model), `model` (of any provider), `#tag`, `provider^#tag`, or `auto`';

/** The service checks the grammar, because the error lists the known providers. */
export function SelectorField(description: string): PropertyDecorator {
  return Field({
    presence: 'optional',
    schema: {
      type: 'string',
      description,
      example: 'anthropic-main^claude-sonnet-4-20250514',
    },
    problem: stringProblem(() => null),
  });
}

export function SelectorsField(): PropertyDecorator {
  return DeepField({
    presence: 'optional',
    schema: {
      type: 'array',
      items: { type: 'string' },
      maxItems: MAX_SELECTORS,
      description: 'Selectors, tried in this order. Send at least one here, or `selector`.',
      example: ['anthropic-main^', '#fast'],
    },
    check: stringListCheck(MAX_SELECTORS),
  });
}

/** The context that rules are evaluated in. */
export function ContextField(
  presence: Presence,
  description = 'The context for `when` rules: any JSON object.',
): PropertyDecorator {
  return DeepField({
    presence,
    schema: {
      type: 'object',
      additionalProperties: true,
      description,
      example: { tier: 'pro', user: { country: 'CH' } },
    },
    check: (value, pointer) =>
      isJsonObject(value) ? NO_ERRORS : [{ pointer, ...wrongType('a JSON object') }],
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
