import type { Repair } from '../failure/repairs';
import { createTarget } from './fixtures/targets';
import { LearnedRepairs } from './learned-repairs';

const DAY_MS = 86_400_000;
const TARGET = createTarget();
const USAGE: Repair = { name: 'stream_usage', only: null };
const flag = (name: string): Repair => ({ name: 'beta_flags', only: [name] });

describe('LearnedRepairs', () => {
  let learned: LearnedRepairs;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    learned = new LearnedRepairs();
  });
  afterEach(() => jest.useRealTimers());

  const list = (target = TARGET) => learned.of(target, 'openai_chat_completions');
  const learn = (repair: Repair) => learned.learn(TARGET, 'openai_chat_completions', repair);

  it('remembers a repair for the model and the protocol', () => {
    expect(list()).toEqual([]);
    learn(USAGE);
    expect(list()).toEqual([USAGE]);
    expect(learned.of(TARGET, 'openai_responses')).toEqual([]);
    expect(list(createTarget({ modelId: 'model-2' }))).toEqual([]);
  });

  it('remembers a repair of embeddings, which have no protocol', () => {
    const repair: Repair = { name: 'encoding_format', only: null };
    learned.learn(TARGET, null, repair);
    expect(learned.of(TARGET, null)).toEqual([repair]);
    expect(list()).toEqual([]);
  });

  it('forgets each repair 24 hours after it was learned, also if it was used since', () => {
    learn(USAGE);
    jest.advanceTimersByTime(DAY_MS / 2);
    learn(flag('a'));
    learn(USAGE);
    jest.advanceTimersByTime(DAY_MS / 2);
    expect(list()).toEqual([flag('a')]);
    jest.advanceTimersByTime(DAY_MS / 2);
    expect(list()).toEqual([]);
  });

  it('does not remember repairs of one session', () => {
    learn({ name: 'reasoning_history', only: null });
    expect(list()).toEqual([]);
  });

  it('remembers each flag once, and at most 50 repairs', () => {
    for (let count = 0; count < 60; count++) learn(flag(`flag-${count % 55}`));
    expect(list()).toHaveLength(50);
    expect(new Set(list().flatMap(({ only }) => only))).toHaveProperty('size', 50);
  });

  it('reports when a repair ends', () => {
    const now = performance.now();
    learn(USAGE);
    expect(learned.list('model-1')).toEqual([
      { protocol: 'openai_chat_completions', repair: USAGE, untilMs: now + DAY_MS },
    ]);
  });
});
