import { type Failure } from './failure';

/** What Caret itself added to a request or may leave out of it, and an upstream may reject. */
export type RepairName =
  'stream_usage' | 'beta_flags' | 'cache_marks' | 'encoding_format' | 'reasoning_history';

/** A change that makes a rejected request acceptable to the same target. */
export interface Repair {
  readonly name: RepairName;
  /** Only these beta flags, or only these members of cache marks. Null: all. */
  readonly only: readonly string[] | null;
}

/** What a rejected request had that a repair can leave out. */
export interface SentFacts {
  /** Repairs that the request already had. */
  readonly repairs: readonly Repair[];
  /** Whether Caret added `stream_options.include_usage`. */
  readonly insertedUsage: boolean;
  /** The flags of `anthropic-beta`. */
  readonly betaFlags: readonly string[];
  /** Whether the body may have a `cache_control`. */
  readonly hasCacheMarks: boolean;
  /** `encoding_format` of embeddings. */
  readonly encodingFormat: string | null;
  /** Whether the body may have reasoning of earlier turns, and the configuration lets Caret leave it out. */
  readonly hasReasoningHistory: boolean;
  readonly isVendorOrigin: boolean;
}

/** Flags that one repair names. */
const MAX_FLAGS = 32;

const STREAM_USAGE = /stream_options|include_usage/i;
const BETA = /anthropic.beta|\bbetas?\b/i;
const CACHE_CONTROL = /cache_control/i;
const TTL = /\bttl\b/i;
const ENCODING_FORMAT = /encoding_format|base64/i;
const SIGNATURE =
  /signature|invalid_?encrypted_?content|encrypted (content|reasoning)|\bthinking\b.{0,80}\bcannot be modified/i;

/** For embeddings that came back empty, and for a rejected `encoding_format`. */
export const FLOAT_EMBEDDINGS: Repair = { name: 'encoding_format', only: null };

/** Returns the repair with which the same target may accept the request, or null. */
export function findRepair(failure: Failure, sent: SentFacts): Repair | null {
  const { status, kind, evidence } = failure;
  if (kind !== 'invalid_request' || (status !== 400 && status !== 422)) return null;
  const mayApply = (name: RepairName) => !hasRepair(sent.repairs, name);
  if (sent.insertedUsage && STREAM_USAGE.test(evidence)) return { name: 'stream_usage', only: null };
  if (!sent.isVendorOrigin) {
    const flags = findRejectedFlags(evidence, sent.betaFlags);
    if (flags !== null) return flags;
    const marks = sent.hasCacheMarks ? findRejectedMarks(evidence, sent.repairs) : null;
    if (marks !== null) return marks;
  }
  if (sent.encodingFormat === 'base64' && mayApply('encoding_format') && ENCODING_FORMAT.test(evidence))
    return FLOAT_EMBEDDINGS;
  if (sent.hasReasoningHistory && mayApply('reasoning_history') && SIGNATURE.test(evidence))
    return { name: 'reasoning_history', only: null };
  return null;
}

/** Whether health remembers a repair for the model. Reasoning of another provider concerns one session only. */
export function isLearned(name: RepairName): boolean {
  return name !== 'reasoning_history';
}

export function hasRepair(repairs: readonly Repair[], name: RepairName): boolean {
  return repairs.some((repair) => repair.name === name);
}

/** Returns the flags of `anthropic-beta` that are left after the repairs. */
export function keepBetaFlags(flags: readonly string[], repairs: readonly Repair[]): readonly string[] {
  const drops = repairs.filter(({ name }) => name === 'beta_flags');
  if (drops.length === 0) return flags;
  return flags.filter((flag) => !drops.some(({ only }) => only === null || only.includes(flag)));
}

/** The flags that the words name, else all. */
function findRejectedFlags(evidence: string, flags: readonly string[]): Repair | null {
  if (flags.length === 0) return null;
  const named = flags.filter((flag) => flag !== '' && evidence.includes(flag)).slice(0, MAX_FLAGS);
  if (named.length > 0) return { name: 'beta_flags', only: named };
  return BETA.test(evidence) ? { name: 'beta_flags', only: null } : null;
}

/** A server that only rejects the lifetime of a cache keeps the cache. */
function findRejectedMarks(evidence: string, repairs: readonly Repair[]): Repair | null {
  const former = repairs.filter(({ name }) => name === 'cache_marks');
  if (former.some(({ only }) => only === null)) return null;
  if (former.length === 0 && TTL.test(evidence)) return { name: 'cache_marks', only: ['ttl'] };
  return CACHE_CONTROL.test(evidence) ? { name: 'cache_marks', only: null } : null;
}
