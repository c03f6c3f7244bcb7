import { type PatternCache } from './pattern-cache';

/** The JSON object that rules are evaluated against. */
export type RuleContext = Readonly<Record<string, unknown>>;

export type Scalar = string | number | boolean | null;

/** One context that rules are tested in, and a limit on the time that this takes. */
export interface Evaluation {
  readonly context: RuleContext;
  /** Contains the patterns that conditions compile. */
  readonly patterns: PatternCache;
  /** Runs before each condition is tested. Throws when the time is spent. */
  beforeCondition(): void;
}

/**
 * A path whose value must equal a scalar. As in MongoDB, an array that contains the scalar also matches, and so does one
 * of several values at the path. An index therefore looks up each of the `equalityKeys` of the context's value. A missing
 * path equals nothing, not even null.
 */
export interface Equality {
  /** Segments joined by dots, as written. */
  readonly path: string;
  readonly value: Scalar;
}

/** A compiled `when`. It matches if every equality and `predicate` match. */
export interface Rule {
  /** The number of leaf conditions. More conditions make a rule more specific; `{}` has 0. */
  readonly conditions: number;
  /** Equalities that must all match, for an index to look up. Sorted by path, at most one per path. */
  readonly equalities: readonly Equality[];
  /** The rest of the rule, or null if `equalities` are the whole rule. */
  readonly predicate: ((evaluation: Evaluation) => boolean) | null;
}
