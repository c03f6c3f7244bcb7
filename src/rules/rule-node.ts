import { type ValueOperator } from './operators';

/** Rules and conditions that must all hold. */
export type Conjunction = readonly RuleNode[];

/** A rule as parsed: what compiling and explaining both start from. It lives only as long as they take. */
export type RuleNode = Condition | Disjunction | Negation;

/** One leaf: a path's value against an operand. A plain value in JSON is `$eq`. */
export interface Condition {
  readonly kind: 'condition';
  readonly path: string;
  readonly operator: ValueOperator;
  readonly operand: unknown;
}

/** `$or`, or `$nor` where `isNegated`. */
export interface Disjunction {
  readonly kind: 'disjunction';
  readonly isNegated: boolean;
  readonly rules: readonly Conjunction[];
  /** The rules as written, to be quoted. */
  readonly written: readonly unknown[];
}

/** `$not`, of a rule or of operators under a path. */
export interface Negation {
  readonly kind: 'negation';
  /** Null for a `$not` on top. */
  readonly path: string | null;
  readonly rule: Conjunction;
  /** Its operand as written, to be quoted. */
  readonly written: unknown;
}
