import { EnumField, NameField, stringProblem } from '../../http/request/common-fields';
import { Field, type Presence } from '../../http/request/field';
import { namedEnum } from '../../http/schemas';
import type { ProviderKind } from '../../upstream/base-url';
import type { OpenaiApiMode } from '../../upstream/upstream-target';
import { apiKeyProblem, MAX_API_KEY_LENGTH } from '../api-key-rules';

export const PROVIDER_KIND = namedEnum<ProviderKind>(
  'ProviderKind',
  ['openai', 'anthropic'],
  'The API that the provider has. `openai` and `anthropic` include compatible endpoints of other vendors.',
);

export const OPENAI_API_MODE = namedEnum<OpenaiApiMode>(
  'OpenaiApiMode',
  ['auto', 'responses', 'chat_completions'],
  'Which OpenAI API to use. `auto`: responses, until a test of a model shows that the endpoint has only chat completions.',
);

export function ProviderNameField(presence: Presence): PropertyDecorator {
  return NameField(presence, {
    description:
      'Display name and prefix of selectors. Must not contain `^`. Unique in the account, ignoring case.',
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
      maxLength: MAX_API_KEY_LENGTH,
      description: 'Stored sealed and never returned. A mask (`***`, `sk-…abcd`) is invalid.',
      example: 'sk-ant-api03-replace-me-with-your-key',
    },
    problem: stringProblem(apiKeyProblem),
  });
}

/** The service checks its form together with the egress policy. */
export function BaseUrlField(): PropertyDecorator {
  return Field({
    presence: 'nullable',
    schema: {
      type: 'string',
      format: 'uri',
      maxLength: 2048,
      description:
        "Custom endpoint, http(s), with or without `/v1`. Null: the vendor's endpoint. The egress policy checks it now and at each use.",
      example: 'https://api.anthropic.com',
    },
    problem: stringProblem(() => null),
  });
}

export function OpenaiApiModeField(): PropertyDecorator {
  return EnumField('nullable', OPENAI_API_MODE, {
    description: 'Only for provider `openai`. Null behaves as `auto`.',
  });
}
