import { type IndexedModel } from './indexed-model';

/** Up to here a sorted array is as fast as a Map and weighs a fifth of it; most providers have fewer models. */
const MAX_SORTED = 64;

/** A provider's models by their folded names, which are unique under it. */
export class ModelsByName implements Iterable<IndexedModel> {
  private models: readonly IndexedModel[] | Map<string, IndexedModel> = [];

  find(foldedName: string): IndexedModel | undefined {
    if (this.models instanceof Map) return this.models.get(foldedName);
    const model = this.models[position(this.models, foldedName)];
    return model?.foldedName === foldedName ? model : undefined;
  }

  add(model: IndexedModel): void {
    if (!(this.models instanceof Map)) {
      if (this.models.length < MAX_SORTED) {
        this.models = this.models.toSpliced(position(this.models, model.foldedName), 0, model);
        return;
      }
      this.models = new Map(this.models.map((each) => [each.foldedName, each]));
    }
    this.models.set(model.foldedName, model);
  }

  remove(model: IndexedModel): void {
    if (this.models instanceof Map) this.models.delete(model.foldedName);
    else this.models = this.models.toSpliced(position(this.models, model.foldedName), 1);
  }

  [Symbol.iterator](): Iterator<IndexedModel> {
    return this.models.values();
  }
}

/** Of the first whose name does not come before. */
function position(models: readonly IndexedModel[], foldedName: string): number {
  let low = 0;
  let high = models.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (models[middle]!.foldedName < foldedName) low = middle + 1;
    else high = middle;
  }
  return low;
}
