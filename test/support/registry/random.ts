/** Returns an integer from 0 to `below` - 1. */
export type Random = (below: number) => number;

/** A linear congruential generator (Numerical Recipes). A seed makes a failure reproducible. */
export function createRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random(choices.length)]!;
}
