import { UsageError } from './command-errors';
import { commands } from './commands';
import { helpOf, usageOf } from './usage';

const ID = '01936b1e-0000-7000-8000-000000000000';

/** The message of the usage error that these words lead to. */
function rejection(...words: string[]): string {
  const command = commands.find(({ name }) => words.join(' ').startsWith(name))!;
  try {
    command.prepare(words.slice(command.name.split(' ').length));
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('The words were accepted.');
}

describe('a command', () => {
  it.each([
    [['account', 'create'], 'Missing: --name'],
    [['account', 'create', '--name'], '--name needs a value.'],
    [['account', 'create', '--name', '--name'], '--name needs a value.'],
    [['account', 'create', '--name', ''], '--name needs a value.'],
    [['account', 'create', '--name=a^b'], expect.stringMatching(/^--name: /)],
    [['account', 'create', '--name', 'a', 'b'], 'Unexpected argument: b'],
    [['account', 'list', '--all'], 'Unknown option: --all'],
    [['account', 'list', '-a'], 'Unknown option: -a'],
    [['token', 'list', '--account', 'x'], '--account takes an id. `account list` shows the ids.'],
    [['token', 'revoke', '--account', ID], 'Missing: --token'],
    [
      ['token', 'create', '--account', ID, '--name', 'n', '--scopes', 'root'],
      expect.stringMatching(/^--scopes takes some of providers:read,/),
    ],
    [['backup'], 'Missing: FILE'],
    [['backup', 'a', 'b'], 'Unexpected argument: b'],
    [['backup', 'a', '--with-keys=yes'], '--with-keys takes no value.'],
  ])('rejects %j', (words, message) => {
    expect(rejection(...words)).toEqual(message);
  });

  it.each([
    [['account', 'create', '--name', 'a']],
    [['account', 'create', '--name=-a']],
    [['token', 'create', '--scopes', 'admin, providers:read', '--account', ID, '--name', 'n']],
    [['backup', '--with-keys', 'file']],
    [['backup', '--', '--file']],
  ])('accepts %j', (words) => {
    expect(() => rejection(...words)).toThrow('The words were accepted.');
  });
});

describe('usageOf', () => {
  it('has one line per command', () => {
    const lines = usageOf(commands).split('\n');
    for (const { synopsis, summary } of commands) {
      expect(lines.filter((line) => line.includes(`  ${synopsis}  `) && line.endsWith(summary))).toHaveLength(
        1,
      );
    }
  });
});

describe('helpOf', () => {
  it('has the synopsis, the summary and each parameter', () => {
    const command = commands.find(({ name }) => name === 'token revoke')!;
    expect(helpOf(command)).toBe(
      [
        'Usage: npm run cli -- token revoke --account ID --token ID',
        '',
        'Revoke a token of an account.',
        '',
        '  --account ID  the id of the account, from `account list`',
        '  --token ID    the id of the token, from `token list`',
      ].join('\n'),
    );
  });
});
