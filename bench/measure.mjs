/**
 * Rounds of one window for each target. The order turns and is reversed in every other round, so that what the
 * machine does meanwhile, and what a target leaves behind, falls on all alike; those that are compared should be named
 * one after the other. The samples, by target's name.
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
 * Rounds under load. A target is a `program`, a `request` to it, and the `status` and `length` of its right answer. As many
 * requests as the server answers, or `rate` of them per second.
 *
 * Each is warmed up before the first round, for the compiler's sake: twice, as the first of another target's requests undo
 * some of what was compiled for the one before.
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
