/** Each parser throws an Error whose message says what is right and never contains the value. */
export type Parser<T> = (value: string) => T;

export function integer(minimum: number, maximum: number): Parser<number> {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < minimum || number > maximum) {
      throw new Error(`must be a whole number from ${minimum} to ${maximum}`);
    }
    return number;
  };
}

export function oneOf<T extends string>(allowed: readonly T[]): Parser<T> {
  return (value) => {
    const found = allowed.find((candidate) => candidate === value);
    if (!found) throw new Error(`must be one of ${allowed.join(', ')}`);
    return found;
  };
}

/** A secret that the operator chooses. */
export function secret(minimumLength: number): Parser<string> {
  return (value) => {
    if (value.length < minimumLength || !/^[\x21-\x7e]+$/.test(value)) {
      throw new Error(`must be at least ${minimumLength} visible ASCII characters`);
    }
    if (/^(.)\1*$/.test(value)) throw new Error('must be random, not one repeated character');
    return value;
  };
}

/** A random token of 32 characters, even of hexadecimal digits, has fewer with a probability below 2^-25. */
const MIN_DISTINCT_CHARACTERS = 8;

export function parseBootstrapToken(value: string): string {
  const token = secret(32)(value);
  if (token.length > 512) throw new Error('must be at most 512 characters');
  if (token.startsWith('caret_')) {
    throw new Error('must not start with caret_, the prefix of the tokens that Caret creates');
  }
  if (new Set(token).size < MIN_DISTINCT_CHARACTERS) {
    throw new Error(`must be random, with at least ${MIN_DISTINCT_CHARACTERS} different characters`);
  }
  return token;
}
