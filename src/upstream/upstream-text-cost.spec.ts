import { COSTLY_TEXTS } from '../../test/support/costly-texts';
import { expectCpuTimeBelow } from '../../test/support/pace';
import { findNextPage } from './model-list/next-page';
import { otherSpelling } from './model-spelling';

const BODY = 250_000;
/** Longer than the headers that the client of upstreams accepts. */
const HEADER = 32_000;
const MAX_COST = 3;

describe('the cost of a text', () => {
  it.each(['https://ollama.com', 'https://generativelanguage.googleapis.com/v1beta/openai'])(
    'is small for the name of a model at %s',
    (baseUrl) =>
      expectCpuTimeBelow(MAX_COST, () => {
        for (const create of Object.values(COSTLY_TEXTS)) otherSpelling(create(BODY), baseUrl);
      }),
  );

  it.each<[string, string]>([
    ['relations', `<?p=2>; rel="${'next x '.repeat(HEADER / 7)}`],
    ['parameters', `<?p=2>${'; rel="'.repeat(HEADER / 7)}`],
    ['spaces', `<?p=2>${'; rel'.repeat(HEADER / 10)};${' '.repeat(HEADER / 2)}`],
    ['targets', '<'.repeat(HEADER)],
  ])('is small for a Link header of many %s', (_what, link) => {
    const url = new URL('https://api.example.com/v1/models');
    const response = { json: {}, headers: { link }, url } as never;
    const read = { call: { to: url }, entries: 0, lastId: null, afterParameter: 'after' } as never;
    return expectCpuTimeBelow(MAX_COST, () => findNextPage(response, read));
  });
});
