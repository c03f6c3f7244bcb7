import { expectCpuTimeBelow } from '../../test/support/pace';
import { advancedJsonProblems, maskStoredSecrets } from './advanced-json';

/** NFKC makes this character 18 characters. */
const LIGATURE = '\ufdfa';
const MAX_BYTES = 64 * 1024;
/** A request body has at most 2,000 values. */
const MAX_NAMES = 1900;
const DOCUMENTS = 20;

/** Returns a document of at most 64 KiB whose names no other document has. */
function documentOf(nameOf: (index: number) => string, value: unknown = 1): Record<string, unknown> {
  const document: Record<string, unknown> = {};
  const length = Buffer.byteLength(JSON.stringify(value)) + '"":,'.length;
  for (let index = 0, bytes = 2; index < MAX_NAMES; index++) {
    const name = nameOf(index);
    bytes += Buffer.byteLength(name) + length;
    if (bytes > MAX_BYTES) break;
    document[name] = value;
  }
  return document;
}

describe('the cost of finding credentials', () => {
  it.each<[string, (salt: number) => Record<string, unknown>]>([
    ['one name that expands', (salt) => ({ [`${LIGATURE.repeat(20_000)}${salt}`]: 1 })],
    ['names that expand', (salt) => documentOf((index) => `${salt}_${LIGATURE.repeat(28)}${index}`)],
    ['short names that expand', (salt) => documentOf((index) => `${LIGATURE}${salt}_${index}`)],
    ['names that expand, with a hint', (salt) => documentOf((index) => `${LIGATURE}key${salt}_${index}`)],
    ['distinct names', (salt) => documentOf((index) => `n${salt}_${index}`)],
    ['distinct names with a hint', (salt) => documentOf((index) => `maxtoken${salt}_${index}`)],
    ['long names of many words', (salt) => documentOf((index) => `${'a key '.repeat(18)}${salt}_${index}`)],
    ['one long name of many words', (salt) => ({ [`${'aB'.repeat(32_000)}key${salt}`]: 1 })],
    [
      'query parameters',
      (salt) => ({ extra_query: documentOf((index) => `${LIGATURE}${salt}_${index}`, '') }),
    ],
    ['a long text', () => ({ a: 'x'.repeat(65_000) })],
    ['a text of keys that are too short', () => ({ a: 'sk-a1 '.repeat(10_000) })],
    ['a text of schemes', () => ({ a: 'Bearer '.repeat(9_000) })],
    ['a scheme before spaces', () => ({ a: `Bearer${' '.repeat(60_000)}` })],
    ['a text of parts of web tokens', () => ({ a: 'eyJaaaaaaaaaaa.'.repeat(4_000) })],
    ['a text of one word', () => ({ a: 'sk-'.repeat(20_000) })],
    ['addresses', () => ({ a: Array.from({ length: MAX_NAMES }, () => 'https://x/?a=1&b=2') })],
    ['an address of many parameters', () => ({ a: `https://x/?${'key&'.repeat(16_000)}` })],
  ])('is about two yardsticks at most for %s', async (_case, create) => {
    let salt = 0;
    let documents: Record<string, unknown>[] = [];
    const judge = () => {
      for (const document of documents) maskStoredSecrets(document);
      for (const document of documents) advancedJsonProblems(document, '');
    };
    // New names for each round, because the judgements of the last names are remembered.
    const createDocuments = () => (documents = Array.from({ length: DOCUMENTS }, () => create(salt++)));
    await expectCpuTimeBelow(2 * DOCUMENTS, judge, createDocuments);
  });
});
