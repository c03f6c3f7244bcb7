import { AccountsService } from '../accounts/accounts.service';
import type { AccountId } from '../auth/caller';
import { type Scope, SCOPES } from '../auth/scopes';
import { isId } from '../common/ids';
import { nameProblem, normaliseName } from '../common/text-rules';
import { type Command, requiredOptions, UsageError } from './command';

export const accountCreate: Command = {
  name: 'account create',
  parameters: '--name NAME',
  summary: 'make an account and its admin token',
  prepare: (words) => {
    const name = validName(requiredOptions(words, 'name').name);
    return async (context, print) => {
      const { account, token } = await context.get(AccountsService).create(name, 'command line');
      print(`account ${account.id}\ntoken   ${token}`);
    };
  },
};

export const accountList: Command = {
  name: 'account list',
  parameters: '',
  summary: 'list the accounts',
  prepare: (words) => {
    requiredOptions(words);
    return async (context, print) => {
      for (const { id, name, createdAt } of await context.get(AccountsService).list()) {
        print(`${id}  ${createdAt}  ${name}`);
      }
    };
  },
};

export const tokenCreate: Command = {
  name: 'token create',
  parameters: '--account ID --name NAME --scopes A,B',
  summary: 'make a token for an account',
  prepare: (words) => {
    const options = requiredOptions(words, 'account', 'name', 'scopes');
    const name = validName(options.name);
    const scopes = options.scopes.split(',').map(validScope);
    if (!isId(options.account)) throw new UsageError('--account takes an id, as `account list` shows them.');
    return async (context, print) => {
      const accounts = context.get(AccountsService);
      const known = (await accounts.list()).some(({ id }) => id === options.account);
      if (!known) throw new UsageError('There is no such account.');
      print(await accounts.addToken(options.account as AccountId, 'command line', { name, scopes }));
    };
  },
};

function validName(text: string): string {
  const problem = nameProblem(text);
  if (problem) throw new UsageError(`--name: ${problem}`);
  return normaliseName(text);
}

function validScope(text: string): Scope {
  const scope = SCOPES.find((candidate) => candidate === text.trim());
  if (!scope) throw new UsageError(`--scopes takes some of ${SCOPES.join(',')}.`);
  return scope;
}
