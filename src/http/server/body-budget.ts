import { FairShare } from '../../common/fair-share';

/** Bodies up to this size have memory of their own, because large bodies must not keep out small ones. */
const SMALL_BYTES = 16 * 1024;

/** Maximum bytes of small and of other bodies that arrive concurrently at one process, 64 MiB together. */
const MAX_BYTES = { small: 16 * 2 ** 20, large: 48 * 2 ** 20 };

/** The memory that one body takes while it arrives. */
export interface BodyReservation {
  /** Changes the reserved bytes. Returns false, and reserves no more, if the budget does not allow it. */
  resize(bytes: number): boolean;
  release(): void;
}

/** Limits the memory of all request bodies that are arriving. A caller may use at most as much as it leaves free. */
export class BodyBudget {
  private readonly small = new FairShare(MAX_BYTES.small);
  private readonly large = new FairShare(MAX_BYTES.large);

  /** Starts with no bytes. Release the reservation on every path. */
  reserve(caller: string): BodyReservation {
    let reserved = 0;
    const resize = (bytes: number): boolean => {
      const [from, to] = [this.classOf(reserved), this.classOf(bytes)];
      const isReserved = from === to ? to.change(caller, bytes - reserved) : to.change(caller, bytes);
      if (!isReserved) return false;
      if (from !== to) from.change(caller, -reserved);
      reserved = bytes;
      return true;
    };
    return { resize, release: () => void resize(0) };
  }

  private classOf(bytes: number): FairShare {
    return bytes <= SMALL_BYTES ? this.small : this.large;
  }
}
