import { KeyStatusService } from '../crypto/key-status.service';
import { RewrapService } from '../crypto/rewrap.service';
import { type Command, requiredOptions } from './command';

export const keysStatus: Command = {
  name: 'keys status',
  parameters: '',
  summary: 'show each encryption key and how many secrets are under it',
  prepare: (words) => {
    requiredOptions(words);
    return async (context, print) => {
      for (const { keyId, configured, active, canary, rows } of await context
        .get(KeyStatusService)
        .status()) {
        const inUse = rows.some(({ count }) => count > 0);
        const state = active ? 'active' : configured ? 'decrypt only' : inUse ? 'NOT CONFIGURED' : 'retired';
        print(`${keyId}: ${state}, canary ${canary ? 'present' : 'missing'}`);
        for (const { table, column, count } of rows) print(`  ${table}.${column}: ${count}`);
      }
    };
  },
};

export const keysRewrap: Command = {
  name: 'keys rewrap',
  parameters: '',
  summary: 'seal every secret anew under the active key; safe to interrupt and repeat',
  prepare: (words) => {
    requiredOptions(words);
    return async (context, print) => {
      const report = await context.get(RewrapService).rewrap(({ table, column, rewrapped }) => {
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
          : 'Not all secrets could be moved.',
      );
      if (!report.complete) process.exitCode = 1;
    };
  },
};
