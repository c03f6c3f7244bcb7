import { type ValueOperator } from './operators';

/** Parts that must all match. */
export type Conjunction = readonly RuleNode[];

/** A part of a parsed rule, the input for compiling and explaining. */
export type RuleNode = Condition | Disjunction | Negation;

/** One leaf condition: the value at a path compared with an operand. A plain JSON value is `$eq`. */
export interface Condition {
  readonly kind: 'condition';
  readonly path: string;
  readonly operator: ValueOperator;
  readonly operand: unknown;
}

/** `$or`, or `$nor` if `isNegated`. */
export interface Disjunction {
  readonly kind: 'disjunction';
  readonly isNegated: boolean;
  readonly rules: readonly Conjunction[];
  /** The rules as written, for messages. */
  readonly written: readonly unknown[];
}

/** `$not` with a rule, or with operators under a path. */
interface Negation {
  readonly kind: 'negation';
  /** Null for `$not` with a rule. */
  readonly path: string | null;
  readonly rule: Conjunction;
  /** The operand as written, for messages. */
  readonly written: unknown;
}
