/**
 * A capacity, such as bytes or places, that owners share. An owner may use at most as much as it leaves free, so that others
 * find room. The first unit of an owner needs only to be free.
 */
export class FairShare {
  private used = 0;
  private readonly usedBy = new Map<string, number>();

  constructor(private readonly capacity: number) {}

  /** Returns what an owner uses. */
  of(owner: string): number {
    return this.usedBy.get(owner) ?? 0;
  }

  /** Adds to what an owner uses, or takes some away. Returns false, and changes nothing, if it does not fit. */
  change(owner: string, amount: number): boolean {
    const ofOwner = this.of(owner) + amount;
    const free = this.capacity - this.used - amount;
    if (amount > 0 && (free < 0 || ofOwner > Math.max(free, 1))) return false;
    this.used += amount;
    if (ofOwner > 0) this.usedBy.set(owner, ofOwner);
    else this.usedBy.delete(owner);
    return true;
  }
}
