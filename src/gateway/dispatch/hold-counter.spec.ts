import { HoldCounter } from './hold-counter';

const KIBIBYTE = 1024;

describe('HoldCounter', () => {
  it('counts more than each call may hold, and no longer what has been passed on', () => {
    const counts: number[] = [];
    const counter = new HoldCounter({ holdBytes: (bytes) => counts.push(bytes) > 0 });
    for (const kibibytes of [1, 256, 257, 300, 300, 256, 0])
      expect(counter.set(kibibytes * KIBIBYTE)).toBe(true);
    expect(counts).toEqual([257 * KIBIBYTE, 300 * KIBIBYTE, 0]);
  });

  it('reports bytes that do not fit', () => {
    const counter = new HoldCounter({ holdBytes: (bytes) => bytes < 500 * KIBIBYTE });
    expect([400, 500, 450].map((kibibytes) => counter.set(kibibytes * KIBIBYTE))).toEqual([
      true,
      false,
      true,
    ]);
  });
});
