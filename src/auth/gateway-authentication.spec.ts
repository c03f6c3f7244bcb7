import { loadConfig } from '../config/config';
import type { Authenticator } from './authenticator';
import type { AuthenticatedRequest, Principal } from './caller';
import { FailureLimiter } from './failure-limiter';
import { GatewayAuthentication } from './gateway-authentication';

const principal = { tokenId: 'id' } as Principal;

describe('GatewayAuthentication', () => {
  const findVerified = jest.fn<Principal | null, [string, number]>();
  const authenticate = jest.fn<Promise<Principal | null>, [string, boolean, number]>();
  let authentication: GatewayAuthentication;

  beforeEach(() => {
    findVerified.mockReset().mockReturnValue(null);
    authenticate.mockReset().mockResolvedValue(null);
    const authenticator = {
      findVerified,
      authenticate,
      hasTokenForm: (text: string) => text.startsWith('caret_'),
    } as unknown as Authenticator;
    const config = loadConfig({ GATEWAY_AUTH_STALE_SECONDS: '120' });
    authentication = new GatewayAuthentication(new FailureLimiter(), authenticator, config);
  });

  function resultOf(headers: Record<string, string>): Promise<[unknown, Principal | null]> {
    const raw = { headers, rawHeaders: Object.entries(headers).flat() };
    const request = { ip: '192.0.2.1', raw } as unknown as AuthenticatedRequest;
    return new Promise((resolve) =>
      authentication.authenticate(request, (error, found) => resolve([error, found])),
    );
  }

  it('calls back synchronously for a verified token, which may be stale in an outage', () => {
    findVerified.mockReturnValue(principal);
    const done = jest.fn();
    const raw = { headers: { 'x-api-key': 'caret_a' }, rawHeaders: ['x-api-key', 'caret_a'] };
    authentication.authenticate({ ip: '', raw } as unknown as AuthenticatedRequest, done);
    expect(done.mock.calls).toEqual([[null, principal]]);
    expect(findVerified).toHaveBeenCalledWith('caret_a', 120_000);
  });

  it('verifies any other token, and rejects an invalid one', async () => {
    authenticate.mockResolvedValueOnce(principal);
    expect(await resultOf({ authorization: 'Bearer caret_a' })).toEqual([null, principal]);
    expect(authenticate).toHaveBeenCalledWith('caret_a', false, 120_000);
    const [error, found] = await resultOf({ 'x-api-key': 'caret_b' });
    expect([error, found]).toMatchObject([{ kind: 'unauthenticated', code: 'auth.invalid_token' }, null]);
  });

  it('rejects a request without a token, and one with two of them', async () => {
    expect(await resultOf({})).toMatchObject([{ code: 'auth.token_missing' }, null]);
    const both = await resultOf({ authorization: 'Bearer caret_a', 'x-api-key': 'caret_b' });
    expect(both).toMatchObject([{ kind: 'malformed' }, null]);
    expect(findVerified).not.toHaveBeenCalled();
  });

  it('limits invalid tokens of an address, but not missing ones', async () => {
    for (let count = 0; count < 30; count++) await resultOf({});
    for (let count = 0; count < 20; count++)
      expect(await resultOf({ 'x-api-key': 'sk-1' })).toMatchObject([{ kind: 'unauthenticated' }, null]);
    const [error] = await resultOf({ 'x-api-key': 'sk-1' });
    expect(error).toMatchObject({ kind: 'rate_limited', code: 'auth.too_many_failures' });
    expect(authenticate).toHaveBeenLastCalledWith('sk-1', true, 120_000);
  });

  it('passes on that the database is unavailable', async () => {
    const outage = new Error('unavailable');
    authenticate.mockRejectedValue(outage);
    expect(await resultOf({ authorization: 'Bearer caret_a' })).toEqual([outage, null]);
  });
});
