import { diffFields } from './audit.service';

describe('diffFields', () => {
  it('returns every field of a created resource', () => {
    expect(diffFields(null, { name: 'x', tags: [] })).toEqual({
      name: { before: null, after: 'x' },
      tags: { before: null, after: [] },
    });
  });

  it('returns every field of a deleted resource', () => {
    expect(diffFields({ name: 'x' }, null)).toEqual({ name: { before: 'x', after: null } });
  });

  it('returns only the fields that differ, at any depth', () => {
    const before = { name: 'x', when: { a: [1, { b: 2 }] }, tags: ['a'], cost: 0 };
    expect(diffFields(before, { ...before, when: { a: [1, { b: 3 }] }, cost: null })).toEqual({
      when: { before: { a: [1, { b: 2 }] }, after: { a: [1, { b: 3 }] } },
      cost: { before: 0, after: null },
    });
  });

  it('treats an absent field as null', () => {
    expect(diffFields({ a: null }, {})).toEqual({});
    expect(diffFields({ a: null }, null)).toEqual({});
  });

  it('compares lists with their order', () => {
    expect(diffFields({ tags: ['a', 'b'] }, { tags: ['b', 'a'] })).toHaveProperty('tags');
  });
});
