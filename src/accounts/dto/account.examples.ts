import { TOKEN_EXAMPLE } from '../../tokens/dto/token.examples';
import type { AccountResponse } from './account.response.dto';

export const ACCOUNT_EXAMPLE: AccountResponse = {
  id: '0193e0a2-5a10-7123-8c03-2d8f5b0e6a39',
  name: 'default',
  token: { id: TOKEN_EXAMPLE.id, name: 'checkout service', scopes: ['providers:read'], expires_at: null },
  revision: 42,
  quotas: {
    providers: { limit: 2000, used: 3 },
    models: { limit: 200_000, used: 41 },
    registry_bytes: { limit: 268_435_456, used: 18_204 },
    tokens: { limit: 10_000, used: 5 },
  },
};
