import type { JsonObject } from '../common/json-object';
import { ruleWarnings } from './compile-rule';
import { matchOf, mismatchOf } from './fixtures/unlimited-time';

const warningsFor = (when: JsonObject) =>
  ruleWarnings(when, '/when').map(({ pointer, code }) => [pointer, code]);

describe('ruleWarnings', () => {
  it.each<[JsonObject, string, string]>([
    [{ 'metadata.plan': 'paid' }, '/when/metadata.plan', 'when.metadata'],
    [{ 'metadata.plan': { $gt: 1, $lt: 5 } }, '/when/metadata.plan', 'when.metadata'],
    [{ $or: [{ a: 1 }, { 'metadata.a.b': 1 }] }, '/when/$or/1/metadata.a.b', 'when.metadata'],
    [{ user: null }, '/when/user', 'when.null'],
    [{ user: { $eq: null } }, '/when/user/$eq', 'when.null'],
    [{ user: { $ne: null } }, '/when/user/$ne', 'when.null'],
    [{ user: { $not: { $ne: null } } }, '/when/user/$not/$ne', 'when.null'],
    [{ $not: { 'a/b': null } }, '/when/$not/a~1b', 'when.null'],
  ])('warns of %j', (when, pointer, code) => expect(warningsFor(when)).toEqual([[pointer, code]]));

  it.each<JsonObject>([
    {},
    { metadata: { plan: 'paid' } },
    { metadataplan: 1, 'a.metadata.b': 1 },
    { user: { $exists: false } },
    { user: { $exists: true, $ne: null } },
    { user: { $in: [null] } },
    { user: [null] },
  ])('does not warn of %j', (when) => expect(warningsFor(when)).toEqual([]));

  it('says what to send instead', () => {
    expect(ruleWarnings({ 'metadata.plan': 'paid' }, '')[0]!.detail).toContain('send the path "plan"');
    expect(ruleWarnings({ user: null }, '')[0]!.detail).toContain('{"$exists": false}');
  });

  it('has at most 10 warnings of one rule', () => {
    const paths = Array.from({ length: 40 }, (_, index) => [`metadata.${index}`, 1]);
    expect(warningsFor(Object.fromEntries(paths) as JsonObject)).toHaveLength(10);
  });
});

describe('the reason of a mismatch', () => {
  const when = { 'metadata.plan': 'paid' };

  it('names the root of paths if the context has no metadata', () => {
    expect(mismatchOf(when, { plan: 'paid' })).toBe(
      '/metadata/plan expected "paid", got nothing (paths start at the context, which has no "metadata")',
    );
  });

  it('does not name it if the context has metadata', () => {
    expect(mismatchOf(when, { metadata: {} })).toBe('/metadata/plan expected "paid", got nothing');
    expect(matchOf(when, { metadata: { plan: 'paid' } })).toBe('/metadata/plan is "paid"');
  });
});
