import type { AppConfig } from '../config/config';
import type { Retention, RetentionService } from '../database/retention.service';
import { MetricsRegistry } from '../observability/metrics-registry';
import { AuditRetentionService } from './audit-retention.service';
import type { AuditRepository } from './audit.repository';
import type { AuditService } from './audit.service';

describe('AuditRetentionService', () => {
  const deleteBefore = jest.fn<Promise<number>, [string, number]>().mockResolvedValue(3);

  function start(auditRetentionDays: number): Retention[] {
    const added: Retention[] = [];
    const retention = { add: (each: Retention) => added.push(each) } as unknown as RetentionService;
    const events = { deleteBefore } as unknown as AuditRepository;
    const config = { auditRetentionDays, auditMaxBytes: 0 } as AppConfig;
    const [audit, metrics] = [{} as AuditService, new MetricsRegistry()];
    new AuditRetentionService(events, audit, retention, config, metrics).onModuleInit();
    return added;
  }

  afterEach(() => {
    jest.useRealTimers();
  });

  it('deletes events that are older than the days of the retention', async () => {
    jest.useFakeTimers({ now: Date.parse('2026-02-05T00:00:30Z') });
    const [retention] = start(5);
    await retention!.deleteOld(async (deleteBatch) => {
      expect(await deleteBatch(200)).toBe(3);
    });
    expect(deleteBefore).toHaveBeenCalledWith('2026-01-31T00:00:30.000Z', 200);
  });

  it('deletes nothing when the retention is 0', () => {
    expect(start(0)).toEqual([]);
  });
});
