import type { AccountId, Principal } from '../auth/caller';
import { DeniedRequests, MAX_GROUPS } from './denied-requests';

const principalOf = (accountId: string, tokenId = 'token'): Principal => ({
  accountId: accountId as AccountId,
  tokenId,
  tokenName: `name of ${tokenId}`,
  scopes: [],
  expiresAt: null,
  allowedSelectors: null,
  tags: null,
  caretHeaders: true,
});
const request = {
  action: 'auth.refused' as const,
  principal: principalOf('account'),
  address: '192.0.2.1',
  route: 'GET /v1/account',
  traceId: 'first',
};

describe('DeniedRequests', () => {
  it('counts the requests of one token and address in one group', () => {
    const denied = new DeniedRequests();
    denied.add(request);
    denied.add({ ...request, route: 'POST /v1/tokens', traceId: 'second' });
    const [group] = denied.byAccount.flat();
    expect(denied.byAccount.flat()).toHaveLength(1);
    expect(group).toMatchObject({ accountId: 'account', traceId: 'first', count: 2 });
    expect([...group!.routes]).toEqual(['GET /v1/account', 'POST /v1/tokens']);
    expect(denied.byAddress).toEqual([]);
  });

  it.each([
    ['action', { action: 'auth.forbidden' as const }],
    ['account', { principal: principalOf('other') }],
    ['token', { principal: principalOf('account', 'other') }],
    ['address', { address: '192.0.2.2' }],
  ])('separates requests that differ in the %s', (_what, change) => {
    const denied = new DeniedRequests();
    denied.add(request);
    denied.add({ ...request, ...change });
    expect(denied.byAccount.flat()).toMatchObject([{ count: 1 }, { count: 1 }]);
  });

  it('counts a flood from many addresses in a bounded number of groups, for each account', () => {
    const denied = new DeniedRequests();
    for (let index = 0; index < 5000; index += 1) denied.add({ ...request, address: `2001:db8::${index}` });
    denied.add({ ...request, principal: principalOf('quiet') });
    const [flooded, quiet] = denied.byAccount;
    expect(flooded).toHaveLength(MAX_GROUPS + 1);
    expect(flooded!.at(-1)).toMatchObject({ source: null, count: 5000 - MAX_GROUPS });
    expect(quiet).toMatchObject([{ source: { address: request.address }, count: 1 }]);
  });

  it('counts requests that name no token by address, also in bounded memory', () => {
    const denied = new DeniedRequests();
    for (let index = 0; index < 5000; index += 1) {
      denied.add({ ...request, principal: null, address: `2001:db8::${index}` });
    }
    denied.add({ ...request, principal: null, address: '2001:db8::0' });
    expect(denied.byAccount).toEqual([]);
    expect(denied.byAddress).toHaveLength(21);
    expect(denied.byAddress[0]).toEqual(['2001:db8::0', 2]);
    expect(denied.byAddress.at(-1)).toEqual([null, 4980]);
  });

  it('bounds the routes and the address of a group', () => {
    const denied = new DeniedRequests();
    for (let index = 0; index < 50; index += 1) {
      denied.add({ ...request, address: 'a'.repeat(5000), route: `GET /${index}` });
    }
    const [group] = denied.byAccount.flat();
    expect(group!.routes.size).toBe(10);
    expect(group!.source!.address.length).toBe(64);
  });
});
