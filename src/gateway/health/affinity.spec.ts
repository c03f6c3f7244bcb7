import type { AccountId } from '../../auth/caller';
import { Affinity } from './affinity';

const ACCOUNT = 'account-1' as AccountId;
const HOUR_MS = 3_600_000;

describe('Affinity', () => {
  let affinity: Affinity;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    affinity = new Affinity();
  });
  afterEach(() => jest.useRealTimers());

  it('finds the model of a session', () => {
    affinity.remember(ACCOUNT, 'token-1', 'session', 'model-1');
    expect(affinity.find(ACCOUNT, 'token-1', 'session')).toBe('model-1');
    affinity.remember(ACCOUNT, 'token-1', 'session', 'model-2');
    expect(affinity.find(ACCOUNT, 'token-1', 'session')).toBe('model-2');
  });

  it.each([
    ['another account', 'account-2' as AccountId, 'token-1', 'session'],
    ['another token', ACCOUNT, 'token-2', 'session'],
    ['another session', ACCOUNT, 'token-1', 'other'],
  ])('does not share it with %s', (_name, accountId, tokenId, session) => {
    affinity.remember(ACCOUNT, 'token-1', 'session', 'model-1');
    expect(affinity.find(accountId, tokenId, session)).toBeNull();
  });

  it('distinguishes long sessions', () => {
    affinity.remember(ACCOUNT, 'token-1', `${'x'.repeat(10_000)}1`, 'model-1');
    expect(affinity.find(ACCOUNT, 'token-1', `${'x'.repeat(10_000)}1`)).toBe('model-1');
    expect(affinity.find(ACCOUNT, 'token-1', `${'x'.repeat(10_000)}2`)).toBeNull();
  });

  it('forgets it 60 minutes after its last use', () => {
    affinity.remember(ACCOUNT, 'token-1', 'session', 'model-1');
    jest.advanceTimersByTime(HOUR_MS - 1000);
    expect(affinity.find(ACCOUNT, 'token-1', 'session')).toBe('model-1');
    jest.advanceTimersByTime(HOUR_MS - 1000);
    expect(affinity.find(ACCOUNT, 'token-1', 'session')).toBe('model-1');
    jest.advanceTimersByTime(HOUR_MS + 1000);
    expect(affinity.find(ACCOUNT, 'token-1', 'session')).toBeNull();
  });
});
