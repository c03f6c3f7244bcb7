import { FairShare } from './fair-share';

/**
 * Limits work in progress: per key, such as an account, and in total. As the places run out, a key with work in progress
 * gets at most as many as it leaves free. A key without any gets every free place.
 */
export class InFlightLimit {
  private readonly places: FairShare;

  constructor(
    private readonly maxPerKey: number,
    maxTotal: number,
  ) {
    this.places = new FairShare(maxTotal);
  }

  /** Takes a place. Returns the function that releases it, or null if the key may not have one more. */
  tryEnter(key: string): (() => void) | null {
    if (this.places.of(key) >= this.maxPerKey || !this.places.change(key, 1)) return null;
    let entered = true;
    return () => {
      if (entered) this.places.change(key, -1);
      entered = false;
    };
  }
}
