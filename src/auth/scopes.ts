/** The rights of a token. `admin` includes all others, and `providers:write` includes `providers:read`. */
export const SCOPES = [
  'providers:read',
  'providers:write',
  'usage:read',
  'tokens:write',
  'gateway:use',
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

const INCLUDED: Partial<Record<Scope, readonly Scope[]>> = {
  admin: SCOPES,
  'providers:write': ['providers:read'],
};

export function hasScope(granted: readonly Scope[], required: Scope): boolean {
  return granted.some((scope) => scope === required || INCLUDED[scope]?.includes(required));
}

/** Returns scopes as space-separated text (RFC 6749, section 3.3), in the order of {@link SCOPES}. */
export function formatScopes(scopes: readonly Scope[]): string {
  return SCOPES.filter((scope) => scopes.includes(scope)).join(' ');
}

/** Reads stored scopes. Ignores unknown words. */
export function parseScopes(text: string): Scope[] {
  return SCOPES.filter((scope) => text.split(' ').includes(scope));
}
