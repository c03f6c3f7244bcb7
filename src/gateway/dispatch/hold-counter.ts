import type { GatewayCall } from '../call/gateway-call';

/** What each delivery may hold without being counted. Most responses arrive in less. */
const FREE_BYTES = 256 * 1024;

/** Counts what a delivery holds of its response in the budget of its call, because an upstream decides how much it is. */
export class HoldCounter {
  private counted = 0;

  constructor(private readonly call: Pick<GatewayCall, 'holdBytes'>) {}

  /** Returns false if the bytes do not fit into the budget. */
  set(bytes: number): boolean {
    const counted = bytes > FREE_BYTES ? bytes : 0;
    if (counted === this.counted) return true;
    if (!this.call.holdBytes(counted)) return false;
    this.counted = counted;
    return true;
  }
}
