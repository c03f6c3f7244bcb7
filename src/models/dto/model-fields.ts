import type { ApiPropertyOptions } from '@nestjs/swagger';
import type { FieldError, RuleViolation } from '../../common/domain-error';
import { foldCase } from '../../common/identity-key';
import { MAX_MODEL_LENGTH, MAX_TAG_LENGTH, modelNameProblem, tagProblem } from '../../common/text-rules';
import { BooleanField, stringListCheck, stringProblem, wrongType } from '../../http/request/common-fields';
import { DeepField, Field, type Presence } from '../../http/request/field';
import { ofSchema } from '../../http/schemas';
import { priceSheetProblems } from '../../pricing/price-sheet-problems';
import { ruleProblems } from '../../rules/compile-rule';
import { OPERATORS } from '../../rules/operators';
import { PRICE_SHEET } from './price-sheet.schema';

const MAX_TAGS = 32;
/** Of the caller's own, and one for the other spelling of the name (see `otherSpelling`). */
export const MAX_OWN_ALIASES = 16;
const MAX_ALIASES = MAX_OWN_ALIASES + 1;
const MAX_DECIMALS = 12;

/** Far above any price, and exact in a decimal column. */
const MAX_AMOUNT = 1_000_000_000;

export function ModelNameField(presence: Presence): PropertyDecorator {
  return Field({
    presence,
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_MODEL_LENGTH,
      description:
        "The model's name at the upstream, byte for byte. Unique under its provider, ignoring case.",
      example: 'claude-sonnet-4-20250514',
    },
    problem: stringProblem(modelNameProblem),
  });
}

export function AliasesField(): PropertyDecorator {
  return DeepField({
    presence: 'nullable',
    schema: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: MAX_MODEL_LENGTH },
      maxItems: MAX_ALIASES,
      description:
        'Other names that select the model, such as a dated snapshot or a name of your own. Responses show the name in `model`. Unique under the provider together with the names of its models, ignoring case. At most 16, and at Google and Ollama also the other spelling of the name, which is always added. Replaced as a whole. Null: none of your own.',
      example: ['sonnet', 'claude-sonnet-4-0'],
    },
    check: aliasErrors,
  });
}

/** A list with one more than that is checked with the name of the model, because it may be the other spelling. */
export const TOO_MANY_ALIASES = `Must have at most ${MAX_OWN_ALIASES} items.`;

const checkAliases = stringListCheck(MAX_ALIASES, aliasProblem);

function aliasProblem(alias: string): RuleViolation | null {
  return alias === '' ? { code: 'length', detail: 'Must not be empty.' } : modelNameProblem(alias);
}

function aliasErrors(value: unknown, pointer: string): readonly FieldError[] {
  const isTooLong = Array.isArray(value) && value.length > MAX_ALIASES;
  const errors = isTooLong
    ? [{ pointer, code: 'length', detail: TOO_MANY_ALIASES }]
    : checkAliases(value, pointer);
  if (errors.length > 0) return errors;
  const known = new Set<string>();
  return (value as string[]).flatMap((alias, index) => {
    const folded = foldCase(alias);
    if (!known.has(folded)) {
      known.add(folded);
      return [];
    }
    const detail = 'Must not repeat another alias. Names ignore case.';
    return [{ pointer: `${pointer}/${index}`, code: 'unique', detail }];
  });
}

/** Switches a provider or a model off without losing its settings. */
export function EnabledField(description: string): PropertyDecorator {
  return BooleanField('optional', { description, example: true });
}

export function TagsField(): PropertyDecorator {
  return DeepField({
    presence: 'nullable',
    schema: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: MAX_TAG_LENGTH },
      maxItems: MAX_TAGS,
      description: 'Tags. They are trimmed, duplicates are dropped, and the order is kept. Null: none.',
      example: ['fast', 'cheap'],
    },
    check: stringListCheck(MAX_TAGS, tagProblem),
  });
}

export function AmountField(schema: ApiPropertyOptions): PropertyDecorator {
  return Field({
    presence: 'nullable',
    schema: { type: 'number', format: 'double', minimum: 0, maximum: MAX_AMOUNT, ...schema },
    problem: amountProblem,
  });
}

const NOT_AN_AMOUNT = wrongType(
  `a number from 0 to ${MAX_AMOUNT} with at most ${MAX_DECIMALS} decimal places`,
);

function amountProblem(value: unknown): RuleViolation | null {
  if (typeof value !== 'number') return NOT_AN_AMOUNT;
  const isInRange = value >= 0 && value <= MAX_AMOUNT && decimals(value) <= MAX_DECIMALS;
  return isInRange ? null : { ...NOT_AN_AMOUNT, code: 'range' };
}

/** Decimal places of a number's shortest decimal form, which is the form that was sent. */
function decimals(value: number): number {
  const [, fraction = '', exponent = '0'] = /^\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}

export function PricingField(): PropertyDecorator {
  return DeepField({
    presence: 'nullable',
    schema: {
      ...ofSchema(PRICE_SHEET),
      description: 'Replaces the whole price sheet. Null: none.',
    },
    check: priceSheetProblems,
  });
}

export function WhenField(): PropertyDecorator {
  return DeepField({
    presence: 'nullable',
    schema: {
      type: 'object',
      additionalProperties: true,
      description: `Routing rule over the request context. \`{}\` and null always match, but \`auto\` takes a model with them only as the default of its provider. A key is a dotted path, and a plain value means equality. Operators: ${OPERATORS.join(', ')}. \`$regex\` does not match a text above 2,048 characters, nor do \`$contains\`, \`$startsWith\` and \`$endsWith\` above 8,192. A negation of them is then true, so do not use one as a filter.`,
      example: { tier: 'pro' },
    },
    check: ruleProblems,
  });
}
