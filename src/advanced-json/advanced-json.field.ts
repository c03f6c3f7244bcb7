import { DeepField } from '../http/request/field';
import { advancedJsonProblems } from './advanced-json';
import { ADVANCED_JSON_SCHEMA } from './advanced-json.schema';

/** Declares the field `advanced_json` of a provider or a model. */
export function AdvancedJsonField(description: string): PropertyDecorator {
  return DeepField({
    presence: 'nullable',
    schema: {
      ...ADVANCED_JSON_SCHEMA,
      description: `${description} Keys that are not reserved are default parameters of upstream requests.`,
      example: { temperature: 0.2, timeout_ms: 30000 },
    },
    check: advancedJsonProblems,
  });
}
