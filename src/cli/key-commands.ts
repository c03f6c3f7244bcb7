import { KeyStatusService } from '../crypto/key-status.service';
import { RewrapService } from '../crypto/rewrap.service';
import { defineCommand, withServices } from './define-command';

export const keysStatus = defineCommand({
  name: 'keys status',
  summary: 'show each encryption key and the number of secrets that it seals',
  prepare: () =>
    withServices(async (services, print) => {
      const statuses = await services.get(KeyStatusService).status();
      for (const { keyId, configured, active, canary, rows } of statuses) {
        const isUsed = rows.some(({ count }) => count > 0);
        const state = active ? 'active' : configured ? 'decrypt only' : isUsed ? 'NOT CONFIGURED' : 'retired';
        print(`${keyId}: ${state}, canary ${canary ? 'present' : 'missing'}`);
        for (const { table, column, count } of rows) print(`  ${table}.${column}: ${count}`);
      }
    }),
});

export const keysRewrap = defineCommand({
  name: 'keys rewrap',
  summary: 're-seal every secret under the active key; safe to interrupt and to repeat',
  prepare: () =>
    withServices(async (services, print) => {
      const report = await services.get(RewrapService).rewrap(({ table, column, rewrapped }) => {
        print(`${table}.${column}: ${rewrapped} done`);
      });
      for (const { table, column, rewrapped, undecryptable, remaining } of report.columns) {
        print(
          `${table}.${column}: ${rewrapped} rewrapped, ${undecryptable} undecryptable, ${remaining} left`,
        );
      }
      print(
        report.complete
          ? `All secrets are under '${report.activeKeyId}'.`
          : 'Some secrets could not be re-sealed.',
      );
      if (!report.complete) process.exitCode = 1;
    }),
});
