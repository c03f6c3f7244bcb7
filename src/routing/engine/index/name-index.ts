import { foldCase } from '../../../common/identity-key';
import { type IndexedModel } from '../model/indexed-model';
import { modelsOf, type Slot, slotWith, slotWithout } from './index-entry';

/** The spellings of one name, parted, because an exact one comes first. */
export type Spellings = Map<string, Slot>;

/** Models by their bare names, ignoring case. */
export class NameIndex {
  private readonly slots = new Map<string, Slot | Spellings>();

  /** Most names are written in lower case, which is their folded form; only what is not found is folded. */
  find(name: string): Slot | Spellings | undefined {
    return this.slots.get(name) ?? this.slots.get(foldCase(name));
  }

  get size(): number {
    return this.slots.size;
  }

  /** Folded. */
  names(): Iterable<string> {
    return this.slots.keys();
  }

  add(model: IndexedModel): void {
    const slot = this.slots.get(model.foldedName);
    if (slot instanceof Map) {
      slot.set(model.model, slotWith(slot.get(model.model), model));
    } else if (slot === undefined || spellingOf(slot) === model.model) {
      this.slots.set(model.foldedName, slotWith(slot, model));
    } else {
      const spellings = new Map<string, Slot>([[spellingOf(slot), slot]]);
      this.slots.set(model.foldedName, spellings.set(model.model, model));
    }
  }

  remove(model: IndexedModel): void {
    const slot = this.slots.get(model.foldedName);
    if (slot === undefined) return;
    const left = slot instanceof Map ? spellingsWithout(slot, model) : slotWithout(slot, model);
    if (left === undefined) this.slots.delete(model.foldedName);
    else this.slots.set(model.foldedName, left);
  }
}

function spellingsWithout(spellings: Spellings, model: IndexedModel): Slot | Spellings | undefined {
  const slot = spellings.get(model.model);
  const left = slot && slotWithout(slot, model);
  if (left === undefined) spellings.delete(model.model);
  else spellings.set(model.model, left);
  const [only] = spellings.values();
  return spellings.size === 1 ? only : spellings;
}

function spellingOf(slot: Slot): string {
  for (const { model } of modelsOf(slot)) return model;
  throw new TypeError('a slot is never empty');
}
