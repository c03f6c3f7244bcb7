import { findRetryWait, findWaitInWords, isOrganisationWide } from './retry-wait';

const DATE = 'Thu, 12 Nov 2026 10:00:00 GMT';

describe('findRetryWait', () => {
  it.each<[Record<string, string>, number | null]>([
    [{}, null],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': 'Thu, 12 Nov 2026 10:00:30 GMT', date: DATE }, 30_000],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '' }, null],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after-ms': '1234' }, 1234],
    [{ 'retry-after-ms': '1200', 'retry-after': '3' }, 3000],
    [{ 'retry-after-ms': '9000', 'retry-after': '3' }, 9000],
    [{ 'retry-after': '0' }, 1000],
    [{ 'retry-after': '86400' }, 600_000],
    [{ 'retry-after': '9'.repeat(400) }, 600_000],
    [{ 'retry-after': 'Thu, 12 Nov 2026 09:00:00 GMT', date: DATE }, null],

    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' }, 1000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '120ms' }, 1000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '2m59.56s' }, 179_560],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1h2m3s' }, 600_000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '59' }, 59_000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': 'later' }, null],
    [{ 'x-ratelimit-remaining-tokens': '12', 'x-ratelimit-reset-tokens': '6m0s' }, null],
    [{ 'x-ratelimit-reset-tokens': '6m0s' }, null],
    // No limit has so long a name.
    [
      {
        [`x-ratelimit-remaining${'-x'.repeat(50)}`]: '0',
        [`x-ratelimit-reset${'-x'.repeat(50)}`]: '6m0s',
      },
      null,
    ],
    [
      {
        'x-ratelimit-remaining-requests': '9',
        'x-ratelimit-reset-requests': '8m',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '20s',
        'retry-after': '2',
      },
      20_000,
    ],
    [
      {
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-12T10:00:21Z',
        date: DATE,
      },
      21_000,
    ],
    [
      {
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': String(Date.parse(DATE) / 1000 + 90),
        date: DATE,
      },
      90_000,
    ],
    [
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.parse(DATE) + 5000), date: DATE },
      5000,
    ],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '12' }, 12_000],
    [{ 'my-ratelimit-remaining': '0', 'my-ratelimit-reset': '12' }, null],
  ])('reads %j', (headers, waitMs) => {
    expect(findRetryWait(headers)).toBe(waitMs);
  });

  it('reads the first of repeated headers', () => {
    expect(findRetryWait({ 'retry-after': ['4', '9'] })).toBe(4000);
  });
});

describe('findWaitInWords', () => {
  it.each<[string, number | null]>([
    ['Rate limit reached. Please try again in 6.5s.', 6500],
    ['Please try again in 850ms. Visit https://x', 1000],
    ['Please retry in 30.3s.', 30_300],
    ['Please retry after 17 seconds.', 17_000],
    ['Try again in 2 minutes', 120_000],
    ['Try again later', null],
    ['', null],
  ])('reads %j', (words, waitMs) => {
    expect(findWaitInWords(words)).toBe(waitMs);
  });
});

describe('isOrganisationWide', () => {
  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' }, false],
    [{ 'x-ratelimit-scope': 'organization' }, true],
    [{ 'x-ratelimit-type': 'UserByModelByDay' }, false],
    [{ 'anthropic-ratelimit-unified-status': 'rejected', 'anthropic-ratelimit-unified-reset': '5' }, true],
    [{ 'anthropic-ratelimit-unified-status': 'allowed', 'anthropic-ratelimit-unified-reset': '5' }, false],
    [{ 'x-ratelimit-remaining-organization': '0', 'x-ratelimit-reset-organization': '5s' }, true],
    [{ 'openai-organization': 'org-1' }, false],
  ])('reads %j', (headers, isWide) => {
    expect(isOrganisationWide(headers)).toBe(isWide);
  });
});
