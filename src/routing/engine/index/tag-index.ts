import { type IndexedModel } from '../model/indexed-model';
import { type IndexEntry, addToEntry, removeFromEntry } from './index-entry';

/** Models by their tags, byte for byte. */
export class TagIndex {
  private readonly entries = new Map<string, IndexEntry>();

  find(tag: string): IndexEntry | undefined {
    return this.entries.get(tag);
  }

  add(model: IndexedModel): void {
    for (const tag of model.tags) this.entries.set(tag, addToEntry(this.entries.get(tag), model));
  }

  remove(model: IndexedModel): void {
    for (const tag of model.tags) {
      const entry = this.entries.get(tag);
      const left = entry && removeFromEntry(entry, model);
      if (left === undefined) this.entries.delete(tag);
      else this.entries.set(tag, left);
    }
  }
}
