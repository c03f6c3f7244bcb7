/** `performance.now()` that a stopped or faked clock does not change, for what a test itself measures. */
export const realNow = performance.now.bind(performance);
