import { Logger } from '@nestjs/common';
import type { DatabaseService } from './database.service';
import { FIRST_RUN_MS, INTERVAL_MS, RetentionService } from './retention.service';
import type { UnitOfWork } from './unit-of-work';

describe('RetentionService', () => {
  const tasks: (() => Promise<void>)[] = [];
  const deleteBatch = jest.fn<Promise<number>, [number]>();
  const deleteOthers = jest.fn<Promise<number>, [number]>();
  const tryWithRetentionLock = jest.fn((work: () => Promise<void>) => work());
  const database = {
    onStart: (task: () => Promise<void>) => tasks.push(task),
    tryWithRetentionLock,
  } as unknown as DatabaseService;
  const unitOfWork = { run: (work: () => unknown) => work() } as unknown as UnitOfWork;

  async function start(): Promise<RetentionService> {
    const service = new RetentionService(database, unitOfWork);
    service.add({ rows: 'old rows', deleteOld: (inBatches) => inBatches(deleteBatch) });
    service.add({ rows: 'other rows', deleteOld: (inBatches) => inBatches(deleteOthers) });
    service.onModuleInit();
    for (const task of tasks.splice(0)) await task();
    return service;
  }

  beforeEach(() => {
    jest.useFakeTimers();
    deleteBatch.mockReset().mockResolvedValue(0);
    deleteOthers.mockReset().mockResolvedValue(0);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('deletes 30 seconds after the start and then every ten minutes', async () => {
    await start();
    await jest.advanceTimersByTimeAsync(FIRST_RUN_MS - 1);
    expect(deleteBatch).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(deleteBatch).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(deleteBatch).toHaveBeenCalledTimes(2);
    expect(deleteOthers).toHaveBeenCalledTimes(2);
  });

  it('goes on with other rows after a failure, and retries at the next interval', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    deleteBatch.mockRejectedValueOnce(new Error('database unavailable'));
    await start();
    await jest.advanceTimersByTimeAsync(FIRST_RUN_MS);
    expect(deleteOthers).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(deleteBatch).toHaveBeenCalledTimes(2);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('retries at the next interval when the lock cannot be taken', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    tryWithRetentionLock.mockRejectedValueOnce(new Error('database unavailable'));
    await start();
    await jest.advanceTimersByTimeAsync(FIRST_RUN_MS + INTERVAL_MS);
    expect(deleteBatch).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('stops at a shutdown, also between two batches', async () => {
    const service = await start();
    deleteBatch.mockImplementation((limit) => {
      service.onApplicationShutdown();
      return Promise.resolve(limit);
    });
    await jest.advanceTimersByTimeAsync(FIRST_RUN_MS + INTERVAL_MS);
    expect(deleteBatch).toHaveBeenCalledTimes(1);
    expect(deleteOthers).not.toHaveBeenCalled();
  });
});
