import { type FieldError } from '../common/domain-error';
import { isJsonObject, type JsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { MAX_DEPTH, operandProblems, TOO_DEEP, valueProblems } from './operand';
import {
  isOperatorName,
  isRuleOperator,
  isValueOperator,
  nearestOperator,
  OPERATORS,
  type ValueOperator,
} from './operators';
import { pathProblem } from './path';
import { MAX_PATTERN_STEPS, patternProblem } from './pattern';
import { patternSteps } from './pattern-steps';
import { nullHabits, operatorHabits, pathHabits } from './rule-habits';
import { type Condition, type Conjunction, type RuleNode } from './rule-node';
import { quote } from './rule-text';
import { operandLengthProblems } from './searched-text';

const MAX_CONDITIONS = 50;

/** The limits of one response: a rule may have thousands of problems with long pointers. */
const MAX_PROBLEMS = 50;
const MAX_PROBLEMS_LENGTH = 20_000;

/** Unknown operators that get a hint. Comparing a name with every operator takes longer than anything else here. */
const MAX_HINTS = 3;

/** Lists show the warnings of every model. */
const MAX_WARNINGS = 10;

export interface ParsedRule {
  readonly parts: Conjunction;
  /** Leaf conditions. */
  readonly conditions: number;
  /** If there are any, ignore `parts`. */
  readonly problems: readonly FieldError[];
  /** What the rule may mean in MongoDB or another gateway, but not here. */
  readonly warnings: readonly FieldError[];
}

/** Checks that not every caller needs. */
interface OptionalChecks {
  /** Whether operands are short enough to save. Rules from earlier versions may have longer ones. */
  readonly operandLengths: boolean;
  /** Whether patterns compile, which takes long. */
  readonly patterns: boolean;
}

/** Parses a `when` and collects its problems, with pointers below `pointer`, up to the limits of one response. */
export function parseRule(when: unknown, pointer: string, checks: OptionalChecks): ParsedRule {
  const parser = new RuleParser(checks);
  const parts = parser.rule(when, pointer, 1);
  if (parser.conditions > MAX_CONDITIONS) {
    const detail = `Must have at most ${MAX_CONDITIONS} conditions, but has ${parser.conditions}.`;
    parser.reject(pointer, { code: 'when.too_many', detail });
  }
  const { conditions, problems, warnings } = parser;
  return { parts, conditions, problems, warnings: warnings.slice(0, MAX_WARNINGS) };
}

/**
 * One pass over one rule. Depth counts rules, operators under a path and nesting in an operand. The list of `$and`, `$or`
 * or `$nor` does not count.
 */
class RuleParser {
  readonly problems: FieldError[] = [];
  readonly warnings: FieldError[] = [];
  conditions = 0;
  private problemsLength = 0;
  private steps = 0;
  private hints = 0;

  constructor(private readonly checks: OptionalChecks) {}

  rule(value: unknown, pointer: string, depth: number): RuleNode[] {
    if (!isJsonObject(value)) {
      return this.reject(pointer, {
        code: 'when.type',
        detail: 'Must be an object of conditions, such as {"tier":"pro"}.',
      });
    }
    if (depth > MAX_DEPTH) return this.reject(pointer, TOO_DEEP);
    const entries = Object.entries(value);
    if (entries.length === 0 && depth > 1) {
      return this.reject(pointer, {
        code: 'when.empty',
        detail: 'Must have a condition. Only the whole rule may be {}.',
      });
    }
    return entries.flatMap(([key, entry]) => {
      if (this.isFull) return [];
      const at = jsonPointer(pointer, key);
      return isOperatorName(key)
        ? this.ruleOperator(key, entry, at, depth)
        : this.path(key, entry, at, depth);
    });
  }

  private ruleOperator(operator: string, operand: unknown, pointer: string, depth: number): RuleNode[] {
    if (!isRuleOperator(operator)) {
      if (!isValueOperator(operator)) return this.unknownOperator(operator, pointer);
      const detail = `Must be under a path: {"path": {"${operator}": …}}.`;
      return this.reject(pointer, { code: 'when.operator', detail });
    }
    if (operator === '$not') {
      const rule = this.rule(operand, pointer, depth + 1);
      return [{ kind: 'negation', path: null, rule, written: operand }];
    }
    if (!Array.isArray(operand))
      return this.reject(pointer, { code: 'when.type', detail: 'Must be a list of rules.' });
    if (operand.length === 0)
      return this.reject(pointer, { code: 'when.empty', detail: 'Must list at least one rule.' });
    const rules = operand.map((item, index) => this.rule(item, jsonPointer(pointer, index), depth + 1));
    if (operator === '$and') return rules.flat();
    return [{ kind: 'disjunction', isNegated: operator === '$nor', rules, written: operand }];
  }

  private path(path: string, operand: unknown, pointer: string, depth: number): RuleNode[] {
    const problem = pathProblem(path);
    if (problem !== null) this.reject(pointer, { code: 'when.path', detail: problem });
    this.warnings.push(...pathHabits(path, pointer));
    if (isJsonObject(operand) && Object.keys(operand).some(isOperatorName)) {
      return this.valueOperators(path, operand, pointer, depth + 1);
    }
    this.report(valueProblems(operand, pointer, depth, path));
    this.warnings.push(...nullHabits(operand, pointer));
    return [this.condition(path, '$eq', operand)];
  }

  private valueOperators(path: string, operators: JsonObject, pointer: string, depth: number): RuleNode[] {
    if (depth > MAX_DEPTH) return this.reject(pointer, TOO_DEEP);
    this.warnings.push(...operatorHabits(operators, pointer));
    return Object.entries(operators).flatMap(([key, operand]) => {
      if (this.isFull) return [];
      const at = jsonPointer(pointer, key);
      if (key === '$not') return this.valueNegation(path, operand, at, depth);
      if (isValueOperator(key)) return this.valueOperator(path, key, operand, at, depth);
      if (isRuleOperator(key)) {
        const detail = `Must be at the top of a rule, beside its paths: {"${key}": [{${quote(path)}: …}]}.`;
        return this.reject(at, { code: 'when.operator', detail });
      }
      if (isOperatorName(key)) return this.unknownOperator(key, at);
      const detail = `Must not be beside operators. To compare a nested path, send {${quote(`${path}.${key}`)}: …}.`;
      return this.reject(at, { code: 'when.operator', detail });
    });
  }

  private valueNegation(path: string, operand: unknown, pointer: string, depth: number): RuleNode[] {
    if (!isJsonObject(operand) || !Object.keys(operand).some(isOperatorName)) {
      return this.reject(pointer, {
        code: 'when.type',
        detail: 'Must be an object of operators, such as {"$gt": 5}.',
      });
    }
    const rule = this.valueOperators(path, operand, pointer, depth + 1);
    return [{ kind: 'negation', path, rule, written: operand }];
  }

  private valueOperator(
    path: string,
    operator: ValueOperator,
    operand: unknown,
    pointer: string,
    depth: number,
  ): RuleNode[] {
    const problems = operandProblems(operator, operand, pointer, depth);
    this.report(problems);
    if (this.checks.operandLengths) this.report(operandLengthProblems(operator, operand, pointer));
    if (operator === '$regex' && problems.length === 0) this.pattern(operand as string, pointer);
    return [this.condition(path, operator, operand)];
  }

  /** Checks the steps before compiling, because many steps make compiling slow. */
  private pattern(source: string, pointer: string): void {
    this.steps += patternSteps(source);
    if (this.steps > MAX_PATTERN_STEPS) {
      const detail = `Must be simpler. The patterns of a rule may have ${MAX_PATTERN_STEPS} steps in all (characters, counted repetitions such as {3,9} written out, and more for \\p{…} and for wide ranges that ignore case), but these have ${this.steps}.`;
      this.reject(pointer, { code: 'when.pattern', detail });
      return;
    }
    if (!this.checks.patterns) return;
    const detail = patternProblem(source);
    if (detail !== null) this.reject(pointer, { code: 'when.pattern', detail });
  }

  private condition(path: string, operator: ValueOperator, operand: unknown): Condition {
    this.conditions++;
    return { kind: 'condition', path, operator, operand };
  }

  private unknownOperator(name: string, pointer: string): RuleNode[] {
    const hint = this.hints++ < MAX_HINTS ? hintFor(name) : '';
    const detail = `Unknown operator ${quote(name)}.${hint} The operators are ${OPERATORS.join(', ')}.`;
    return this.reject(pointer, { code: 'when.operator', detail });
  }

  reject(pointer: string, problem: Omit<FieldError, 'pointer'>): [] {
    this.report([{ pointer, ...problem }]);
    return [];
  }

  private report(problems: readonly FieldError[]): void {
    for (const problem of problems) {
      if (this.isFull) return;
      this.problems.push(problem);
      this.problemsLength += problem.pointer.length + problem.detail.length;
    }
  }

  private get isFull(): boolean {
    return this.problems.length >= MAX_PROBLEMS || this.problemsLength >= MAX_PROBLEMS_LENGTH;
  }
}

function hintFor(unknown: string): string {
  if (unknown === '$options') return ' Put flags into the pattern: "(?i)…".';
  const nearest = nearestOperator(unknown);
  return nearest === null ? '' : ` Did you mean "${nearest}"?`;
}
