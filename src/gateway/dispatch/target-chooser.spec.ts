import type { RestReason, TargetState } from '../health/target-health';
import type { GatewayTarget } from '../target/gateway-target';
import { type ChooserOptions, TargetChooser } from './target-chooser';

const USABLE: TargetState = { state: 'usable' };
const NOW = 1000;

const target = (selector: string, contextLength: number | null = null): GatewayTarget =>
  ({ selector, settings: { contextLength } }) as GatewayTarget;

const resting = (state: 'cooling' | 'broken', untilMs: number, reason: RestReason = 'rate_limit') =>
  ({ state, reason, sinceMs: 0, untilMs }) satisfies TargetState;

/** Targets in their order, and the health of each. A promise stands for secrets that are being opened. */
function setUp(
  steps: readonly (GatewayTarget | Promise<void>)[],
  states: ReadonlyMap<GatewayTarget, TargetState> = new Map<GatewayTarget, TargetState>(),
  options: Partial<ChooserOptions> = {},
) {
  const remaining = [...steps];
  const begun: GatewayTarget[] = [];
  const current = new Map(states);
  let isTrial = true;
  const chooser = new TargetChooser(
    { next: () => remaining.shift() ?? null, excluded: [] },
    {
      stateOf: (each) => current.get(each as GatewayTarget) ?? USABLE,
      beginAttempt: (each) => {
        begun.push(each);
        return { isTrial };
      },
    },
    { estimateInput: () => 1000, mayFailOver: true, mayWait: true, ...options },
  );
  return {
    chooser,
    begun,
    set: (each: GatewayTarget, state: TargetState) => void current.set(each, state),
    forbidTrials: () => void (isTrial = false),
  };
}

describe('TargetChooser', () => {
  const [a, b, c] = [target('a'), target('b'), target('c')];

  it('takes the targets in their order, each once', () => {
    const { chooser, begun } = setUp([a, b]);
    expect(chooser.decide(NOW)).toEqual({ kind: 'try', target: a });
    expect(chooser.decide(NOW)).toEqual({ kind: 'try', target: b });
    expect(chooser.decide(NOW)).toEqual({ kind: 'none' });
    expect(begun).toEqual([a, b]);
    expect(chooser.first).toBe(a);
  });

  it('waits for secrets that are being opened', () => {
    const ready = Promise.resolve();
    const { chooser } = setUp([ready, a]);
    expect(chooser.decide(NOW)).toEqual({ kind: 'open', ready });
    expect(chooser.decide(NOW)).toEqual({ kind: 'try', target: a });
  });

  it('skips targets that rest, and returns to one that has recovered', () => {
    const { chooser, set } = setUp([a, b], new Map([[a, resting('cooling', 60_000)]]));
    expect(chooser.decide(NOW)).toEqual({ kind: 'try', target: b });
    expect(chooser.decide(NOW)).toEqual({ kind: 'none' });
    expect(chooser.listResting()).toEqual([{ target: a, state: resting('cooling', 60_000) }]);
    set(a, USABLE);
    expect(chooser.decide(NOW)).toEqual({ kind: 'try', target: a });
  });

  it('waits for a cooling that ends soon, with a random addition', () => {
    for (let run = 0; run < 20; run++) {
      const { chooser } = setUp([a], new Map([[a, resting('cooling', 3000)]]));
      const decision = chooser.decide(NOW);
      expect(decision.kind === 'wait' && decision.ms >= 2000 && decision.ms <= 2250).toBe(true);
    }
  });

  it('does not wait for a cooling that ends after more than ten seconds', () => {
    const states = new Map([[a, resting('cooling', NOW + 10_001)]]);
    expect(setUp([a], states).chooser.decide(NOW)).toEqual({ kind: 'none' });
  });

  it('waits for ten seconds in total', () => {
    const { chooser } = setUp([a], new Map([[a, resting('cooling', 7000)]]));
    expect(chooser.decide(NOW).kind).toBe('wait');
    expect(chooser.decide(NOW)).toEqual({ kind: 'none' });
  });

  it('does not wait if the call must not', () => {
    const states = new Map([[a, resting('cooling', 1500)]]);
    expect(setUp([a], states, { mayWait: false }).chooser.decide(NOW)).toEqual({ kind: 'none' });
  });

  it('tries a broken target as its trial if nothing else is left, unless a trial is in progress', () => {
    const states = new Map([[a, resting('broken', 60_000, 'failures')]]);
    expect(setUp([a], states).chooser.decide(NOW)).toEqual({ kind: 'try', target: a });
    const busy = setUp([a], states);
    busy.forbidTrials();
    expect(busy.chooser.decide(NOW)).toEqual({ kind: 'none' });
  });

  it('repeats the target that failed last if no other is left, once and after a wait', () => {
    const { chooser } = setUp([a]);
    chooser.decide(NOW);
    chooser.allowRepeat(a, NOW);
    const decision = chooser.decide(NOW);
    expect(decision.kind === 'wait' && decision.ms >= 250 && decision.ms <= 500).toBe(true);
    expect(chooser.decide(NOW + 500)).toEqual({ kind: 'try', target: a });
    chooser.allowRepeat(a, NOW + 500);
    expect(chooser.decide(NOW + 2000)).toEqual({ kind: 'none' });
  });

  it('prefers another target to a repeat', () => {
    const { chooser } = setUp([a, b]);
    chooser.decide(NOW);
    chooser.allowRepeat(a, NOW);
    expect(chooser.decide(NOW + 1000)).toEqual({ kind: 'try', target: b });
  });

  it('repeats a target that cools when its cooling ends, and not before', () => {
    const { chooser, set } = setUp([a]);
    chooser.decide(NOW);
    set(a, resting('cooling', 5000));
    chooser.allowRepeat(a, NOW);
    const decision = chooser.decide(NOW);
    expect(decision.kind === 'wait' && decision.ms >= 4000).toBe(true);
    set(a, USABLE);
    expect(chooser.decide(5250)).toEqual({ kind: 'try', target: a });
  });

  it('does not repeat a target whose breaker opened, or that must not be repeated', () => {
    const broken = setUp([a]);
    broken.chooser.decide(NOW);
    broken.chooser.allowRepeat(a, NOW);
    broken.set(a, resting('broken', 60_000, 'failures'));
    expect(broken.chooser.decide(NOW + 1000)).toEqual({ kind: 'none' });
    const forbidden = setUp([a]);
    forbidden.chooser.decide(NOW);
    forbidden.chooser.allowRepeat(a, NOW);
    forbidden.chooser.forbidRepeat();
    expect(forbidden.chooser.decide(NOW + 1000)).toEqual({ kind: 'none' });
  });

  it('uses the first target only if the call must not fail over, also while it rests', () => {
    const states = new Map([[a, resting('cooling', 60_000)]]);
    expect(
      setUp([a, b], new Map<GatewayTarget, TargetState>(), { mayFailOver: false }).chooser.seekFallback(),
    ).toBe(false);
    const { chooser } = setUp([a, b], states, { mayFailOver: false });
    expect(chooser.decide(NOW)).toEqual({ kind: 'none' });
    expect(chooser.decide(NOW)).toEqual({ kind: 'none' });
  });

  it('finds out whether a fallback is left, and does not lose it', () => {
    const { chooser } = setUp([a, b]);
    chooser.decide(NOW);
    expect(chooser.seekFallback()).toBe(true);
    expect(chooser.decide(NOW)).toEqual({ kind: 'try', target: b });
    expect(chooser.seekFallback()).toBe(false);
  });

  it('skips a context that is too small for the estimate, unless there is no other', () => {
    const [small, exact] = [target('small', 799), target('exact', 800)];
    expect(setUp([small, exact]).chooser.decide(NOW)).toEqual({ kind: 'try', target: exact });
    expect(setUp([small]).chooser.decide(NOW)).toEqual({ kind: 'try', target: small });
    const failed = setUp([a, small]).chooser;
    failed.decide(NOW);
    expect(failed.decide(NOW)).toEqual({ kind: 'none' });
  });

  it('takes only larger known contexts after one that was too small', () => {
    const [first, smaller, larger] = [target('first', 1000), target('smaller', 1000), target('larger', 1001)];
    const { chooser } = setUp([first, smaller, c, larger]);
    chooser.decide(NOW);
    chooser.requireLargerContext(first);
    expect(chooser.decide(NOW)).toEqual({ kind: 'try', target: larger });
  });
});
