/** How long work in small pieces may keep one turn of the event loop. Other requests wait only for a few turns. */
const MAX_TURN_MS = 5;

/** When the first of this work began in this turn, or null. */
let turnStartedAt: number | null = null;

/** Work that waits for its turn. */
const waiting: (() => void)[] = [];

/**
 * Yields to the event loop if its callers have kept this turn for 5 ms. Call it between small pieces of work. All
 * requests share the time of a turn, so many of them delay others no longer than one does. See `inBatches` for pieces of
 * one size.
 */
export async function yieldIfLong(): Promise<void> {
  if (turnStartedAt === null) {
    turnStartedAt = performance.now();
    setImmediate(endTurn);
  } else if (performance.now() - turnStartedAt >= MAX_TURN_MS) {
    await nextTurn();
  }
}

function endTurn(): void {
  turnStartedAt = null;
}

/** One piece of work goes on in each turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(startNext);
  });
}

function startNext(): void {
  turnStartedAt = null;
  waiting.shift()!();
  if (waiting.length > 0) setImmediate(startNext);
}
