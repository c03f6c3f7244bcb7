import { BodyBudget, type BodyReservation } from './body-budget';

const KIB = 2 ** 10;
const MIB = 2 ** 20;

describe('BodyBudget', () => {
  let budget: BodyBudget;

  beforeEach(() => {
    budget = new BodyBudget();
  });

  it('allows 48 MiB of large bodies, of which a caller has at most what it leaves free', () => {
    expect(budget.reserve('a').resize(24 * MIB + 1)).toBe(false);
    expect(budget.reserve('a').resize(24 * MIB)).toBe(true);
    expect(budget.reserve('a').resize(17 * KIB)).toBe(false);
    expect(budget.reserve('b').resize(12 * MIB + 1)).toBe(false);
    expect(budget.reserve('b').resize(12 * MIB)).toBe(true);
    expect(budget.reserve('c').resize(6 * MIB)).toBe(true);
  });

  it.each([17, 64, 256])('leaves room for others beside bodies of %i KiB of four callers', (size) => {
    for (const caller of ['a', 'b', 'c', 'd']) fill(caller, size * KIB);
    expect(budget.reserve('e').resize(256 * KIB)).toBe(true);
  });

  it('leaves room for small bodies beside small bodies of ten callers, and beside large ones', () => {
    for (let caller = 0; caller < 10; caller++) {
      fill(`${caller}`, 256 * KIB);
      fill(`${caller}`, KIB);
    }
    expect(budget.reserve('e').resize(4 * KIB)).toBe(true);
  });

  it('allows 16 MiB of small bodies, of which a caller has at most half', () => {
    const count = fill('a', 16 * KIB);
    expect(count).toBe(512);
    expect(budget.reserve('b').resize(16 * KIB)).toBe(true);
  });

  it('moves a growing body from the small to the large ones', () => {
    const bodies = Array.from({ length: 512 }, () => budget.reserve('a'));
    expect(bodies.every((body) => body.resize(16 * KIB) && body.resize(17 * KIB))).toBe(true);
    expect(fill('a', 16 * KIB)).toBe(512);
  });

  it('keeps a reservation that cannot grow', () => {
    const [first, second] = [budget.reserve('a'), budget.reserve('a')];
    first.resize(MIB);
    expect(first.resize(25 * MIB)).toBe(false);
    expect(second.resize(23 * MIB + 1)).toBe(false);
    expect(second.resize(23 * MIB)).toBe(true);
  });

  it('releases a reservation once', () => {
    const [first, second] = [budget.reserve('a'), budget.reserve('a')];
    first.resize(12 * MIB);
    second.resize(12 * MIB);
    first.release();
    first.release();
    expect(budget.reserve('a').resize(12 * MIB + 1)).toBe(false);
    expect(budget.reserve('a').resize(12 * MIB)).toBe(true);
  });

  /** Reserves bodies until one is rejected, and returns the number of the others. */
  function fill(caller: string, bytes: number): number {
    const reserved: BodyReservation[] = [];
    for (let next = budget.reserve(caller); next.resize(bytes); next = budget.reserve(caller))
      reserved.push(next);
    return reserved.length;
  }
});
