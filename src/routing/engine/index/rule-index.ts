import { type IndexedModel } from '../model/indexed-model';
import { type ContextKeys, includesKey } from '../rules/context-keys';
import { type PathSet } from '../rules/rule-shape';
import { type RuleTimeBudget } from '../rules/rule-time-budget';
import { type CandidateMerge } from './candidate-merge';
import { type ModelList, withModel, withoutModel, modelsIn } from './model-list';

/** Up to this many roots, each is tried in the context. With more, the keys of the context are looked up. */
const FEW_ROOTS = 8;

/** Up to this many path sets under one root, their lookup is too fast to need a check of the time. */
const FEW_PATH_SETS = 64;

type ListsByKey = Map<string, ModelList>;
type ListsByPathSet = Map<PathSet, ListsByKey>;

/**
 * Rules by the scalars they require: by path set, then by key. The time of a lookup depends on the context, the matching
 * rules and the number of path sets under one root, not on the number of rules.
 */
export class RuleIndex {
  private readonly roots = new Map<string, ListsByPathSet>();

  get isEmpty(): boolean {
    return this.roots.size === 0;
  }

  add(model: IndexedModel): void {
    const { key } = model;
    const { pathSet } = model.shape;
    if (pathSet === null) throw new TypeError('only rules with a path set are indexed');
    const pathSets = this.roots.get(pathSet.root) ?? new Map<PathSet, ListsByKey>();
    const lists = pathSets.get(pathSet) ?? new Map<string, ModelList>();
    lists.set(key, withModel(lists.get(key), model));
    pathSets.set(pathSet, lists);
    this.roots.set(pathSet.root, pathSets);
  }

  /** Throws TypeError for a model that is not in the index. */
  remove(model: IndexedModel): void {
    const { key } = model;
    const { pathSet } = model.shape;
    const pathSets = pathSet && this.roots.get(pathSet.root);
    const lists = pathSet && pathSets?.get(pathSet);
    if (!pathSets || !lists) throw new TypeError(`model ${model.id} is not in the index`);
    const left = withoutModel(lists.get(key) ?? null, model);
    if (left !== null) {
      lists.set(key, left);
      return;
    }
    lists.delete(key);
    if (lists.size === 0) pathSets.delete(pathSet);
    if (pathSets.size === 0) this.roots.delete(pathSet.root);
  }

  /** Adds every list whose equalities match. The residual rules are still to be tested. Throws `routing.too_costly`. */
  match(merge: CandidateMerge, isExact: boolean): void {
    if (this.roots.size <= FEW_ROOTS) {
      for (const pathSets of this.roots.values()) matchPathSets(pathSets, merge, isExact);
      return;
    }
    const { budget, context } = merge.evaluator;
    budget.run(() => {
      for (const root of Object.keys(context)) {
        const pathSets = this.roots.get(root);
        if (pathSets === undefined) continue;
        budget.assertLeft();
        matchPathSets(pathSets, merge, isExact);
      }
    });
  }

  *models(): Generator<IndexedModel> {
    for (const pathSets of this.roots.values()) {
      for (const lists of pathSets.values()) {
        for (const list of lists.values()) yield* modelsIn(list);
      }
    }
  }
}

function matchPathSets(pathSets: ListsByPathSet, merge: CandidateMerge, isExact: boolean): void {
  const { budget } = merge.evaluator;
  if (pathSets.size > FEW_PATH_SETS) {
    budget.run(() => {
      for (const entry of pathSets) {
        budget.assertLeft();
        matchPathSet(entry, merge, isExact);
      }
    });
  } else {
    for (const entry of pathSets) matchPathSet(entry, merge, isExact);
  }
}

function matchPathSet(
  [pathSet, lists]: [PathSet, ListsByKey],
  merge: CandidateMerge,
  isExact: boolean,
): void {
  for (const list of listsOf(lists, merge.evaluator.readKeys(pathSet), merge.evaluator.budget)) {
    merge.add(list, 'residual', isExact);
  }
}

function listsOf(lists: ListsByKey, keys: ContextKeys, budget: RuleTimeBudget): Iterable<ModelList> {
  if (keys === null) return [];
  const few = typeof keys === 'string' ? [keys] : keys.list();
  if (few === null) return budget.run(() => listsWithKey(lists, keys, budget));
  return few.map((key) => lists.get(key)).filter((list) => list !== undefined);
}

function listsWithKey(lists: ListsByKey, keys: ContextKeys, budget: RuleTimeBudget): ModelList[] {
  return [...lists]
    .filter(([key]) => {
      budget.assertLeft();
      return includesKey(keys, key);
    })
    .map(([, list]) => list);
}
