import type { AuditEventResponse } from '../../audit/dto/audit-event.response.dto';
import type { BodyExamples } from '../../http/route/operation';
import type { CreateTokenDto, RotateTokenDto } from '../../tokens/dto/create-token.dto';
import type { TokenResponse, TokenWithSecretResponse } from '../../tokens/dto/token.response.dto';
import type { AccountResponse } from './account.response.dto';

export const TOKEN_EXAMPLE: TokenResponse = {
  id: '0193e0a2-4d30-7456-9d04-3e9a6c1f7b4a',
  name: 'checkout service',
  scopes: ['providers:read'],
  expires_at: null,
  last_used_at: '2026-01-01T12:00:00.000Z',
  created_at: '2026-01-01T00:00:00.000Z',
};

export const TOKEN_WITH_SECRET_EXAMPLE: TokenWithSecretResponse = {
  ...TOKEN_EXAMPLE,
  last_used_at: null,
  token: 'caret_the-secret-shown-once',
};

export const CREATE_TOKEN_EXAMPLES: BodyExamples<CreateTokenDto> = {
  reader: {
    summary: 'For an application that only reads',
    value: { name: 'checkout service', scopes: ['providers:read'] },
  },
  expiring: {
    summary: 'For an administrator, until a day',
    value: {
      name: 'deployment',
      scopes: ['providers:write', 'tokens:write'],
      expires_at: '2099-12-31T00:00:00.000Z',
    },
  },
};

export const ROTATE_TOKEN_EXAMPLES: BodyExamples<RotateTokenDto> = {
  overlap: { summary: 'The old secret lives on for an hour', value: { overlap_seconds: 3600 } },
  atOnce: { summary: 'The old secret ends at once', value: { overlap_seconds: 0 } },
};

export const ACCOUNT_EXAMPLE: AccountResponse = {
  id: '0193e0a2-5a10-7123-8c03-2d8f5b0e6a39',
  name: 'default',
  token: { id: TOKEN_EXAMPLE.id, name: 'checkout service', scopes: ['providers:read'], expires_at: null },
  revision: 42,
};

export const AUDIT_EVENT_EXAMPLE: AuditEventResponse = {
  id: '0193e0a2-8c50-7789-ae05-4fab7d208c5b',
  at: '2026-01-01T00:00:00.000Z',
  actor: { token_id: TOKEN_EXAMPLE.id, token_name: 'checkout service' },
  action: 'provider.update',
  resource: { type: 'provider', id: '0193e0a2-6f40-7abc-9b02-1c7e4a9d5f28', name: 'anthropic-main' },
  changes: {
    name: { before: 'anthropic', after: 'anthropic-main' },
    api_key: { before: '***', after: '***' },
  },
  trace_id: '0193e0a2-8c4f-7abc-9b02-1c7e4a9d5f28',
};
