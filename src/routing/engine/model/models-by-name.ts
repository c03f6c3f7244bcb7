import { foldCase } from '../../../common/identity-key';
import { type IndexedModel } from './indexed-model';

/** Up to this size, sorted arrays are as fast as a Map and use less memory. Most providers have fewer models. */
const MAX_SORTED = 64;

/** The models of a provider by their case-folded names and aliases, which are unique per provider. */
export class ModelsByName implements Iterable<IndexedModel> {
  /** In the order of `hashes`; empty once `map` is in use. */
  private models: readonly IndexedModel[] = [];
  /** Hashes of the names, ascending. Searching numbers reads less memory than searching strings. */
  private hashes: readonly number[] = [];
  private map: Map<string, IndexedModel> | null = null;
  /** Created for the first alias, because most models have none. */
  private aliases: Map<string, IndexedModel> | null = null;

  get size(): number {
    return this.map?.size ?? this.models.length;
  }

  find(foldedName: string): IndexedModel | undefined {
    return this.findByName(foldedName) ?? this.aliases?.get(foldedName);
  }

  private findByName(foldedName: string): IndexedModel | undefined {
    if (this.map !== null) return this.map.get(foldedName);
    const hash = hashOf(foldedName);
    for (let at = this.position(hash); this.hashes[at] === hash; at++) {
      if (this.models[at]!.foldedName === foldedName) return this.models[at];
    }
    return undefined;
  }

  add(model: IndexedModel): void {
    for (const alias of model.aliases) (this.aliases ??= new Map()).set(foldCase(alias), model);
    if (this.map === null && this.models.length === MAX_SORTED) {
      this.map = new Map(this.models.map((each) => [each.foldedName, each]));
      this.models = [];
      this.hashes = [];
    }
    if (this.map !== null) {
      this.map.set(model.foldedName, model);
      return;
    }
    const hash = hashOf(model.foldedName);
    const at = this.position(hash);
    this.models = this.models.toSpliced(at, 0, model);
    this.hashes = this.hashes.toSpliced(at, 0, hash);
  }

  /** Throws TypeError for a model that is not in the collection. */
  remove(model: IndexedModel): void {
    if (this.findByName(model.foldedName) !== model)
      throw new TypeError(`the provider has no model ${model.id}`);
    for (const alias of model.aliases) this.removeAlias(foldCase(alias), model);
    if (this.map !== null) {
      this.map.delete(model.foldedName);
      return;
    }
    const at = this.models.indexOf(model);
    this.models = this.models.toSpliced(at, 1);
    this.hashes = this.hashes.toSpliced(at, 1);
  }

  /** A manual change may have given one alias to two models. */
  private removeAlias(folded: string, model: IndexedModel): void {
    if (this.aliases?.get(folded) === model) this.aliases.delete(folded);
    if (this.aliases?.size === 0) this.aliases = null;
  }

  [Symbol.iterator](): Iterator<IndexedModel> {
    return (this.map ?? this.models).values();
  }

  /** The position of the first hash that is not less than `hash`. */
  private position(hash: number): number {
    let low = 0;
    let high = this.hashes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.hashes[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** FNV-1a over UTF-16 code units, shortened to fit a V8 small integer. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 2;
}
