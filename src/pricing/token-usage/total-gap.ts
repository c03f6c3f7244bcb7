/** The counts of a usage whose total shows how they relate. */
export interface Totals {
  readonly prompt: number;
  readonly completion: number;
  /** 0 if absent. */
  readonly total: number;
  readonly reads: number;
  readonly writes: number;
  readonly reasoning: number;
  /** Counts that the prompt and the completion never include. The total may include them. */
  readonly beside: readonly number[];
  /** Whether the prompt never includes cached tokens, as in Anthropic's API. */
  readonly excludesCaches: boolean;
}

/** How the counts of a usage relate. `separate` means that a count is not part of the prompt or completion. */
export interface Relation {
  readonly readsSeparate: boolean;
  readonly writesSeparate: boolean;
  readonly reasoningSeparate: boolean;
  /** Tokens of the total that no count explains. */
  readonly rest: number;
  readonly assumed: boolean;
}

type Separation = Pick<Relation, 'readsSeparate' | 'writesSeparate' | 'reasoningSeparate'>;

const separation = (reasoning: boolean, reads: boolean, writes: boolean): Separation => ({
  readsSeparate: reads,
  writesSeparate: writes,
  reasoningSeparate: reasoning,
});

const INCLUDED = separation(false, false, false);
const CACHES_SEPARATE = separation(false, true, true);

/** Documented relations, the more common one first. */
const DOCUMENTED = [INCLUDED, separation(true, false, false), CACHES_SEPARATE, separation(true, true, true)];

/** Relations that a total can prove although no vendor documents them. */
const UNDOCUMENTED = [
  separation(false, true, false),
  separation(false, false, true),
  separation(true, true, false),
  separation(true, false, true),
];

/**
 * Decides which counts the prompt and the completion include. The gap between the total and their sum equals the counts
 * that are separate. A gap that equals none of them is `rest`, because the vendor charges the whole total. Without a
 * total, a count that exceeds the one that should include it is separate. Returns the reason if the counts contradict
 * each other.
 */
export function explainTotal(totals: Totals): Relation | 'total_too_small' | 'caches_too_large' {
  const gap = totals.total - totals.prompt - totals.completion;
  if (totals.total > 0 && gap < 0) return 'total_too_small';
  if (totals.total > 0) {
    const relation = exactRelation(totals, gap);
    if (relation !== null) return relation;
  }
  const likely = likelySeparation(totals);
  if (likely === null) return 'caches_too_large';
  const reasoningAssumed = likely.reasoningSeparate && totals.reasoning > 0;
  if (totals.total === 0) return { ...likely, rest: 0, assumed: reasoningAssumed };
  const explained = separateTokens(totals, likely) + totals.beside.reduce((sum, count) => sum + count, 0);
  const rest = explained <= gap ? gap - explained : gap;
  return { ...likely, rest, assumed: reasoningAssumed || rest > 0 };
}

/** Finds the relation whose separate counts are exactly the gap. */
function exactRelation(totals: Totals, gap: number): Relation | null {
  const gaps = subsetSums(totals.beside).map((sum) => gap - sum);
  const matches = (one: Separation) =>
    isPossible(totals, one) && gaps.some((left) => left === separateTokens(totals, one));
  const documented = DOCUMENTED.filter(matches);
  const [first = UNDOCUMENTED.find(matches)] = documented;
  if (first === undefined) return null;
  const isAmbiguous = documented.some((other) => effectOf(totals, other) !== effectOf(totals, first));
  const isProven = documented.length > 0 && (gap === 0 || !isAmbiguous);
  return { ...first, rest: 0, assumed: !isProven };
}

/** The relation that the counts themselves prove, without regard to the total. Null if there is none. */
function likelySeparation(totals: Totals): Separation | null {
  const { prompt, completion, reads, writes, reasoning, excludesCaches } = totals;
  const isAdditive = excludesCaches || reads > prompt || writes > prompt;
  const likely = separation(reasoning > completion, isAdditive, isAdditive);
  return isPossible(totals, likely) ? likely : null;
}

function isPossible(
  totals: Totals,
  { readsSeparate, writesSeparate, reasoningSeparate }: Separation,
): boolean {
  const { prompt, completion, reads, writes, reasoning, excludesCaches } = totals;
  if (excludesCaches && !(readsSeparate && writesSeparate)) return false;
  const cached = (readsSeparate ? 0 : reads) + (writesSeparate ? 0 : writes);
  return cached <= prompt && (reasoningSeparate || reasoning <= completion);
}

function separateTokens({ reads, writes, reasoning }: Totals, one: Separation): number {
  return (
    (one.readsSeparate ? reads : 0) +
    (one.writesSeparate ? writes : 0) +
    (one.reasoningSeparate ? reasoning : 0)
  );
}

/** Two relations that differ only in counts of 0 have the same effect. */
function effectOf({ reads, writes, reasoning }: Totals, one: Separation): string {
  return [
    one.readsSeparate && reads > 0,
    one.writesSeparate && writes > 0,
    one.reasoningSeparate && reasoning > 0,
  ].join();
}

/** Returns the sums of all combinations of the counts. */
export function subsetSums(counts: readonly number[]): number[] {
  return counts.reduce((sums, count) => [...sums, ...sums.map((sum) => sum + count)], [0]);
}
