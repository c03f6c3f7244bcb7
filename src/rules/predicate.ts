import { valueAt } from './context-value';
import { type RuleContext } from './rule';
import { type Conjunction, type Disjunction, type RuleNode } from './rule-node';
import { createValueTest } from './value-test';

export type Predicate = (context: RuleContext) => boolean;

/** Creates a test whether a context satisfies every part. It retains paths and operands, but not the nodes. */
export function createPredicate(parts: Conjunction): Predicate {
  const predicates = parts.map(createNodePredicate);
  const [only] = predicates;
  if (only !== undefined && predicates.length === 1) return only;
  return (context) => predicates.every((predicate) => predicate(context));
}

function createNodePredicate(node: RuleNode): Predicate {
  switch (node.kind) {
    case 'condition':
      return valuePredicate(node.path, createValueTest(node.operator, node.operand));
    case 'disjunction':
      return anyPredicate(node);
    case 'negation':
      return negate(createPredicate(node.rule));
  }
}

function anyPredicate({ rules, isNegated }: Disjunction): Predicate {
  const predicates = rules.map(createPredicate);
  const any: Predicate = (context) => predicates.some((predicate) => predicate(context));
  return isNegated ? negate(any) : any;
}

function valuePredicate(path: string, test: (value: unknown) => boolean): Predicate {
  return (context) => test(valueAt(context, path));
}

function negate(predicate: Predicate): Predicate {
  return (context) => !predicate(context);
}
