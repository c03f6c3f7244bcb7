import { expectCpuTimeBelow } from '../../../test/support/pace';
import { memberOf } from './find-value';
import { JsonProblem } from './json-problem';
import { scanObject } from './scan-object';

const BYTES = 8 * 1024 * 1024;

/** In yardsticks. What is not linear takes thousands. */
const MAX_COST = 15;

const inArray = (text: string) => `{"a":[${text.repeat(BYTES / text.length)}]}`;
const inString = (text: string) => `{"a":"${text.repeat(BYTES / text.length)}"}`;

describe('the cost of a scan of 8 MiB', () => {
  it.each<[string, string, boolean]>([
    ['opening brackets', inArray('['), false],
    ['pairs of brackets', inArray('[]'), true],
    ['alternating brackets', inArray('{[]}'), true],
    ['quotes', inArray('"'), true],
    ['escaped quotes', inString('\\"'), true],
    ['backslashes', inString('\\'), true],
    ['backslashes before quotes', inString(`${'\\'.repeat(63)}"`), true],
    ['escaped quotes far apart', inString(`\\"${'x'.repeat(30)}`), true],
    ['one string that does not end', `{"a":"${'x'.repeat(BYTES)}`, false],
    ['digits', `{"a":${'1'.repeat(BYTES)}}`, true],
    ['numbers', inArray('1,'), true],
    ['spaces', `{"a":${' '.repeat(BYTES)}1}`, true],
    ['a long key', `{"${'k'.repeat(BYTES)}":1}`, true],
    ['many members', `{${'"a":1,'.repeat(BYTES / 6)}"b":1}`, false],
  ])('is small for %s', async (_name, text, isAccepted) => {
    const bytes = Buffer.from(text);
    await expectCpuTimeBelow(MAX_COST, () => {
      expect(Array.isArray(scanObject(bytes, 0, bytes.length))).toBe(isAccepted);
    });
    await expectCpuTimeBelow(MAX_COST, () => {
      expect(memberOf(bytes, 0, bytes.length, 'usage')).toBeNull();
    });
  });

  it('reports where a deep text is too deep', () => {
    const bytes = Buffer.from(inArray('['));
    expect(scanObject(bytes, 0, bytes.length)).toBeInstanceOf(JsonProblem);
  });
});
