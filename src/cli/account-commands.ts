import { AccountsService } from '../accounts/accounts.service';
import { defineCommand, withServices } from './define-command';
import { parseName } from './values';

export const accountCreate = defineCommand({
  name: 'account create',
  summary: 'create an account and its admin token',
  values: { name: { placeholder: 'NAME', help: 'the name of the account' } },
  prepare: ({ values }) => {
    const name = parseName(values.name);
    return withServices(async (services, print) => {
      const { account, token } = await services.get(AccountsService).create(name, 'command line');
      print(`account ${account.id}\ntoken   ${token}`);
    });
  },
});

export const accountList = defineCommand({
  name: 'account list',
  summary: 'list the accounts: id, creation time, name',
  prepare: () =>
    withServices(async (services, print) => {
      for (const { id, name, createdAt } of await services.get(AccountsService).list()) {
        print(`${id}  ${createdAt}  ${name}`);
      }
    }),
});
