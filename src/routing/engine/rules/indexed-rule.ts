import { compileRule } from '../../../rules/compile-rule';
import { type Evaluation } from '../../../rules/rule';
import { encodeKey, decodeKey } from './rule-key';
import { INVALID_RULE, NO_RULE, type RuleShape, type ShapePool } from './rule-shape';

/** The part of a rule that the index cannot evaluate, and its text. */
export interface ResidualRule {
  /** Null if the equalities are the whole rule. */
  readonly predicate: ((evaluation: Evaluation) => boolean) | null;
  readonly text: string;
}

/**
 * A model's `when`, prepared for the index. To save memory, it has neither the compiled rule nor, for most rules, the
 * text: `ruleText` restores the text from shape and key.
 */
export interface IndexedRule {
  readonly shape: RuleShape;
  /** The encoded scalars of the equalities, in the order of the path set. */
  readonly key: string;
  readonly residual: ResidualRule | null;
}

const UNCONDITIONAL_TEXT = '{}';
const UNCONDITIONAL: IndexedRule = { shape: NO_RULE, key: '', residual: null };

/** Compiles a rule. Never throws: a rule that does not compile has the shape `INVALID_RULE`. */
export function indexRule(text: string, shapes: ShapePool): IndexedRule {
  if (text === UNCONDITIONAL_TEXT) return UNCONDITIONAL;
  try {
    const when: unknown = JSON.parse(text);
    const { conditions, equalities, predicate } = compileRule(when);
    if (conditions === 0) return { shape: NO_RULE, key: '', residual: { predicate: null, text } };
    const paths = equalities.map(({ path }) => path);
    const written = conditions === paths.length ? writtenPaths(when as object, text) : null;
    return {
      shape: shapes.intern(paths, conditions, written),
      key: encodeKey(equalities.map(({ value }) => value)),
      residual: written === null ? { predicate, text } : null,
    };
  } catch {
    return { shape: INVALID_RULE, key: '', residual: { predicate: null, text } };
  }
}

/** Returns the text that was passed to `indexRule`. */
export function ruleText({ shape, key, residual }: IndexedRule): string {
  if (residual !== null) return residual.text;
  if (shape.pathSet === null || shape.writtenPaths === null) return UNCONDITIONAL_TEXT;
  const { paths } = shape.pathSet;
  const values = decodeKey(key);
  const fields = shape.writtenPaths.map((path) => {
    return `${JSON.stringify(path)}:${JSON.stringify(values[paths.indexOf(path)])}`;
  });
  return `{${fields.join()}}`;
}

/** The paths in their written order if the text is exactly a plain object of scalars; otherwise null. */
function writtenPaths(when: object, text: string): string[] | null {
  const isPlain = Object.values(when).every((value) => typeof value !== 'object' || value === null);
  return isPlain && JSON.stringify(when) === text ? Object.keys(when) : null;
}
