/** CPU time of the process with garbage collection. A busy machine changes it little. */
export const processorMilliseconds = (work) => {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, time: (user + system) / 1000 };
};
