import type { Principal } from '../auth/caller';

/** Maximum groups of one account and action. The rest are counted in one more group, so that a flood writes few rows. */
export const MAX_GROUPS = 20;

/** Maximum addresses that are counted without an account. The rest are counted together. */
const MAX_ADDRESSES = 20;

/** Maximum routes that a group names. */
const MAX_ROUTES = 10;

/** A proxy may report any text as an address. */
const MAX_ADDRESS_LENGTH = 64;

export type DenialAction = 'auth.refused' | 'auth.forbidden';

export interface DeniedRequest {
  readonly action: DenialAction;
  /** The owner of the token that the request names, whether or not it proved the token. Null if it names none. */
  readonly principal: Principal | null;
  readonly address: string;
  /** Such as `POST /v1/tokens`. */
  readonly route: string;
  readonly traceId: string;
}

/** Denied requests with one address and token. */
export interface DenialGroup {
  readonly action: DenialAction;
  readonly accountId: string;
  /** The token and the address, or null for the group of all others. */
  readonly source: { readonly principal: Principal; readonly address: string } | null;
  /** The id of the first request. */
  readonly traceId: string;
  readonly routes: Set<string>;
  count: number;
}

/** Groups denied requests in bounded memory. */
export class DeniedRequests {
  /** By account and action. */
  private readonly groups = new Map<string, Map<string, DenialGroup>>();
  private readonly addresses = new Map<string, number>();
  private otherAddresses = 0;

  add(request: DeniedRequest): void {
    const address = request.address.slice(0, MAX_ADDRESS_LENGTH);
    if (request.principal) this.addToAccount({ ...request, address, principal: request.principal });
    else this.addToAddress(address);
  }

  /** The groups of each account and action. */
  get byAccount(): readonly (readonly DenialGroup[])[] {
    return [...this.groups.values()].map((groups) => [...groups.values()]);
  }

  /** The number of requests that name no token of an account, by address. Null stands for all other addresses. */
  get byAddress(): readonly (readonly [string | null, number])[] {
    const others = this.otherAddresses > 0 ? [[null, this.otherAddresses] as const] : [];
    return [...this.addresses, ...others];
  }

  private addToAccount(request: DeniedRequest & { readonly principal: Principal }): void {
    const { action, principal, address, route, traceId } = request;
    const groups = getOrAdd(
      this.groups,
      `${action} ${principal.accountId}`,
      () => new Map<string, DenialGroup>(),
    );
    const own = `${principal.tokenId} ${address}`;
    const isOther = !groups.has(own) && groups.size >= MAX_GROUPS;
    const group = getOrAdd(groups, isOther ? '' : own, () => ({
      action,
      accountId: principal.accountId,
      source: isOther ? null : { principal, address },
      traceId,
      routes: new Set<string>(),
      count: 0,
    }));
    group.count += 1;
    if (group.routes.size < MAX_ROUTES) group.routes.add(route);
  }

  private addToAddress(address: string): void {
    const count = this.addresses.get(address);
    if (count === undefined && this.addresses.size >= MAX_ADDRESSES) this.otherAddresses += 1;
    else this.addresses.set(address, (count ?? 0) + 1);
  }
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}
