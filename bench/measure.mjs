/**
 * Measures rounds with one window for each target and returns the samples by target name. The order rotates, and every
 * other round reverses it, so that other load and the after-effects of a target affect all targets equally. Targets that
 * are compared should follow each other.
 */
export async function measureRounds(targets, rounds) {
  const samples = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const names = Object.keys(targets);
    const order = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
    if (round % 2 === 1) order.reverse();
    for (const name of order) samples[name].push(await targets[name]());
  }
  return samples;
}

/**
 * Measures rounds under load. A target has a `program`, a `request` and the `status` and `length` of its response. Sends
 * requests as fast as the server responds, or `rate` per second.
 *
 * Warms up each target twice before the first round, because the requests of another target deoptimize compiled code.
 */
export async function measureLoad({ load, options }, targets, connections, { rate } = {}) {
  const heat = [];
  const windows = {};
  for (const [name, { program, request, status = 200, length }] of Object.entries(targets)) {
    const ready = await load.prepare(request);
    const expected = { connections, status, length };
    const seconds = options.heatSeconds / 2;
    heat.push(() => load.run(program, ready, { ...expected, warmUp: 0, seconds }));
    const window = { ...expected, warmUp: options.warmUpSeconds, seconds: options.windowSeconds, rate };
    windows[name] = () => load.run(program, ready, window);
  }
  for (const run of [...heat, ...heat]) await run();
  return measureRounds(windows, options.rounds);
}
