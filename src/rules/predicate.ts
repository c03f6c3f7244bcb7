import { valueAt } from './context-value';
import { type RuleContext } from './rule';
import { type Conjunction, type Disjunction, type RuleNode } from './rule-node';
import { valueTest } from './value-test';

export type Predicate = (context: RuleContext) => boolean;

/** Whether a context satisfies every part. Holds on to paths and operands, not to the nodes. */
export function predicateOf(parts: Conjunction): Predicate {
  const predicates = parts.map(predicateOfNode);
  const [only] = predicates;
  if (only !== undefined && predicates.length === 1) return only;
  return (context) => predicates.every((predicate) => predicate(context));
}

function predicateOfNode(node: RuleNode): Predicate {
  switch (node.kind) {
    case 'condition':
      return valuePredicate(node.path, valueTest(node.operator, node.operand));
    case 'disjunction':
      return anyPredicate(node);
    case 'negation':
      return negated(predicateOf(node.rule));
  }
}

function anyPredicate({ rules, negated: isNegated }: Disjunction): Predicate {
  const predicates = rules.map(predicateOf);
  const any: Predicate = (context) => predicates.some((predicate) => predicate(context));
  return isNegated ? negated(any) : any;
}

function valuePredicate(path: string, test: (value: unknown) => boolean): Predicate {
  return (context) => test(valueAt(context, path));
}

function negated(predicate: Predicate): Predicate {
  return (context) => !predicate(context);
}
