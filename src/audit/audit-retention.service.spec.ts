import { Logger } from '@nestjs/common';
import type { AppConfig } from '../config/config';
import type { DatabaseService } from '../database/database.service';
import type { UnitOfWork } from '../database/unit-of-work';
import { AuditRetentionService, FIRST_RUN_MS, INTERVAL_MS } from './audit-retention.service';
import type { AuditRepository } from './audit.repository';

describe('AuditRetentionService', () => {
  const tasks: (() => Promise<void>)[] = [];
  const deleteBefore = jest.fn<Promise<number>, [string, number]>();
  const database = {
    onStart: (task: () => Promise<void>) => tasks.push(task),
    tryWithRetentionLock: (work: () => Promise<void>) => work(),
  } as unknown as DatabaseService;
  const unitOfWork = { run: (work: () => unknown) => work() } as unknown as UnitOfWork;

  async function start(auditRetentionDays: number): Promise<AuditRetentionService> {
    const events = { deleteBefore } as unknown as AuditRepository;
    const config = { auditRetentionDays } as AppConfig;
    const service = new AuditRetentionService(events, database, unitOfWork, config);
    service.onModuleInit();
    for (const task of tasks.splice(0)) await task();
    return service;
  }

  beforeEach(() => {
    jest.useFakeTimers({ now: Date.parse('2026-02-05T00:00:00Z') });
    deleteBefore.mockReset().mockResolvedValue(0);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('prunes 30 seconds after the start and then every hour', async () => {
    await start(5);
    await jest.advanceTimersByTimeAsync(FIRST_RUN_MS - 1);
    expect(deleteBefore).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(deleteBefore).toHaveBeenCalledTimes(1);
    expect(deleteBefore.mock.calls[0]![0]).toBe('2026-01-31T00:00:30.000Z');
    await jest.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(deleteBefore).toHaveBeenCalledTimes(2);
  });

  it('prunes again after a failure', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    deleteBefore.mockRejectedValueOnce(new Error('database away'));
    await start(5);
    await jest.advanceTimersByTimeAsync(FIRST_RUN_MS + INTERVAL_MS);
    expect(deleteBefore).toHaveBeenCalledTimes(2);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('never prunes when the retention is 0', async () => {
    await start(0);
    await jest.advanceTimersByTimeAsync(FIRST_RUN_MS + INTERVAL_MS);
    expect(deleteBefore).not.toHaveBeenCalled();
  });

  it('stops at a shutdown, also between two batches', async () => {
    const service = await start(5);
    deleteBefore.mockImplementation((_time, limit) => {
      service.onApplicationShutdown();
      return Promise.resolve(limit);
    });
    await jest.advanceTimersByTimeAsync(FIRST_RUN_MS + INTERVAL_MS);
    expect(deleteBefore).toHaveBeenCalledTimes(1);
  });
});
