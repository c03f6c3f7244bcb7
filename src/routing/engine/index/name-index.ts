import { foldCase } from '../../../common/identity-key';
import { type IndexedModel } from '../model/indexed-model';
import { modelsOf, type IndexEntry, addToEntry, removeFromEntry } from './index-entry';

/** The entries of each spelling of one name, because an exact spelling ranks first. */
export type Spellings = Map<string, IndexEntry>;

/** Models by name, ignoring case. */
export class NameIndex {
  private readonly entries = new Map<string, IndexEntry | Spellings>();

  /** Folds the name only if it is not found as written, because most names are in lower case. */
  find(name: string): IndexEntry | Spellings | undefined {
    return this.entries.get(name) ?? this.entries.get(foldCase(name));
  }

  get size(): number {
    return this.entries.size;
  }

  /** The case-folded names. */
  names(): Iterable<string> {
    return this.entries.keys();
  }

  add(model: IndexedModel): void {
    const entry = this.entries.get(model.foldedName);
    if (entry instanceof Map) {
      entry.set(model.model, addToEntry(entry.get(model.model), model));
    } else if (entry === undefined || spellingOf(entry) === model.model) {
      this.entries.set(model.foldedName, addToEntry(entry, model));
    } else {
      const spellings = new Map<string, IndexEntry>([[spellingOf(entry), entry]]);
      this.entries.set(model.foldedName, spellings.set(model.model, model));
    }
  }

  remove(model: IndexedModel): void {
    const entry = this.entries.get(model.foldedName);
    if (entry === undefined) return;
    const left = entry instanceof Map ? spellingsWithout(entry, model) : removeFromEntry(entry, model);
    if (left === undefined) this.entries.delete(model.foldedName);
    else this.entries.set(model.foldedName, left);
  }
}

function spellingsWithout(spellings: Spellings, model: IndexedModel): IndexEntry | Spellings | undefined {
  const entry = spellings.get(model.model);
  const left = entry && removeFromEntry(entry, model);
  if (left === undefined) spellings.delete(model.model);
  else spellings.set(model.model, left);
  const [only] = spellings.values();
  return spellings.size === 1 ? only : spellings;
}

function spellingOf(entry: IndexEntry): string {
  for (const { model } of modelsOf(entry)) return model;
  throw new TypeError('an index entry is never empty');
}
