import * as fc from 'fast-check';
import { foldCase } from '../../common/identity-key';
import { WRITTEN_OBJECT } from '../json/fixtures/json-arbitraries';
import { JsonProblem } from '../json/json-problem';
import { scanObject } from '../json/scan-object';
import { RequestBody } from './request-body';
import { type BodyEdits } from './splice-members';

interface Edits {
  readonly set?: Record<string, string>;
  readonly insert?: [string, string][];
  readonly remove?: string[];
}

const editsOf = ({ set = {}, insert = [], remove = [] }: Edits): BodyEdits => ({
  set: new Map(Object.entries(set)),
  insert,
  remove: new Set(remove),
});

const splice = (text: string, edits: Edits) =>
  Buffer.concat(RequestBody.parse(Buffer.from(text)).splice(editsOf(edits))).toString();

describe('RequestBody.splice', () => {
  it.each<[string, string, Edits, string]>([
    ['nothing', ' {"a":1} ', {}, ' {"a":1} '],
    ['a value', ' { "a" : 1.0 , "b":2}', { set: { a: '"x"' } }, ' { "a" : "x" , "b":2}'],
    ['two values', '{"a":1,"b":2}', { set: { b: '3', a: '4' } }, '{"a":4,"b":3}'],
    ['an absent member', '{"a":1}', { set: { b: 'true' } }, '{"b":true,"a":1}'],
    ['an empty object', ' { } ', { set: { b: 'true' } }, ' {"b":true } '],
    ['a default', '{"a":1}', { insert: [['b', '2']] }, '{"b":2,"a":1}'],
    ['a default that is present', '{"a":null}', { insert: [['a', '2']] }, '{"a":null}'],
    ['a default that is set', '{}', { set: { a: '1' }, insert: [['a', '2']] }, '{"a":1}'],
    [
      'a default under another name',
      '{"max_completion_tokens":5}',
      {
        insert: [
          ['max_tokens', '9'],
          ['top_p', '1'],
        ],
      },
      '{"top_p":1,"max_completion_tokens":5}',
    ],
    ['a name with a quote', '{}', { insert: [['a"b', '2']] }, '{"a\\"b":2}'],
    ['the only member', '{ "a":1 }', { remove: ['a'] }, '{ }'],
    ['the first member', '{ "a":1 , "b":2}', { remove: ['a'] }, '{"b":2}'],
    ['the middle member', '{"a":1 , "b":2 , "c":3}', { remove: ['b'] }, '{"a":1 , "c":3}'],
    ['the last member', '{"a":1, "b":2 }', { remove: ['b'] }, '{"a":1 }'],
    ['the last members', '{"a":1,"b":2,"c":3}', { remove: ['b', 'c'] }, '{"a":1}'],
    ['all members but one', '{"a":1,"b":2,"c":3,"d":4}', { remove: ['a', 'b', 'd'] }, '{"c":3}'],
    ['an absent member, which stays so', '{"a":1}', { remove: ['b'] }, '{"a":1}'],
    ['everything', '{"a":1,"b":2}', { remove: ['a', 'b'], insert: [['c', '3']] }, '{"c":3}'],
    ['a removed default', '{"a":1,"b":2}', { remove: ['a'], insert: [['a', '3']] }, '{"b":2}'],
    [
      'several at a time',
      '{"model":"m","x":1,"n":2}',
      { set: { model: '"u"', y: '0' }, remove: ['x'], insert: [['z', '9']] },
      '{"y":0,"z":9,"model":"u","n":2}',
    ],
  ])('changes %s', (_name, text, edits, expected) => expect(splice(text, edits)).toBe(expected));

  it('changes nothing else', () => {
    const subset = fc.infiniteStream(fc.constantFrom('keep', 'set', 'remove'));
    const added = fc.uniqueArray(
      fc.tuple(
        fc.string({ unit: 'binary' }),
        fc.jsonValue().map((v) => JSON.stringify(v)),
      ),
      {
        selector: ([name]) => name.toLowerCase(),
      },
    );
    fc.assert(
      fc.property(WRITTEN_OBJECT, subset, added, ({ text, members }, choices, insert) => {
        const folded = new Set(members.map(({ key }) => foldCase(key)));
        fc.pre(folded.size === members.length);
        const set: [string, string][] = [];
        const remove: string[] = [];
        const expected: [string, string][] = [];
        for (const { key, json } of members) {
          const choice = choices.next().value;
          if (choice === 'remove') remove.push(key);
          else expected.push([key, choice === 'set' ? '"new"' : json]);
          if (choice === 'set') set.push([key, '"new"']);
        }
        const absent = insert.filter(([name]) => !members.some(({ key }) => key === name));
        const spliced = Buffer.concat(
          RequestBody.parse(Buffer.from(text)).splice({ set: new Map(set), insert, remove: new Set(remove) }),
        );
        expect(membersOf(spliced)).toEqual([...absent, ...expected]);
        if (remove.length + set.length + absent.length === 0) expect(spliced.toString()).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('shares the bytes of a long body and joins what is short', () => {
    const content = 'x'.repeat(100_000);
    const body = RequestBody.parse(Buffer.from(JSON.stringify({ stream: true, model: 'm', content, n: 1 })));
    const pieces = body.splice(editsOf({ set: { model: '"upstream"', n: '2' }, insert: [['top_p', '1']] }));
    expect(pieces.map(({ length }) => length)).toEqual([43, 100_018, 2]);
    expect(pieces[1]!.buffer).toBe(body.bytes.buffer);
  });

  it('returns a short body in one piece', () => {
    expect(
      RequestBody.parse(Buffer.from('{"a":1,"b":2}')).splice(editsOf({ set: { a: '3', b: '4' } })),
    ).toEqual([Buffer.from('{"a":3,"b":4}')]);
  });
});

/** The members in their order, with the bytes of their values. `JSON.parse` reorders numeric names. */
function membersOf(bytes: Buffer): [string, string][] {
  const members = scanObject(bytes, 0, bytes.length);
  if (members instanceof JsonProblem) throw new Error(bytes.toString());
  return members.map(({ keyStart, keyEnd, valueStart, valueEnd }) => [
    JSON.parse(bytes.toString('utf8', keyStart, keyEnd)),
    bytes.toString('utf8', valueStart, valueEnd),
  ]);
}
