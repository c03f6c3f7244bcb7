import { MAX_ATTEMPTS } from '../config/gateway-config';
import type { NamedSchema } from '../http/schemas';
import { MAX_TIMEOUT_MS } from './gateway-settings';

/** Free-form, because generated clients drop unknown keys of a schema that also declares properties. */
export const ADVANCED_JSON: NamedSchema = {
  name: 'AdvancedJson',
  schema: {
    type: 'object',
    additionalProperties: true,
    description: [
      'Configuration of upstream requests. These keys are reserved; any other key is a default parameter of the request body. Parameters named like a credential, such as `api_key`, and values that look like one, such as `sk-…`, are rejected at any depth. Members of `metadata` and properties of a JSON Schema may have any name. A key has at most 128 characters.',
      '',
      '- `extra_headers`: headers by name. Values are stored sealed and shown as `"***"`; `"***"` keeps the stored value. Shown in plain text are `http-referer`, `referer`, `x-title`, `user-agent`, `anthropic-beta`, `openai-beta`, `openai-organization`, `openai-project`, `accept-language` and `x-client-*`, unless the name is like that of a credential.',
      '- `extra_query`: query parameters by name. Credentials, such as `accessToken`, are rejected.',
      '- `anthropic_version`: a date, for providers of kind `anthropic`.',
      `- \`timeout_ms\`: milliseconds, from 1 to ${MAX_TIMEOUT_MS}. A test of a model takes at most 120000. A list of an upstream's models takes at most 20000, so a lower value only shortens it.`,
      '- `auth_scheme`: how the key is sent, only for a provider: `bearer`, `x-api-key`, `api-key` (Azure), `basic` (the key is `user:password`) or `none`. Default: `bearer`, or `x-api-key` for kind `anthropic`.',
      '- `complete_base_url`: true puts nothing between `base_url` and the path of a call, such as `/models`. Only for a provider.',
      '- `models_path`: the path of the list of models at the host of `base_url`, if it is not below `base_url`. Only for a provider.',
      `- \`first_byte_timeout_ms\`: for calls through the gateway, milliseconds until the first byte of the response, from 1 to ${MAX_TIMEOUT_MS}.`,
      `- \`idle_timeout_ms\`: for calls through the gateway, milliseconds between two bytes of the response, from 1 to ${MAX_TIMEOUT_MS}.`,
      `- \`max_attempts\`: the most attempts of one call through the gateway, from 1 to ${MAX_ATTEMPTS}.`,
      '- `forward_headers`: 1 to 32 headers of a caller that the gateway also sends upstream, each a name or a prefix such as `x-team-*`. Never credentials, cookies, hop-by-hop headers, `x-forwarded-*`, `x-stainless-*` or `x-caret-*`.',
      '- `response_model`: the `model` in responses is what the caller `requested`, or the name of the `upstream`. Default: `requested` for messages, `upstream` for all others.',
      '- `stream_usage`: `off` does not ask the upstream for token counts in streams. Default: `on`.',
      '- `unsupported`: `drop` or `reject`. Without effect in this version.',
      '- `reasoning_form`: `adaptive` or `budget`. Without effect in this version.',
      '- `cache`: `on` or `off`. Without effect in this version.',
      '- `propagate_trace`: true or false. Without effect in this version.',
    ].join('\n'),
    example: { temperature: 0.2, timeout_ms: 30000 },
  },
};
