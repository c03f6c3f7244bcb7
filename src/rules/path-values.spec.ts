import type { JsonObject } from '../common/json-object';
import { compileRule } from './compile-rule';
import { matches } from './fixtures/matches';

describe('a path through an array of objects', () => {
  const context = { objects: [{ id: 123, tags: ['a'] }, { id: 456, tags: ['b', 'c'] }, { name: 'x' }, 789] };

  it.each<[JsonObject, boolean]>([
    [{ 'objects.id': 123 }, true],
    [{ 'objects.id': 789 }, false],
    [{ 'objects.id': { $ne: 123 } }, false],
    [{ 'objects.id': { $ne: 789 } }, true],
    [{ 'objects.id': { $in: [1, 456] } }, true],
    [{ 'objects.id': { $nin: [1, 456] } }, false],
    [{ 'objects.id': { $nin: [1, 2] } }, true],
    [{ 'objects.id': { $gt: 400 } }, true],
    [{ 'objects.id': { $gt: 456 } }, false],
    [{ 'objects.id': { $gt: 400, $lt: 200 } }, true],
    [{ 'objects.id': { $not: { $gt: 400 } } }, false],
    [{ 'objects.id': { $exists: true } }, true],
    [{ 'objects.name': { $exists: true } }, true],
    [{ 'objects.none': { $exists: false } }, true],
    [{ 'objects.id': null }, false],
    [{ 'objects.id': [123, 456] }, false],
    [{ 'objects.tags': 'c' }, true],
    [{ 'objects.tags': ['b', 'c'] }, true],
    [{ 'objects.tags': { $in: [['b', 'c'], ['x']] } }, true],
    [{ 'objects.tags': { $nin: [['c', 'b'], ['x']] } }, true],
    [{ 'objects.tags': { $contains: 'b' } }, true],
    [{ 'objects.tags': { $startsWith: 'c' } }, true],
    [{ 'objects.name': { $regex: '^x$' } }, true],
    [{ 'objects.0.id': 123 }, true],
    [{ 'objects.1.id': 123 }, false],
  ])('%j matches as in MongoDB: %s', (when, expected) =>
    expect(matches(compileRule(when), context)).toBe(expected),
  );

  it('searches as much text as in one value', () => {
    const matchesItems = (when: JsonObject, ...texts: string[]) =>
      matches(compileRule(when), { a: texts.map((t) => ({ t })) });
    expect(matchesItems({ 'a.t': { $contains: 'x' } }, 'a'.repeat(8_191), 'x')).toBe(true);
    expect(matchesItems({ 'a.t': { $contains: 'x' } }, 'a'.repeat(8_192), 'x')).toBe(false);
    expect(matchesItems({ 'a.t': { $regex: 'x' } }, 'a'.repeat(2_047), 'x')).toBe(true);
    expect(matchesItems({ 'a.t': { $regex: 'x' } }, 'a'.repeat(2_048), 'x')).toBe(false);
  });
});

describe('null', () => {
  it.each<[JsonObject, JsonObject, boolean]>([
    [{ user: null }, {}, false],
    [{ user: null }, { user: null }, true],
    [{ user: { $ne: null } }, {}, true],
    [{ user: { $ne: null } }, { user: null }, false],
    [{ user: { $in: [null] } }, {}, false],
    [{ user: { $nin: [null] } }, {}, true],
  ])('differs from a missing value: %j for %j', (when, context, expected) =>
    expect(matches(compileRule(when), context)).toBe(expected),
  );
});
