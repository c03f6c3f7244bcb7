/** What a rule is judged by: JSON values, at the paths that rules name. */
export type RuleContext = Readonly<Record<string, unknown>>;

export type Scalar = string | number | boolean | null;

/**
 * A path whose value must equal a scalar. It also holds where the value is an array with that scalar in it
 * (MongoDB's way), so an index asks for each of `equalityKeys` of the context's value. A path that is missing
 * equals nothing, not even null.
 */
export interface Equality {
  /** Segments joined by dots, as written. */
  readonly path: string;
  readonly value: Scalar;
}

/** A compiled `when`: holds if every equality and `rest` do. It keeps nothing of the JSON that it does not compare. */
export interface Rule {
  /** Leaf conditions: the more, the more specific. 0: unconditional (`{}`). */
  readonly conditions: number;
  /** Equalities with a scalar that must all hold, sorted by path, at most one for a path: what an index looks up. */
  readonly equalities: readonly Equality[];
  /** What `equalities` do not say; null where they say it all. */
  readonly predicate: ((context: RuleContext) => boolean) | null;
}
