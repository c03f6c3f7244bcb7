import { parameterCredentialProblems } from './parameter-credentials';

const schemaOf = (properties: unknown) => ({
  tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties } } }],
});
const filterOf = (filters: unknown) => ({ tools: [{ type: 'file_search', filters }] });

/** Parameters that vendors document, in which a name or a value resembles a credential. */
const PARAMETERS: readonly [string, Record<string, unknown>][] = [
  ['a file search filter by text', filterOf({ type: 'eq', key: 'region', value: 'us' })],
  ['a file search filter by number', filterOf({ type: 'gte', key: 'date', value: 1704067200 })],
  ['a file search filter by boolean', filterOf({ type: 'eq', key: 'public', value: true })],
  ['a file search filter by list', filterOf({ type: 'in', key: 'region', value: ['us', 'eu'] })],
  ['a file search filter by token', filterOf({ type: 'ne', key: 'token', value: 'none' })],
  [
    'a compound file search filter',
    filterOf({ type: 'and', filters: [{ type: 'lt', key: 'year', value: 2024 }] }),
  ],
  ['a property "token" with a length', schemaOf({ token: { type: 'string', minLength: 1 } })],
  ['a property "key" with an enum', schemaOf({ key: { type: 'string', enum: ['Enter', 'Tab'] } })],
  ['a property "password" with a default', schemaOf({ password: { type: 'string', default: 'none' } })],
  ['a property "auth_type" with a constant', schemaOf({ auth_type: { const: 'basic' } })],
  ['a property "cookie" with examples', schemaOf({ cookie: { type: 'string', examples: ['a=b'] } })],
  [
    'a nested property',
    schemaOf({ auth: { properties: { secret: { enum: ['a'] } }, required: ['secret'] } }),
  ],
  ['a property with an example object', schemaOf({ login: { default: { password: 'none' } } })],
  ['a property that is always valid', schemaOf({ api_key: true })],
  [
    'a definition "Token"',
    { response_format: { json_schema: { schema: { $defs: { Token: { required: ['text'] } } } } } },
  ],
  ['a definition "Credential"', { schema: { definitions: { Credential: { required: ['id'] } } } }],
  ['a pattern of properties', { schema: { patternProperties: { '^api_key': { enum: ['a'] } } } }],
  ['examples of a tool', { tools: [{ name: 'f', input_examples: [{ token: 'a', key: 'up' }] }] }],
  [
    'a schema of Gemini',
    { generationConfig: { responseSchema: { type: 'OBJECT', properties: { key: { type: 'STRING' } } } } },
  ],
  ['a thought signature of Gemini', { contents: [{ parts: [{ thoughtSignature: 'abc' }] }] }],
  ['a thought signature in snake case', { contents: [{ parts: [{ thought_signature: 'abc' }] }] }],
  ['labels of Gemini', { labels: { key: 'a', token: 'b' } }],
  ['a session of OpenRouter', { session_id: 'a', trace: { trace_id: 'b', session_id: 'c' } }],
  ['a session of LiteLLM', { metadata: { session_id: 'a', trace_user_id: 'b' } }],
  ['metadata of any name', { metadata: { key: 'a', issue_key: 'ABC-1', sessionId: 'b', token: 'c' } }],
  ['metadata of a request', { litellm_metadata: { project_key: 'A' } }],
  ['variables of a prompt', { prompt: { id: 'a', variables: { key: 'b', password: 'c' } } }],
  ['a list of biases', { logit_bias: [{ token: 123, bias: -100 }] }],
  ['biases by text', { logit_bias: { token: -100, ' key': -5 } }],
  ['grammar triggers of llama.cpp', { grammar_triggers: [{ type: 1, value: 'x', token: 5 }] }],
  ['tokens of a vocabulary', { image_token: '<image>', eos_token: '</s>', token: 5, tokens: [1, 2] }],
  ['banned tokens', { custom_token_bans: '1,2', banned_tokens: ['a'] }],
  [
    'a system-assigned identity of Azure',
    { data_sources: [{ parameters: { authentication: { type: 'system_assigned_managed_identity' } } }] },
  ],
  [
    'a user-assigned identity of Azure',
    {
      data_sources: [
        {
          parameters: {
            authentication: {
              type: 'user_assigned_managed_identity',
              managed_identity_resource_id: '/subscriptions/a',
            },
          },
        },
      ],
    },
  ],
  ['columns of a key', { fields_mapping: { key_field: 'id', key_columns: ['id'] } }],
  ['a key of music', { key_signature: 'C major' }],
  [
    'a task budget of Anthropic',
    { output_config: { task_budget: { type: 'tokens', total: 50000 } }, thinking: { budget_tokens: 1024 } },
  ],
  [
    'a remote server',
    { mcp_servers: [{ type: 'url', url: 'https://mcp.example.com/sse?team=a', name: 'm' }] },
  ],
  [
    'a prompt about credentials',
    { instructions: 'Send the Bearer token. Write Basic English. Use sk-learn.' },
  ],
  ['models whose names resemble keys', { models: ['hf-internal-testing/tiny-gpt2', 'xai-org/grok-1'] }],
];

describe('parameterCredentialProblems', () => {
  it.each(PARAMETERS)('accepts %s', (_case, parameters) => {
    expect(parameterCredentialProblems(parameters, '')).toEqual([]);
  });
});
