import fc from 'fast-check';
import { Cooling, type CoolingReason } from './cooling';

const REASONS: CoolingReason[] = ['rate_limit', 'quota', 'credentials', 'model_not_found'];
const STEP = fc.record({
  passedMs: fc.nat(20_000),
  lengthMs: fc.integer({ min: -1000, max: 600_000 }),
  reason: fc.constantFrom(...REASONS),
});

describe('Cooling', () => {
  it('never ends earlier than any of its failures asked for', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 50 }), (steps) => {
        const cooling = new Cooling();
        let nowMs = 1000;
        let latest = 0;
        for (const { passedMs, lengthMs, reason } of steps) {
          nowMs += passedMs;
          const before = cooling.untilMs;
          cooling.extend(nowMs, nowMs + lengthMs, reason);
          latest = Math.max(latest, nowMs + lengthMs);
          expect(cooling.untilMs).toBe(latest);
          expect(cooling.untilMs).toBeGreaterThanOrEqual(before);
          expect(cooling.isActive(nowMs)).toBe(nowMs < latest);
        }
      }),
    );
  });

  it('has the reason of the failure that ends last, and begins with the first', () => {
    const cooling = new Cooling();
    cooling.extend(100, 1000, 'rate_limit');
    cooling.extend(200, 500, 'model_not_found');
    expect(cooling).toMatchObject({ sinceMs: 100, untilMs: 1000, reason: 'rate_limit' });
    cooling.extend(300, 2000, 'model_not_found');
    expect(cooling).toMatchObject({ sinceMs: 100, untilMs: 2000, reason: 'model_not_found' });
    cooling.extend(2500, 3000, 'rate_limit');
    expect(cooling).toMatchObject({ sinceMs: 2500, untilMs: 3000, reason: 'rate_limit' });
  });
});
