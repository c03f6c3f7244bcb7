import fc from 'fast-check';
import { type IndexedModel } from './indexed-model';
import { ModelsByName } from './models-by-name';

const named = (foldedName: string) => ({ foldedName }) as IndexedModel;

describe('ModelsByName', () => {
  it('finds exactly the models that were added and not removed', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(150)), { maxLength: 400, size: 'max' });
    fc.assert(
      fc.property(steps, (list) => {
        const models = new ModelsByName();
        const expected = new Map<string, IndexedModel>();
        for (const [isAdded, number] of list) {
          const name = `m${number}`;
          const model = expected.get(name);
          if (isAdded && model === undefined) {
            expected.set(name, named(name));
            models.add(expected.get(name)!);
          } else if (!isAdded && model !== undefined) {
            expected.delete(name);
            models.remove(model);
          }
        }
        for (let number = 0; number <= 150; number++) {
          expect(models.find(`m${number}`)).toBe(expected.get(`m${number}`));
        }
        expect(new Set(models)).toEqual(new Set(expected.values()));
      }),
      { numRuns: 50 },
    );
  });
});
