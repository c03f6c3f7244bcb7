import { AccountsService } from '../accounts/accounts.service';
import type { Actor } from '../audit/audit.service';
import type { AccountId } from '../auth/caller';
import { SCOPES } from '../auth/scopes';
import { newId } from '../common/ids';
import { TokensListService } from '../tokens/tokens-list.service';
import { TokensService } from '../tokens/tokens.service';
import { defineCommand, withServices } from './define-command';
import { getAccountId, parseId, parseName, parseScopeList } from './values';

const ACCOUNT = { placeholder: 'ID', help: 'the id of the account, from `account list`' };

export const tokenCreate = defineCommand({
  name: 'token create',
  summary: 'create a token of an account and print it, once',
  values: {
    account: ACCOUNT,
    name: { placeholder: 'NAME', help: 'the name of the token' },
    scopes: { placeholder: 'A,B', help: `some of ${SCOPES.join(', ')}` },
  },
  prepare: ({ values }) => {
    const id = parseId('account', values.account, 'account list');
    const token = { name: parseName(values.name), scopes: parseScopeList(values.scopes) };
    return withServices(async (services, print) => {
      const accountId = await getAccountId(services, id);
      print(await services.get(AccountsService).addToken(accountId, 'command line', token));
    });
  },
});

export const tokenList = defineCommand({
  name: 'token list',
  summary:
    'list the tokens of an account: id, creation time, last use, expiry, scopes, allowed selectors, name',
  values: { account: ACCOUNT },
  prepare: ({ values }) => {
    const id = parseId('account', values.account, 'account list');
    return withServices(async (services, print) => {
      const accountId = await getAccountId(services, id);
      for await (const batch of services.get(TokensListService).readAll(accountId)) {
        for (const token of batch) {
          const { created_at, last_used_at, expires_at, allowed_selectors: allowed } = token;
          const times = `created ${created_at}  used ${last_used_at ?? 'never'}  expires ${expires_at ?? 'never'}`;
          const rights = `${token.scopes.join(',')}  ${allowed === null ? 'all models' : JSON.stringify(allowed)}`;
          print(`${token.id}  ${times}  ${rights}  ${token.name}`);
        }
      }
    });
  },
});

export const tokenRevoke = defineCommand({
  name: 'token revoke',
  summary: 'revoke a token of an account',
  values: {
    account: ACCOUNT,
    token: { placeholder: 'ID', help: 'the id of the token, from `token list`' },
  },
  prepare: ({ values }) => {
    const id = parseId('account', values.account, 'account list');
    const tokenId = parseId('token', values.token, 'token list');
    return withServices(async (services, print) => {
      const accountId = await getAccountId(services, id);
      await services.get(TokensService).delete(operatorOf(accountId), tokenId);
      print('Revoked. A running service rejects the token within 5 seconds.');
    });
  },
});

function operatorOf(accountId: AccountId): Actor & { readonly accountId: AccountId } {
  return { accountId, tokenId: null, tokenName: 'command line', traceId: newId() };
}
