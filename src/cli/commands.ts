import { accountCreate, accountList } from './account-commands';
import { backup } from './backup-command';
import { databaseCheck, migrate } from './database-commands';
import type { Command } from './define-command';
import { keysRewrap, keysStatus } from './key-commands';
import { restore } from './restore-command';
import { tokenCreate, tokenList, tokenRevoke } from './token-commands';

/** Every command, in the order of the usage text. */
export const commands: readonly Command[] = [
  accountCreate,
  accountList,
  tokenCreate,
  tokenList,
  tokenRevoke,
  keysStatus,
  keysRewrap,
  backup,
  restore,
  migrate,
  databaseCheck,
];
