/** Processor time, so that a busy machine counts little; the collector of garbage is in it. */
export const processorMilliseconds = (work) => {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, time: (user + system) / 1000 };
};
