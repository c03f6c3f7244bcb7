import type { FieldError } from '../common/domain-error';
import { isJsonObject } from '../common/json-object';
import { ruleProblems } from '../rules/compile-rule';
import { testedPaths } from './adjustment';
import { amountProblem } from './amount';
import { PRICE_FACTS, SHEET_KINDS, TOKEN_KINDS, UNIT_KINDS } from './price-kinds';
import {
  MAX_ADJUSTMENTS,
  MAX_NOTE_LENGTH,
  MAX_SHEET_BYTES,
  MAX_TIERS,
  MAX_WINDOWS,
  PRICE_SOURCES,
  type PriceSheet,
  type PriceTier,
} from './price-sheet';
import {
  type Check,
  integerCheck,
  listCheck,
  objectCheck,
  optional,
  required,
  textCheck,
  lengthCheck,
  valueCheck,
  wordCheck,
} from './shape';

const amount = valueCheck(amountProblem);
const rates = (kinds: readonly string[]) => Object.fromEntries(kinds.map((kind) => [kind, optional(amount)]));
const time = textCheck('a time from "00:00" to "23:59"', (text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text));

/** What a sheet contains. Rules and time zones are checked only when it is new, because that takes long. */
const sheetCheck = (when: Check, timezone: Check): Check =>
  objectCheck({
    source: optional(wordCheck(PRICE_SOURCES)),
    as_of: optional(textCheck('a day such as "2026-09-23"', isDay)),
    note: optional(lengthCheck(MAX_NOTE_LENGTH)),
    rates: optional(objectCheck(rates(SHEET_KINDS))),
    units: optional(objectCheck(rates(UNIT_KINDS))),
    tiers: optional(
      listCheck(
        objectCheck({
          above_input_tokens: required(integerCheck(0, Number.MAX_SAFE_INTEGER)),
          ...rates(TOKEN_KINDS),
        }),
        { maximum: MAX_TIERS, key: (tier) => (tier as PriceTier).above_input_tokens },
      ),
    ),
    adjustments: optional(
      listCheck(objectCheck({ when: required(when), multiplier: required(amount) }), {
        maximum: MAX_ADJUSTMENTS,
      }),
    ),
    schedule: optional(
      listCheck(
        objectCheck({
          from: required(time),
          to: required(time),
          timezone: required(timezone),
          days: optional(listCheck(integerCheck(0, 6), { minimum: 1, maximum: 7, key: (day) => day })),
          multiplier: required(amount),
        }),
        { maximum: MAX_WINDOWS },
      ),
    ),
  });

const NEW_SHEET = sheetCheck(
  whenProblems,
  textCheck('an IANA time zone such as "Europe/Zurich"', isTimeZone),
);
const STORED_SHEET = sheetCheck(
  (value, pointer) => (isJsonObject(value) ? [] : [{ pointer, code: 'type', detail: 'Must be a rule.' }]),
  textCheck('a time zone', () => true),
);

/** The limit of one response. */
const MAX_PROBLEMS = 50;

/** Returns the problems of a new price sheet, with pointers that start with `pointer`. None if it may be stored. */
export function priceSheetProblems(value: unknown, pointer: string): FieldError[] {
  const errors = NEW_SHEET(value, pointer).slice(0, MAX_PROBLEMS);
  if (errors.length > 0 || Buffer.byteLength(JSON.stringify(value)) <= MAX_SHEET_BYTES) return errors;
  return [{ pointer, code: 'size', detail: `Must have at most ${MAX_SHEET_BYTES} bytes of JSON.` }];
}

/** Whether stored JSON is a price sheet. A rule or a time zone in it may be corrupt; such a part never applies. */
export function isPriceSheet(value: unknown): value is PriceSheet {
  return STORED_SHEET(value, '').length === 0;
}

/** A rule about anything but the facts of a usage could never match. */
function whenProblems(value: unknown, pointer: string): FieldError[] {
  const problems = ruleProblems(value, pointer);
  if (problems.length > 0) return problems;
  const isUnknown = testedPaths(value).some((path) => !(PRICE_FACTS as readonly string[]).includes(path));
  if (!isUnknown) return [];
  const detail = `Must test only the facts of a usage: ${PRICE_FACTS.join(', ')}.`;
  return [{ pointer, code: 'when.path', detail }];
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const midnight = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}

/** Names only: offsets such as `+02:00` are not IANA zones, though newer engines accept them. */
function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
