import { isCredentialName } from '../advanced-json/credential-names';
import type { RuleViolation } from '../common/domain-error';

/** Tokens of Microsoft Entra and other issuers have several thousand characters. */
export const MAX_API_KEY_LENGTH = 16_384;

const MASK_CHARACTERS_ONLY = /^[*•….]+$/u;
const MASKED_MIDDLE = /[•…]|\*{3}|^[^.]{0,20}\.{3,}[^.]{0,20}$/u;

/** Values that a program writes in place of a missing key. `none` and `test` are keys of local servers. */
const MISSING_VALUE = /^(undefined|\(?(null|nil)\)?|nan|true|false|\[object object\]|%!\w\(<nil>\))$/i;
/** Python's missing value. `none` in lower case is a key of local servers. */
const PYTHON_NONE = /^(None|NoneType)$/;
/** References to a variable that a shell, a template or LiteLLM would have replaced. */
const REFERENCE =
  /^(\$\{.+\}|\$\(.+\)|\$[A-Z_][A-Z0-9_]*|\{\{.+\}\}|%[A-Z_][A-Z0-9_]*%|<[^<>]+>|os\.environ[/.[].+|process\.env\.?.+|env\.[A-Z_][A-Z0-9_]*|(env|vault|op|file|secret):\/\/.+|arn:aws.+|[A-Z][A-Z0-9_]*_API_KEY)$/;
const QUOTED = /^(["'`]).*\1$|^["'`]|["'`]$/s;
const WITH_SCHEME =
  /^(?:(?:bearer|basic|token)\s|(?:authorization|(?:x-|x-goog-)?api-key|ocp-apim-subscription-key)\s*:)/i;
/** A line of a shell, an `.env` file or a command line: `OPENAI_API_KEY=…`, `export KEY=…`, `--api-key=…`. */
const ASSIGNMENT = /^(?:(?:export|set|env)\s+)?-{0,2}([A-Za-z][\w.-]{0,127})\s*=\s*[^=\s]/;
/** The name of a variable of the environment, whatever its words. */
const VARIABLE = /^[A-Z][A-Z0-9]*_[A-Z0-9_]*$/;

type Rule = readonly [isBroken: (text: string) => boolean, violation: RuleViolation];

/** In the order of precedence. The messages never quote the text. */
const RULES: readonly Rule[] = [
  [(text) => text === '', { code: 'length', detail: 'Must not be empty.' }],
  [
    (text) => text.length > MAX_API_KEY_LENGTH,
    { code: 'length', detail: `Must have at most ${MAX_API_KEY_LENGTH} characters.` },
  ],
  [
    isMask,
    {
      code: 'mask',
      detail:
        'Must not be a masked key. Send the whole key. In a PATCH, leave the field out to keep the stored key.',
    },
  ],
  [
    isServiceAccount,
    {
      code: 'service_account',
      detail:
        'Must not be the JSON key of a Google service account, which is not supported. Use an API key of Google AI Studio, or a gateway that signs requests.',
    },
  ],
  [
    (text) => text.trimStart().startsWith('{'),
    { code: 'placeholder', detail: 'Must be the key itself. The text starts like JSON or a template.' },
  ],
  [
    (text) => QUOTED.test(text),
    { code: 'quoted', detail: 'Must not be in quotation marks. Send the key without them.' },
  ],
  [
    (text) => MISSING_VALUE.test(text) || PYTHON_NONE.test(text),
    {
      code: 'placeholder',
      detail:
        'Must be a key. The text is what a program writes for a missing value; set the variable that should have it.',
    },
  ],
  [
    (text) => REFERENCE.test(text),
    {
      code: 'placeholder',
      detail: 'Must be the key itself. The text is a reference to a variable, which Caret does not resolve.',
    },
  ],
  [
    isAssignment,
    {
      code: 'pattern',
      detail: 'Must be the key alone. The text assigns it to a name; send only what follows "=".',
    },
  ],
  [
    (text) => countKeys(text) > 1,
    {
      code: 'several_keys',
      detail:
        'Must be one key. The text has several, separated by commas or line breaks. Create one provider for each.',
    },
  ],
  [
    (text) => WITH_SCHEME.test(text),
    {
      code: 'pattern',
      detail: 'Must be the key alone, without a header name or a scheme such as Bearer. See auth_scheme.',
    },
  ],
  [
    (text) => !/^[\x21-\x7e]+$/.test(text),
    { code: 'pattern', detail: 'Must be visible ASCII characters only, without spaces or line breaks.' },
  ],
];

/** Whether a text is a masked API key, as user interfaces show it: `***`, `••••`, `sk-…abcd`, `sk-...abcd`. */
export function isMask(text: string): boolean {
  return MASK_CHARACTERS_ONLY.test(text) || MASKED_MIDDLE.test(text);
}

/** Returns why a text cannot be an API key, or null. The message never quotes the text. */
export function apiKeyProblem(text: string): RuleViolation | null {
  return RULES.find(([isBroken]) => isBroken(text))?.[1] ?? null;
}

/**
 * Returns the part of an API key that may be shown: at most a quarter of it, and nothing of a short key. Stops at a colon,
 * which separates the user from the password of `basic`.
 */
export function keyPrefix(apiKey: string): string {
  if (apiKey.length < 16) return '';
  return apiKey.slice(0, Math.min(8, Math.floor(apiKey.length / 4))).replace(/:.*$/, '');
}

function isServiceAccount(text: string): boolean {
  return /^\s*\{/.test(text) && /"(service_account|private_key|private_key_id|client_email)"/.test(text);
}

/** Padding of base64 ends a key with "=", and a password may contain one. Only the name of a credential or of a variable counts. */
function isAssignment(text: string): boolean {
  const [, name] = ASSIGNMENT.exec(text) ?? [];
  return name !== undefined && (VARIABLE.test(name) || isCredentialName(name));
}

/** A part with a colon is a user and a password, which may contain a comma. */
function countKeys(text: string): number {
  const parts = text.split(/[\n\r,;]/).map((part) => part.trim());
  const keys = parts.filter((part) => part !== '');
  return keys.some((key) => /[\s:]/.test(key)) ? 1 : keys.length;
}
