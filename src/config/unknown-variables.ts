import type { ConfigWarning } from './config-warning';
import type { Environment } from './env-file';

/** The form of a variable's name. Other text may be part of a value, and so a secret, and is not shown. */
const NAME = /^(?:[A-Z][A-Z0-9_]{0,39}|[a-z][a-z_]{0,39})$/;

/**
 * Warns of every name in `.env` that Caret does not know, and of every name in the environment that looks like a
 * mistyped variable: `CARET_` before a known name, or one letter added, missing, changed or swapped.
 */
export function unknownVariableWarnings(
  environment: Environment,
  envFile: Environment,
  known: readonly string[],
): ConfigWarning[] {
  const isUnknown = (name: string): boolean => !known.includes(name);
  const suggestionFor = (name: string): string | undefined =>
    known.find((candidate) => name === `CARET_${candidate}` || isOneEditApart(name, candidate));
  const inFile = Object.keys(envFile)
    .filter(isUnknown)
    .map((name) => {
      const variable = '.env';
      if (!NAME.test(name))
        return {
          variable,
          text: '.env: contains an unknown name, which is not shown because it may be a secret',
        };
      const suggestion = suggestionFor(name);
      const question = suggestion ? `; did you mean ${suggestion}?` : '';
      return { variable, text: `.env: ${name} is not a variable of Caret${question}` };
    });
  const inEnvironment = Object.keys(environment)
    .filter(isUnknown)
    .flatMap((name) => {
      const suggestion = isServiceLink(name, environment) ? undefined : suggestionFor(name);
      if (!suggestion) return [];
      return [{ variable: name, text: `${name} is not a variable of Caret; did you mean ${suggestion}?` }];
    });
  return [...inFile, ...inEnvironment];
}

/** Kubernetes sets CARET_PORT for a Service named `caret`. */
function isServiceLink(name: string, environment: Environment): boolean {
  return name === 'CARET_PORT' && environment['CARET_SERVICE_HOST'] !== undefined;
}

/** Whether one insertion, deletion, substitution or swap of neighbours turns one text into the other. */
function isOneEditApart(first: string, second: string): boolean {
  const [short, long] = first.length <= second.length ? [first, second] : [second, first];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  if (short.length < long.length) return short.slice(start) === long.slice(start + 1);
  const isSwap = short[start] === long[start + 1] && short[start + 1] === long[start];
  return (
    short.slice(start + 1) === long.slice(start + 1) ||
    (isSwap && short.slice(start + 2) === long.slice(start + 2))
  );
}
