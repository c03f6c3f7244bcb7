import { invalidField, invalidFields } from './domain-error';

describe('invalidFields', () => {
  const error = (name: string) => ({ pointer: `/${name}`, code: 'type', detail: 'Must be a string.' });

  it('reports each error, and begins its detail with the first', () => {
    const errors = [error('a'), error('b')];
    expect(invalidFields(errors)).toMatchObject({ detail: '/a: Must be a string.', errors });
  });

  it('truncates a long pointer in the error and in the detail', () => {
    const { errors, detail } = invalidField(`/${'x'.repeat(250_000)}`, 'type', 'Must be a string.');
    const pointer = `/${'x'.repeat(254)}…`;
    expect(errors).toEqual([{ pointer, code: 'type', detail: 'Must be a string.' }]);
    expect(detail).toBe(`${pointer}: Must be a string.`);
  });

  it('does not split an escape of a pointer', () => {
    expect(invalidFields([error(`${'x'.repeat(253)}~1y`)]).errors![0]!.pointer).toBe(`/${'x'.repeat(253)}…`);
  });

  it('reports at most 100 errors', () => {
    const many = Array.from({ length: 2000 }, (_, index) => error(`f${index}`));
    expect(invalidFields(many).errors).toEqual(many.slice(0, 100));
  });

  it.each(['x', 'é', '\u0001', '"'])('reports at most 64 KiB of errors with %j', (character) => {
    const many = Array.from({ length: 100 }, () => ({
      ...error(character.repeat(1000)),
      detail: character.repeat(1000),
    }));
    const bytes = Buffer.byteLength(JSON.stringify(invalidFields(many).errors));
    expect(bytes).toBeLessThanOrEqual(64 * 1024 + 200);
    expect(bytes).toBeGreaterThan(50 * 1024);
  });
});
