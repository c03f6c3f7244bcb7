const DAY = '(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])';
const DASHED_DAY = '(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])';

/** What may follow the name of a model without naming another one: a day or `latest`, then a window. */
const VERSION = new RegExp(`^(?<base>.+?)([-@]20\\d{2}${DAY}|-20\\d{2}-${DASHED_DAY}|-latest)?(\\[1m\\])?$`);

/** Google numbers the revisions of Gemini. Elsewhere a number names another model: `davinci-002` is not `davinci`. */
const REVISION = /^(?<base>(.+\/)?gemini-.+)-\d{3}(\[1m\])?$/;

/** The version at the end of Bedrock's names: `-v1:0` or `:0`. */
const TAIL = /(-v\d+(:\d+)?|:\d+)$/;

/** OpenAI's names of fine-tuned models: the base, the organisation, a suffix and an id. */
const FINE_TUNED = /^(ft:[^:]+):[^:]*:[^:]*:[^:]+$/;

/** The start of a name may end in a separator, or in the year of a date. */
const OPEN_END = /(-20\d{2})?[-@]$|-20\d{2}$/;

/**
 * What vendors put before the names of the catalogue. Google lists models by resource name, and Vertex AI adds the
 * publisher. Bedrock adds the publisher and, for inference in several regions, their part of the world. Only `us` has the
 * prices of the catalogue.
 */
const PREFIXES = new Map<string, RegExp>([
  ['google', /^(publishers\/(google|anthropic)\/models\/|models\/|google\/|anthropic\/)/],
  ['aws', /^(us\.)?(anthropic\.)?/],
]);

/** Returns the name itself, and the name without what the vendor puts around it. */
export function bareNames(providerId: string, name: string): string[] {
  const base = name.replace(FINE_TUNED, '$1');
  const prefix = PREFIXES.get(providerId);
  return [...new Set([name, base, prefix ? base.replace(prefix, '') : base])];
}

/** Returns the text that the names of a model start with, without an incomplete date. */
export function startOf(text: string): string {
  return text.replace(OPEN_END, '');
}

/** Returns the version at the end of a name, or an empty text. */
export function nameTail(name: string): string {
  return TAIL.exec(name)?.[0] ?? '';
}

/** Returns what a name may be a version of, and Bedrock's version at its end. */
export function parseVersion(name: string): { readonly bases: readonly string[]; readonly tail: string } {
  const tail = nameTail(name);
  const whole = name.slice(0, name.length - tail.length);
  const base = (REVISION.exec(whole) ?? VERSION.exec(whole))?.groups?.base ?? whole;
  return { bases: [whole, base], tail };
}

/** Whether a name stands for the newest version of a model, which changes. */
export function isMovingAlias(name: string): boolean {
  return /(^|[-@/~])latest$/i.test(name);
}
