import type { TargetSettings } from '../target/gateway-target';
import { attemptDeadlines, callerTimeoutMs } from './attempt-deadlines';

const settings = (more: Partial<TargetSettings> = {}) =>
  ({ timeoutMs: null, firstByteTimeoutMs: null, idleTimeoutMs: null, ...more }) as TargetSettings;

describe('callerTimeoutMs', () => {
  it.each([
    [{}, Infinity],
    [{ 'x-stainless-timeout': '600' }, 600_000],
    [{ 'x-stainless-timeout': '600', 'x-stainless-read-timeout': '2.5' }, 2500],
    [{ 'x-stainless-timeout': 'NOT_GIVEN' }, Infinity],
    [{ 'x-stainless-timeout': '0' }, Infinity],
    [{ 'x-stainless-timeout': '-1' }, Infinity],
  ])('reads %j as %d ms', (headers, expected) => {
    expect(callerTimeoutMs(headers)).toBe(expected);
  });
});

describe('attemptDeadlines', () => {
  it.each([
    ['a whole response', settings(), false, true, Infinity, [300_000, 300_000, 600_000]],
    ['a stream', settings(), true, false, Infinity, [300_000, 300_000, 3_600_000]],
    ['a stream with fallbacks', settings(), true, true, Infinity, [120_000, 300_000, 3_600_000]],
    [
      'its settings',
      settings({ timeoutMs: 9000, firstByteTimeoutMs: 8000, idleTimeoutMs: 7000 }),
      true,
      true,
      Infinity,
      [8000, 7000, 9000],
    ],
    ['a short whole', settings({ timeoutMs: 5000 }), false, false, Infinity, [5000, 300_000, 5000]],
    ["the caller's whole", settings(), false, false, 4000, [4000, 300_000, 4000]],
    ["the caller's first byte of a stream", settings(), true, false, 4000, [4000, 300_000, 3_600_000]],
    ['a caller without time', settings(), false, false, -5, [1, 300_000, 1]],
  ])('has the deadlines of %s', (_name, given, isStream, hasOthers, leftMs, [first, idle, whole]) => {
    expect(attemptDeadlines(given, isStream, hasOthers, leftMs)).toEqual({
      firstByteTimeoutMs: first,
      idleTimeoutMs: idle,
      deadlineMs: whole,
    });
  });
});
