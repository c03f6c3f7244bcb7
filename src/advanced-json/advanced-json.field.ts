import { DeepField } from '../http/request/field';
import { ofSchema } from '../http/schemas';
import { advancedJsonProblems } from './advanced-json';
import { ADVANCED_JSON } from './advanced-json.schema';

/** Declares the field `advanced_json` of a provider or a model. */
export function AdvancedJsonField(description: string): PropertyDecorator {
  return DeepField({
    presence: 'nullable',
    schema: { ...ofSchema(ADVANCED_JSON), description },
    check: advancedJsonProblems,
  });
}
