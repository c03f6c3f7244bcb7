import type { AuditEventResponse } from './audit-event.response.dto';

export const AUDIT_EVENT_EXAMPLE: AuditEventResponse = {
  id: '0193e0a2-8c50-7789-ae05-4fab7d208c5b',
  at: '2026-01-01T00:00:00.000Z',
  actor: { token_id: '0193e0a2-4d30-7456-9d04-3e9a6c1f7b4a', token_name: 'checkout service' },
  action: 'provider.update',
  resource: { type: 'provider', id: '0193e0a2-6f40-7abc-9b02-1c7e4a9d5f28', name: 'anthropic-main' },
  changes: {
    name: { before: 'anthropic', after: 'anthropic-main' },
    api_key: { before: '***', after: '***' },
  },
  trace_id: '0193e0a2-8c4f-7abc-9b02-1c7e4a9d5f28',
};
