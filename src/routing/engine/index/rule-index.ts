import { type IndexedModel } from '../model/indexed-model';
import { type ContextKeys, includesKey } from '../rules/context-keys';
import { type Signature } from '../rules/rule-shape';
import { type CandidateMerge } from './candidate-merge';
import { type ModelList, withModel, withoutModel, modelsIn } from './model-list';

/** Up to so many first keys, each is tried in the context; beyond, the context's own keys are looked up. */
const FEW_ROOTS = 8;

type ModelsByKey = Map<string, ModelList>;
type KeysBySignature = Map<Signature, ModelsByKey>;

/**
 * Rules by the scalars they want: signature, then the key of the values. A look-up costs what the context holds, and
 * what matches, never how many rules there are; only rules of countless different shapes under one first key would
 * make it slower.
 */
export class RuleIndex {
  private readonly roots = new Map<string, KeysBySignature>();

  get isEmpty(): boolean {
    return this.roots.size === 0;
  }

  add(model: IndexedModel): void {
    const { key } = model;
    const { signature } = model.shape;
    if (signature === null) throw new TypeError('only rules with a signature are indexed');
    const signatures = this.roots.get(signature.root) ?? new Map<Signature, ModelsByKey>();
    const lists = signatures.get(signature) ?? new Map<string, ModelList>();
    lists.set(key, withModel(lists.get(key), model));
    signatures.set(signature, lists);
    this.roots.set(signature.root, signatures);
  }

  /** Throws TypeError where the model is not in the index. */
  remove(model: IndexedModel): void {
    const { key } = model;
    const { signature } = model.shape;
    const signatures = signature && this.roots.get(signature.root);
    const lists = signature && signatures?.get(signature);
    if (!signatures || !lists) throw new TypeError(`model ${model.id} is not in the index`);
    const left = withoutModel(lists.get(key) ?? null, model);
    if (left !== null) {
      lists.set(key, left);
      return;
    }
    lists.delete(key);
    if (lists.size === 0) signatures.delete(signature);
    if (signatures.size === 0) this.roots.delete(signature.root);
  }

  /** Adds every cell whose equalities hold; what else a rule asks is still to be tested. */
  match(merge: CandidateMerge, isExact: boolean): void {
    if (this.roots.size <= FEW_ROOTS) {
      for (const signatures of this.roots.values()) matchSignatures(signatures, merge, isExact);
      return;
    }
    for (const root of Object.keys(merge.evaluator.context)) {
      const signatures = this.roots.get(root);
      if (signatures !== undefined) matchSignatures(signatures, merge, isExact);
    }
  }

  *models(): Generator<IndexedModel> {
    for (const signatures of this.roots.values()) {
      for (const lists of signatures.values()) {
        for (const list of lists.values()) yield* modelsIn(list);
      }
    }
  }
}

function matchSignatures(signatures: KeysBySignature, merge: CandidateMerge, isExact: boolean): void {
  for (const [signature, lists] of signatures) {
    for (const list of listsOf(lists, merge.evaluator.readKeys(signature))) merge.add(list, 'rest', isExact);
  }
}

function listsOf(lists: ModelsByKey, keys: ContextKeys): Iterable<ModelList> {
  if (keys === null) return [];
  const few = typeof keys === 'string' ? [keys] : keys.all();
  if (few === null) return [...lists].filter(([key]) => includesKey(keys, key)).map(([, list]) => list);
  return few.map((key) => lists.get(key)).filter((list) => list !== undefined);
}
