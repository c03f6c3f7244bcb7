import { encodeKey } from './rule-key';

/** The paths that a rule compares with scalars. One lookup of their values finds all matching rules of a path set. */
export class PathSet {
  /** The number of shapes with this path set. The pool evicts it at 0. */
  useCount = 0;

  constructor(
    /** Sorted, each once. */
    readonly paths: readonly string[],
    readonly name: string,
  ) {}

  /** The first segment of the first path. No rule of the path set matches a context without it. */
  get root(): string {
    const path = this.paths[0]!;
    const dot = path.indexOf('.');
    return dot === -1 ? path : path.slice(0, dot);
  }
}

/** What rules share that differ only in their values. Thousands of rules have a handful of shapes. */
export class RuleShape {
  /** The number of models with this shape. The pool evicts it at 0. */
  useCount = 0;

  constructor(
    /** Null if the rule compares no path with a scalar. */
    readonly pathSet: PathSet | null,
    /** The number of leaf conditions. More conditions make a rule more specific. */
    readonly conditions: number,
    /** The paths in their written order if the text is exactly a plain object of scalars; otherwise null. */
    readonly writtenPaths: readonly string[] | null,
    readonly name: string,
  ) {}
}

/** The shape of `{}`, which always matches. */
export const NO_RULE = new RuleShape(null, 0, [], 'none');

/** The shape of a corrupt stored rule, which never matches. */
export const INVALID_RULE = new RuleShape(null, 0, null, 'invalid');

/** Interns shapes and path sets, so they are compared by identity and use no memory per rule. */
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

  /** Returns whether the pool did not retain the shape before. */
  retain(shape: RuleShape): boolean {
    if (shape.useCount++ > 0) return false;
    this.shapes.set(shape.name, shape);
    if (shape.pathSet !== null && shape.pathSet.useCount++ === 0) {
      this.pathSets.set(shape.pathSet.name, shape.pathSet);
    }
    return true;
  }

  /** Returns whether the pool no longer retains the shape. */
  release(shape: RuleShape): boolean {
    if (--shape.useCount > 0) return false;
    this.shapes.delete(shape.name);
    if (shape.pathSet !== null && --shape.pathSet.useCount === 0) {
      this.pathSets.delete(shape.pathSet.name);
    }
    return true;
  }

  private internPathSet(sortedPaths: readonly string[]): PathSet {
    const name = encodeKey(sortedPaths);
    return this.pathSets.get(name) ?? new PathSet(sortedPaths, name);
  }
}
