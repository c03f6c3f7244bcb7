import { DeepField } from '../http/request/field';
import { ofSchema } from '../http/schemas';
import { advancedJsonProblems, modelAdvancedJsonProblems } from './advanced-json';
import { ADVANCED_JSON } from './advanced-json.schema';

/** Declares the field `advanced_json` of a provider or a model. */
export function AdvancedJsonField(description: string, owner: 'provider' | 'model'): PropertyDecorator {
  return DeepField({
    presence: 'nullable',
    schema: { ...ofSchema(ADVANCED_JSON), description },
    check: owner === 'model' ? modelAdvancedJsonProblems : advancedJsonProblems,
  });
}
