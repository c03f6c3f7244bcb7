import { accountCreate, accountList, tokenCreate } from './account-commands';
import type { Command } from './command';
import { databaseCheck, migrate } from './database-commands';
import { keysRewrap, keysStatus } from './key-commands';

/** Every command, in the order of the usage text. */
export const commands: readonly Command[] = [
  accountCreate,
  accountList,
  tokenCreate,
  keysStatus,
  keysRewrap,
  migrate,
  databaseCheck,
];
