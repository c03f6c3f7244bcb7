import { MAX_TIMEOUT_MS } from './advanced-json';

const STRINGS = { type: 'object', additionalProperties: { type: 'string' } } as const;

/** The OpenAPI schema of `advanced_json`: the reserved keys with their types, and any other key. */
export const ADVANCED_JSON_SCHEMA = {
  type: 'object',
  properties: {
    extra_headers: {
      ...STRINGS,
      description:
        'Headers of upstream requests. Secret values are encrypted and shown as `"***"`; send `"***"` to keep one.',
    },
    extra_query: { ...STRINGS, description: 'Query parameters of upstream requests.' },
    anthropic_version: { type: 'string', format: 'date', description: 'For provider `anthropic`.' },
    timeout_ms: { type: 'integer', minimum: 1, maximum: MAX_TIMEOUT_MS, description: 'Milliseconds.' },
  },
  additionalProperties: true,
} as const;
