import { type FieldError } from '../common/domain-error';
import { type JsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { type RuleContext } from './rule';
import { quote } from './rule-text';

const METADATA = 'metadata.';

/** Warns of a path that starts with the name that other gateways give to the context. */
export function pathHabits(path: string, pointer: string): FieldError[] {
  if (!path.startsWith(METADATA)) return [];
  const detail = `Paths start at the context itself. Unless your context has a member "metadata", send the path ${quote(path.slice(METADATA.length))}.`;
  return [{ pointer, code: 'when.metadata', detail }];
}

/** Explains such a path in a context without `metadata`; otherwise ''. */
export function pathHabitNote(path: string, context: RuleContext): string {
  const isHabit = path.startsWith(METADATA) && !Object.hasOwn(context, 'metadata');
  return isHabit ? ' (paths start at the context, which has no "metadata")' : '';
}

/** Warns of a comparison with null, which includes a missing path in MongoDB only. */
export function nullHabits(operand: unknown, pointer: string): FieldError[] {
  if (operand !== null) return [];
  const detail =
    'A missing path does not equal null, unlike in MongoDB. To test for a missing path, send {"$exists": false}.';
  return [{ pointer, code: 'when.null', detail }];
}

/** As {@link nullHabits}, for the operators under a path. Beside `$exists`, the comparison is not ambiguous. */
export function operatorHabits(operators: JsonObject, pointer: string): FieldError[] {
  if ('$exists' in operators) return [];
  return ['$eq', '$ne'].flatMap((name) =>
    name in operators ? nullHabits(operators[name], jsonPointer(pointer, name)) : [],
  );
}
