import { fieldChanges } from './audit.service';

describe('fieldChanges', () => {
  it('is every field of what was created', () => {
    expect(fieldChanges(null, { name: 'x', tags: [] })).toEqual({
      name: { before: null, after: 'x' },
      tags: { before: null, after: [] },
    });
  });

  it('is every field of what was deleted', () => {
    expect(fieldChanges({ name: 'x' }, null)).toEqual({ name: { before: 'x', after: null } });
  });

  it('is what differs, and only that, however deep', () => {
    const before = { name: 'x', when: { a: [1, { b: 2 }] }, tags: ['a'], cost: 0 };
    expect(fieldChanges(before, { ...before, when: { a: [1, { b: 3 }] }, cost: null })).toEqual({
      when: { before: { a: [1, { b: 2 }] }, after: { a: [1, { b: 3 }] } },
      cost: { before: 0, after: null },
    });
  });

  it('takes an absent field and null for the same', () => {
    expect(fieldChanges({ a: null }, {})).toEqual({});
    expect(fieldChanges({ a: null }, null)).toEqual({});
  });

  it('tells an order that matters', () => {
    expect(fieldChanges({ tags: ['a', 'b'] }, { tags: ['b', 'a'] })).toHaveProperty('tags');
  });
});
