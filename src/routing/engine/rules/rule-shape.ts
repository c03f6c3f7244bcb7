import { encodeKey } from './rule-key';

/**
 * The set of paths that a rule compares with scalars. Rules of one pathSet are told apart by one look-up of their
 * values, however many they are.
 */
export class PathSet {
  /** How many shapes have it; the pool forgets it at none. */
  useCount = 0;

  constructor(
    /** Sorted, each once. */
    readonly paths: readonly string[],
    readonly name: string,
  ) {}

  /** The first path's own key in the context: where it is missing, no rule of the pathSet holds. */
  get root(): string {
    const path = this.paths[0]!;
    const dot = path.indexOf('.');
    return dot === -1 ? path : path.slice(0, dot);
  }
}

/** What rules have in common that differ in values only: thousands of rules have a handful of shapes. */
export class RuleShape {
  /** How many models' rules have it; the pool forgets it at none. */
  useCount = 0;

  constructor(
    /** Null where no path is compared with a scalar. */
    readonly pathSet: PathSet | null,
    /** Leaf conditions: the more, the more specific. */
    readonly conditions: number,
    /** The paths in the order of the rule's text, where the text says nothing but scalar equalities; else null. */
    readonly writtenPaths: readonly string[] | null,
    readonly name: string,
  ) {}
}

/** Of `{}`: it always holds. */
export const NO_RULE = new RuleShape(null, 0, [], 'none');

/** Of a stored rule that no longer compiles (a row changed by hand); its model is never chosen by it. */
export const INVALID_RULE = new RuleShape(null, 0, null, 'invalid');

/** One object for equal shapes and pathSets: they are compared by identity and weigh nothing per rule. */
export class ShapePool {
  private readonly shapes = new Map<string, RuleShape>();
  private readonly pathSets = new Map<string, PathSet>();

  intern(
    sortedPaths: readonly string[],
    conditions: number,
    writtenPaths: readonly string[] | null,
  ): RuleShape {
    const kind = writtenPaths === null ? 'sorted' : 'written';
    const name = `${kind} ${conditions} ${encodeKey(writtenPaths ?? sortedPaths)}`;
    const known = this.shapes.get(name);
    if (known !== undefined) return known;
    const pathSet = sortedPaths.length === 0 ? null : this.internPathSet(sortedPaths);
    return new RuleShape(pathSet, conditions, writtenPaths, name);
  }

  retain(shape: RuleShape): void {
    if (shape.useCount++ > 0) return;
    this.shapes.set(shape.name, shape);
    if (shape.pathSet !== null && shape.pathSet.useCount++ === 0) {
      this.pathSets.set(shape.pathSet.name, shape.pathSet);
    }
  }

  release(shape: RuleShape): void {
    if (--shape.useCount > 0) return;
    this.shapes.delete(shape.name);
    if (shape.pathSet !== null && --shape.pathSet.useCount === 0) {
      this.pathSets.delete(shape.pathSet.name);
    }
  }

  private internPathSet(sortedPaths: readonly string[]): PathSet {
    const name = encodeKey(sortedPaths);
    return this.pathSets.get(name) ?? new PathSet(sortedPaths, name);
  }
}
