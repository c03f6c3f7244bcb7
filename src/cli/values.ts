import { type INestApplicationContext } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service';
import type { AccountId } from '../auth/caller';
import { type Scope, SCOPES } from '../auth/scopes';
import { isId } from '../common/ids';
import { nameProblem, normaliseName } from '../common/text-rules';
import { CommandError, UsageError } from './command-errors';

/** Returns the normalised name. Throws {@link UsageError}. */
export function parseName(text: string): string {
  const problem = nameProblem(text);
  if (problem) throw new UsageError(`--name: ${problem.detail}`);
  return normaliseName(text);
}

/** Reads scopes separated by commas. Throws {@link UsageError}. */
export function parseScopeList(text: string): Scope[] {
  return text.split(',').map((word) => {
    const scope = SCOPES.find((candidate) => candidate === word.trim());
    if (!scope) throw new UsageError(`--scopes takes some of ${SCOPES.join(',')}.`);
    return scope;
  });
}

/** Returns the id if it has the form of one. Throws {@link UsageError} with the command that lists ids. */
export function parseId(option: string, text: string, lister: string): string {
  if (!isId(text)) throw new UsageError(`--${option} takes an id. \`${lister}\` shows the ids.`);
  return text;
}

/** Throws {@link CommandError} if no account has this id. */
export async function getAccountId(services: INestApplicationContext, id: string): Promise<AccountId> {
  const accounts = await services.get(AccountsService).list();
  const account = accounts.find((candidate) => candidate.id === id);
  if (!account) throw new CommandError('There is no such account. `account list` shows the accounts.');
  return account.id as AccountId;
}
