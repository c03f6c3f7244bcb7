import { foldCase } from '../../../common/identity-key';
import { type IndexedModel } from '../model/indexed-model';
import { modelsOf, type IndexEntry, addToEntry, removeFromEntry } from './index-entry';

/** The entries of each spelling of one name, because an exact spelling ranks first. */
export type Spellings = Map<string, IndexEntry>;

/** Models by name and alias, ignoring case. */
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
    this.addName(model.foldedName, model.model, model);
    for (const alias of model.aliases) this.addName(foldCase(alias), alias, model);
  }

  remove(model: IndexedModel): void {
    this.removeName(model.foldedName, model.model, model);
    for (const alias of model.aliases) this.removeName(foldCase(alias), alias, model);
  }

  private addName(folded: string, name: string, model: IndexedModel): void {
    const entry = this.entries.get(folded);
    if (entry instanceof Map) {
      entry.set(name, addToEntry(entry.get(name), model));
      return;
    }
    const spelling = entry === undefined ? name : spellingIn(entry, folded);
    if (spelling === name) {
      this.entries.set(folded, addToEntry(entry, model));
    } else {
      const spellings = new Map<string, IndexEntry>([[spelling, entry!]]);
      this.entries.set(folded, spellings.set(name, model));
    }
  }

  private removeName(folded: string, name: string, model: IndexedModel): void {
    const entry = this.entries.get(folded);
    if (entry === undefined) return;
    const left = entry instanceof Map ? spellingsWithout(entry, name, model) : removeFromEntry(entry, model);
    if (left === undefined) this.entries.delete(folded);
    else this.entries.set(folded, left);
  }
}

function spellingsWithout(
  spellings: Spellings,
  name: string,
  model: IndexedModel,
): IndexEntry | Spellings | undefined {
  const entry = spellings.get(name);
  const left = entry && removeFromEntry(entry, model);
  if (left === undefined) spellings.delete(name);
  else spellings.set(name, left);
  const [only] = spellings.values();
  return spellings.size === 1 ? only : spellings;
}

function spellingIn(entry: IndexEntry, folded: string): string {
  for (const model of modelsOf(entry)) return model.spellingOf(folded);
  throw new TypeError('an index entry is never empty');
}
