import { type RuleContext } from '../../rules/rule';
import { type ContextKeys, contextKeys, includesKey } from './context-keys';
import { type IndexedModel } from './indexed-model';
import { type Signature } from './rule-shape';

/** One context under test: what it has at a signature's paths is read once, however many rules ask. */
export class ContextProbe {
  private keys: Map<Signature, ContextKeys> | null = null;

  constructor(readonly context: RuleContext) {}

  holds(model: IndexedModel): boolean {
    const { signature } = model.shape;
    return (signature === null || includesKey(this.keysOf(signature), model.key)) && this.restHolds(model);
  }

  /** What the index has not settled by the rule's key. */
  restHolds({ remainder }: IndexedModel): boolean {
    return remainder === null || remainder.rest === null || remainder.rest(this.context);
  }

  private keysOf(signature: Signature): ContextKeys {
    this.keys ??= new Map();
    let keys = this.keys.get(signature);
    if (keys === undefined) {
      keys = contextKeys(signature, this.context);
      this.keys.set(signature, keys);
    }
    return keys;
  }
}
