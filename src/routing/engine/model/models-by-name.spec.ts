import fc from 'fast-check';
import { type IndexedModel } from './indexed-model';
import { ModelsByName } from './models-by-name';

const named = (foldedName: string, aliases: string[] = []) =>
  ({ foldedName, aliases }) as unknown as IndexedModel;

describe('ModelsByName', () => {
  it('finds a model by its aliases, and lists it once', () => {
    const models = new ModelsByName();
    const [one, other] = [named('one', ['Eins', 'uno']), named('other')];
    models.add(one);
    models.add(other);
    expect(['eins', 'uno', 'one', 'Eins', 'zwei'].map((name) => models.find(name))).toEqual([
      one,
      one,
      one,
      undefined,
      undefined,
    ]);
    expect([...models]).toHaveLength(2);
    expect(models.size).toBe(2);
    models.remove(one);
    expect(models.find('uno')).toBeUndefined();
    expect(models).toEqual(Object.assign(new ModelsByName(), { models: [other], hashes: models['hashes'] }));
  });

  it('prefers a name to an alias that a manual change has made equal', () => {
    const models = new ModelsByName();
    const [alias, name] = [named('one', ['same']), named('same')];
    models.add(alias);
    models.add(name);
    expect(models.find('same')).toBe(name);
    models.remove(name);
    expect(models.find('same')).toBe(alias);
  });

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
