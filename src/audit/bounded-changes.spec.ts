import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { boundChanges, MAX_EVENT_BYTES, MAX_FIELD_BYTES, MAX_NAMES, NameList } from './bounded-changes';

const bound = (before: unknown, after: unknown) => boundChanges({ field: { before, after } })['field']!;
const digestOf = (value: unknown) => {
  const text = JSON.stringify(value);
  return { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
};

describe('boundChanges', () => {
  it('keeps short values', () => {
    const changes = {
      name: { before: null, after: 'x' },
      tags: { before: ['a'], after: [] },
      advanced_json: { before: { seed: 1 }, after: { seed: 2, text: 'é'.repeat(500) } },
    };
    expect(boundChanges(changes)).toEqual(changes);
  });

  it('replaces a long value by its size in bytes and its SHA-256', () => {
    const value = { text: '😀'.repeat(2000) };
    expect(bound(null, value)).toEqual({ before: null, after: digestOf(value) });
  });

  it('keeps one value of 3 KB, but not two', () => {
    const [before, after] = ['a'.repeat(3000), 'b'.repeat(3000)];
    expect(bound(before, null)).toEqual({ before, after: null });
    expect(bound(before, after)).toEqual({ before: digestOf(before), after: digestOf(after) });
  });

  it('shows the first names of a long list with its count', () => {
    const names = Array.from({ length: 30_000 }, (_, index) => `m-${index}`);
    expect(bound(names, null).before).toEqual({ count: 30_000, first: names.slice(0, MAX_NAMES) });
    expect(bound(names.slice(0, MAX_NAMES), null).before).toEqual(names.slice(0, MAX_NAMES));
  });

  it('shows the count of a list of which only the first names were read', () => {
    expect(bound(new NameList(['a', 'b'], 3), null).before).toEqual({ count: 3, first: ['a', 'b'] });
    expect(bound(new NameList(['a', 'b']), null).before).toEqual(['a', 'b']);
  });

  it('shows only the names that fit', () => {
    const names = Array.from({ length: 90 }, () => '😀'.repeat(100));
    const { count, first } = bound(null, names).after as { count: number; first: string[] };
    expect(count).toBe(90);
    expect(first.length).toBeGreaterThan(5);
    expect(first.length).toBeLessThan(10);
  });

  it('shortens the longest fields of an event that has many', () => {
    const text = (length: number) => ({ before: 'a'.repeat(length), after: 'b'.repeat(length) });
    const changes = { short: text(100), tags: text(1500), when: text(1900), advanced_json: text(1901) };
    const { before, after } = changes.advanced_json;
    expect(boundChanges(changes)).toEqual({
      ...changes,
      advanced_json: { before: digestOf(before), after: digestOf(after) },
    });
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, text(2000)]));
    expect(Buffer.byteLength(JSON.stringify(boundChanges(many)))).toBeLessThanOrEqual(MAX_EVENT_BYTES);
  });

  it('bounds every field, whatever its values', () => {
    const value = fc.oneof(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 6000 }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(value, value, (before, after) => {
        expect(Buffer.byteLength(JSON.stringify(bound(before, after)))).toBeLessThanOrEqual(MAX_FIELD_BYTES);
      }),
    );
  });
});
