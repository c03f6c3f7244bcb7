import { type IndexedModel } from '../model/indexed-model';
import { type ContextKeys, includesKey } from '../rules/context-keys';
import { type Signature } from '../rules/rule-shape';
import { type CandidateMerge } from './candidate-merge';
import { type Cell, cellWith, cellWithout, modelsIn } from './model-list';

/** Up to so many first keys, each is tried in the context; beyond, the context's own keys are looked up. */
const FEW_ROOTS = 8;

type CellsByKey = Map<string, Cell>;
type KeysBySignature = Map<Signature, CellsByKey>;

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
    const signatures = this.roots.get(signature.root) ?? new Map<Signature, CellsByKey>();
    const cells = signatures.get(signature) ?? new Map<string, Cell>();
    cells.set(key, cellWith(cells.get(key), model));
    signatures.set(signature, cells);
    this.roots.set(signature.root, signatures);
  }

  /** Throws TypeError where the model is not in the index. */
  remove(model: IndexedModel): void {
    const { key } = model;
    const { signature } = model.shape;
    const signatures = signature && this.roots.get(signature.root);
    const cells = signature && signatures?.get(signature);
    if (!signatures || !cells) throw new TypeError(`model ${model.id} is not in the index`);
    const left = cellWithout(cells.get(key) ?? null, model);
    if (left !== null) {
      cells.set(key, left);
      return;
    }
    cells.delete(key);
    if (cells.size === 0) signatures.delete(signature);
    if (signatures.size === 0) this.roots.delete(signature.root);
  }

  /** Adds every cell whose equalities hold; what else a rule asks is still to be tested. */
  match(merge: CandidateMerge, isExact: boolean): void {
    if (this.roots.size <= FEW_ROOTS) {
      for (const signatures of this.roots.values()) matchSignatures(signatures, merge, isExact);
      return;
    }
    for (const root of Object.keys(merge.probe.context)) {
      const signatures = this.roots.get(root);
      if (signatures !== undefined) matchSignatures(signatures, merge, isExact);
    }
  }

  *models(): Generator<IndexedModel> {
    for (const signatures of this.roots.values()) {
      for (const cells of signatures.values()) {
        for (const cell of cells.values()) yield* modelsIn(cell);
      }
    }
  }
}

function matchSignatures(signatures: KeysBySignature, merge: CandidateMerge, isExact: boolean): void {
  for (const [signature, cells] of signatures) {
    for (const cell of cellsOf(cells, merge.probe.readKeys(signature))) merge.add(cell, 'rest', isExact);
  }
}

function cellsOf(cells: CellsByKey, keys: ContextKeys): Iterable<Cell> {
  if (keys === null) return [];
  const few = typeof keys === 'string' ? [keys] : keys.all();
  if (few === null) return [...cells].filter(([key]) => includesKey(keys, key)).map(([, cell]) => cell);
  return few.map((key) => cells.get(key)).filter((cell) => cell !== undefined);
}
