import { valueAt } from './context-value';
import { type Evaluation } from './rule';
import { type Conjunction, type Disjunction, type RuleNode } from './rule-node';
import { createValueTest, type ValueTest } from './value-test';

export type Predicate = (evaluation: Evaluation) => boolean;

/**
 * Creates a test whether a context satisfies every part. It throws when the time of the evaluation is spent. It retains
 * paths and operands, but not the nodes.
 */
export function createPredicate(parts: Conjunction): Predicate {
  const predicates = parts.map(createNodePredicate);
  const [only] = predicates;
  if (only !== undefined && predicates.length === 1) return only;
  return (evaluation) => predicates.every((predicate) => predicate(evaluation));
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
  const any: Predicate = (evaluation) => predicates.some((predicate) => predicate(evaluation));
  return isNegated ? negate(any) : any;
}

function valuePredicate(path: string, test: ValueTest): Predicate {
  return (evaluation) => {
    evaluation.beforeCondition();
    return test(valueAt(evaluation.context, path), evaluation.patterns);
  };
}

function negate(predicate: Predicate): Predicate {
  return (evaluation) => !predicate(evaluation);
}
