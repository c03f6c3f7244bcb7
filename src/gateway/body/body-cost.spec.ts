import { expectCpuTimeBelow } from '../../../test/support/pace';
import { RequestBody } from './request-body';

const BYTES = 8 * 1024 * 1024;

/** In yardsticks. What is not linear takes thousands. */
const MAX_COST = 15;

const fill = (text: string, bytes = BYTES) => text.repeat(bytes / text.length);
const members = (create: (index: number) => string) =>
  `{${Array.from({ length: 1000 }, (_, i) => create(i)).join()}}`;

describe('the cost of a body of 8 MiB', () => {
  it.each([
    ['escapes in a name', `{"${fill('\\u0061')}":1}`],
    ['escapes in all names', members((index) => `"${fill('\\u0061', BYTES / 1000)}${index}":1`)],
    ['names in many cases', members((index) => `"${fill('A\u017f', BYTES / 1000)}${index}":1`)],
    ['names that all fold', members((index) => `"${index}${'İ'.repeat(50)}":${fill('1', BYTES / 1000)}`)],
    ['types of pictures', `{"a":[${fill('{"type":"image"},')}{}]}`],
    ['spaces before types', `{"a":[${fill(`{"type"${' '.repeat(1000)}:${' '.repeat(1000)}"image"},`)}{}]}`],
    ['blobs', `{"a":[${fill(`{"data":"${'A'.repeat(4096)}"},`)}{}]}`],
    ['long texts', `{"a":[${fill(`{"data":"${' '.repeat(4096)}"},`)}{}]}`],
    ['numbers', `{"n":${fill('9')}}`],
  ])('is small for %s', (_name, text) => {
    const bytes = Buffer.from(text);
    return expectCpuTimeBelow(MAX_COST, () => {
      const body = RequestBody.parse(bytes);
      body.estimate();
      body.number('n');
      body.splice({ set: new Map([['model', '"m"']]), insert: [], remove: new Set(['a']) });
    });
  });
});
