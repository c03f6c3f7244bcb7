import { type IndexedModel } from '../model/indexed-model';
import { type Slot, slotWith, slotWithout } from './index-entry';

/** Models by their tags, byte for byte. */
export class TagIndex {
  private readonly slots = new Map<string, Slot>();

  find(tag: string): Slot | undefined {
    return this.slots.get(tag);
  }

  add(model: IndexedModel): void {
    for (const tag of model.tags) this.slots.set(tag, slotWith(this.slots.get(tag), model));
  }

  remove(model: IndexedModel): void {
    for (const tag of model.tags) {
      const slot = this.slots.get(tag);
      const left = slot && slotWithout(slot, model);
      if (left === undefined) this.slots.delete(tag);
      else this.slots.set(tag, left);
    }
  }
}
