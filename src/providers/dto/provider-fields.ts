import { EnumField, NameField } from '../../http/request/common-fields';
import { Field, type Presence } from '../../http/request/field';
import { namedEnum } from '../../http/schemas';
import type { ProviderKind } from '../../upstream/base-url';
import type { OpenaiApiMode } from '../../upstream/upstream-target';
import { apiKeyProblem } from '../api-key-rules';

export const PROVIDER_KIND = namedEnum<ProviderKind>(
  'ProviderKind',
  ['openai', 'anthropic'],
  'The API that the provider has. `openai` and `anthropic` include compatible endpoints of other vendors.',
);

export const OPENAI_API_MODE = namedEnum<OpenaiApiMode>(
  'OpenaiApiMode',
  ['auto', 'responses', 'chat_completions'],
  'Which OpenAI API to use. `auto`: responses, or chat completions when a test of the model found no other.',
);

export function ProviderNameField(presence: Presence): PropertyDecorator {
  return NameField(presence, {
    description:
      'Display name, also the prefix of selectors; must not contain `^`. Unique in the account, however it is written.',
    example: 'anthropic-main',
  });
}

export function ProviderKindField(presence: Presence): PropertyDecorator {
  return EnumField(presence, PROVIDER_KIND, {
    description: 'The API that the provider has. `base_url` selects a compatible endpoint of another vendor.',
    example: 'anthropic',
  });
}

export function ApiKeyField(presence: Presence): PropertyDecorator {
  return Field({
    presence,
    schema: {
      type: 'string',
      format: 'password',
      minLength: 1,
      maxLength: 4096,
      description: 'Stored sealed, never returned. A mask (`***`, `sk-…abcd`) is refused.',
      example: 'sk-ant-api03-replace-me',
    },
    code: 'api_key',
    problem: (value) => (typeof value === 'string' ? apiKeyProblem(value) : 'must be a string'),
  });
}

/** Its form is judged with its destination, by the service. */
export function BaseUrlField(): PropertyDecorator {
  return Field({
    presence: 'nullable',
    schema: {
      type: 'string',
      format: 'uri',
      maxLength: 2048,
      description:
        "Custom endpoint, http(s), with or without `/v1`. Null: the vendor's own. The egress policy judges it now and again at each use.",
      example: 'https://api.anthropic.com',
    },
    code: 'base_url',
    problem: (value) => (typeof value === 'string' ? null : 'must be a string or null'),
  });
}

export function OpenaiApiModeField(): PropertyDecorator {
  return EnumField('nullable', OPENAI_API_MODE, {
    description: 'Which of the OpenAI APIs to use, for provider `openai` only. Null behaves as `auto`.',
  });
}
