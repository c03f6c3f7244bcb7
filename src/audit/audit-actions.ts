/** Every action of an audit event, with what happened. */
export const AUDIT_ACTIONS = {
  'account.create': 'The command line or the first start created the account.',
  'token.create': 'A token was created.',
  'token.rotate': 'A token got a new secret.',
  'token.delete': 'A token was revoked.',
  'provider.create': 'A provider was created.',
  'provider.update': 'Settings or the key of a provider changed.',
  'provider.delete': 'A provider was deleted with its models.',
  'provider.test': "A provider's key was tested.",
  'provider.discover': 'The models of an upstream were listed with a key.',
  'model.create': 'A model was created.',
  'model.import': 'Models of an upstream were added to a provider.',
  'model.update': 'Settings of a model changed.',
  'model.delete': 'A model was deleted.',
  'model.test': 'A model was tested with a paid request.',
  'model.learn': 'A test showed which protocol a model needs, and Caret stored it.',
  'auth.refused':
    'Requests named a token of the account but did not prove it. One event per address, token and minute.',
  'auth.forbidden': 'Requests of a token got 403. One event per address, token and minute.',
  'audit.prune': 'Caret deleted the oldest events of the account, because the events exceeded AUDIT_MAX_MB.',
  'key.add': 'Caret started with a new encryption key.',
  'key.rewrap': 'The command line re-sealed secrets under the active encryption key.',
  'key.retire': 'Caret started without an encryption key that it had before.',
} as const;

export type AuditAction = keyof typeof AUDIT_ACTIONS;
