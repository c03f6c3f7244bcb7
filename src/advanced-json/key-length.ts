import type { FieldError } from '../common/domain-error';
import { isJsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { MAX_KEY_LENGTH } from './credential-names';

const MAX_PROBLEMS = 50;

/**
 * Returns the keys of `advanced_json`, at any depth, that are longer than `MAX_KEY_LENGTH` characters. At most 50. Skips
 * what is below such a key, because the pointer of each problem repeats the keys above it.
 */
export function keyLengthProblems(advancedJson: unknown, pointer: string): FieldError[] {
  const problems: FieldError[] = [];
  addProblems(advancedJson, () => pointer, problems);
  return problems;
}

function addProblems(value: unknown, pointer: () => string, problems: FieldError[]): void {
  if (problems.length >= MAX_PROBLEMS) return;
  if (Array.isArray(value)) {
    value.forEach((item, index) => addProblems(item, () => jsonPointer(pointer(), index), problems));
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      const at = () => jsonPointer(pointer(), key);
      if (key.length <= MAX_KEY_LENGTH) addProblems(member, at, problems);
      else if (problems.length < MAX_PROBLEMS)
        problems.push({
          pointer: at(),
          code: 'length',
          detail: `The key must not have more than ${MAX_KEY_LENGTH} characters. Shorten it.`,
        });
    }
  }
}
