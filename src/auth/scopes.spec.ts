import { formatScopes, hasScope, parseScopes, SCOPES } from './scopes';

describe('hasScope', () => {
  it('admin has all of them', () => {
    for (const scope of SCOPES) expect(hasScope(['admin'], scope)).toBe(true);
  });

  it('providers:write includes providers:read, and not the reverse', () => {
    expect(hasScope(['providers:write'], 'providers:read')).toBe(true);
    expect(hasScope(['providers:read'], 'providers:write')).toBe(false);
  });

  it('no scope but admin has another one', () => {
    for (const granted of SCOPES.filter((scope) => scope !== 'admin')) {
      const had = SCOPES.filter((needed) => hasScope([granted], needed));
      expect(had).toEqual(granted === 'providers:write' ? ['providers:read', granted] : [granted]);
    }
  });

  it('none has nothing, several have each', () => {
    expect(hasScope([], 'usage:read')).toBe(false);
    expect(hasScope(['gateway:use', 'usage:read'], 'usage:read')).toBe(true);
  });
});

describe('the stored form', () => {
  it('is space-separated, in one order, each scope once', () => {
    expect(formatScopes(['usage:read', 'providers:read', 'usage:read'])).toBe('providers:read usage:read');
  });

  it('comes back', () => {
    expect(parseScopes(formatScopes(SCOPES))).toEqual(SCOPES);
    expect(parseScopes('usage:read')).toEqual(['usage:read']);
  });

  it('grants nothing that is unknown, empty or only part of a scope', () => {
    expect(parseScopes('')).toEqual([]);
    expect(parseScopes('admins usage ADMIN providers:')).toEqual([]);
  });
});
