import type { BodyExamples } from '../../http/route/operation';
import type { CreateTokenDto, RotateTokenDto } from './create-token.dto';
import type { TokenResponse, TokenWithSecretResponse } from './token.response.dto';

export const TOKEN_EXAMPLE: TokenResponse = {
  id: '0193e0a2-4d30-7456-9d04-3e9a6c1f7b4a',
  name: 'checkout service',
  scopes: ['providers:read'],
  expires_at: null,
  allowed_selectors: null,
  tags: null,
  caret_headers: true,
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
  restricted: {
    summary: 'For an application that calls the models of one provider',
    value: {
      name: 'checkout assistant',
      scopes: ['gateway:use'],
      allowed_selectors: ['anthropic-main^*'],
      tags: { team: 'checkout' },
      caret_headers: false,
    },
  },
  expiring: {
    summary: 'For a deployment, with an expiry',
    value: {
      name: 'deployment',
      scopes: ['providers:write', 'tokens:write'],
      expires_at: '2099-12-31T00:00:00.000Z',
    },
  },
};

export const ROTATE_TOKEN_EXAMPLES: BodyExamples<RotateTokenDto> = {
  overlap: { summary: 'Keep the old secret valid for an hour', value: { overlap_seconds: 3600 } },
  immediately: { summary: 'Revoke the old secret immediately', value: { overlap_seconds: 0 } },
};
