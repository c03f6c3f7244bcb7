import { formatScopes, hasScope, parseScopes, SCOPES } from './scopes';

describe('hasScope', () => {
  it('grants every scope to admin', () => {
    for (const scope of SCOPES) expect(hasScope(['admin'], scope)).toBe(true);
  });

  it('grants providers:read to providers:write, but not the reverse', () => {
    expect(hasScope(['providers:write'], 'providers:read')).toBe(true);
    expect(hasScope(['providers:read'], 'providers:write')).toBe(false);
  });

  it('grants no other scope to any other scope', () => {
    for (const granted of SCOPES.filter((scope) => scope !== 'admin')) {
      const included = SCOPES.filter((required) => hasScope([granted], required));
      expect(included).toEqual(granted === 'providers:write' ? ['providers:read', granted] : [granted]);
    }
  });

  it('grants nothing to an empty list and each scope of a longer list', () => {
    expect(hasScope([], 'usage:read')).toBe(false);
    expect(hasScope(['gateway:use', 'usage:read'], 'usage:read')).toBe(true);
  });
});

describe('formatScopes', () => {
  it('separates scopes by spaces, in a fixed order, each once', () => {
    expect(formatScopes(['usage:read', 'providers:read', 'usage:read'])).toBe('providers:read usage:read');
  });
});

describe('parseScopes', () => {
  it('reads what formatScopes wrote', () => {
    expect(parseScopes(formatScopes(SCOPES))).toEqual(SCOPES);
    expect(parseScopes('usage:read')).toEqual(['usage:read']);
  });

  it('ignores text that is empty, unknown or only part of a scope', () => {
    expect(parseScopes('')).toEqual([]);
    expect(parseScopes('admins usage ADMIN providers:')).toEqual([]);
  });
});
