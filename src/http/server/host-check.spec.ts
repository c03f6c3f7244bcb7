import { isAllowed } from './host-check';

describe('isAllowed', () => {
  it.each([
    undefined,
    'localhost',
    'LOCALHOST',
    'localhost.',
    'localhost:3000',
    'localhost:',
    'caret.localhost:80',
    '127.0.0.1',
    '127.0.0.1:3000',
    '127.255.0.9',
    '[::1]',
    '[::1]:3000',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]:80',
    'caret.example.com',
    'Caret.Example.com.:8080',
    '10.0.0.1:3000',
    '[FD00::1]:3000',
  ])('accepts %s', (host) => {
    expect(isAllowed(host, ['caret.example.com', '10.0.0.1', 'fd00::1'])).toBe(true);
  });

  it.each([
    '',
    'attacker.example',
    'attacker.example:3000',
    'localhost.attacker.example',
    'notlocalhost',
    '127.0.0.1.attacker.example',
    '0.0.0.0',
    '0.0.0.0:3000',
    '192.168.0.1',
    '[::]',
    '[fe80::1]',
    '[::1',
    '127.1',
    '2130706433',
    'caret.example.com.attacker.example',
    'user@localhost',
    'localhost/',
    'localhost:3000:80',
    'localhost, attacker.example',
  ])('rejects %s', (host) => {
    expect(isAllowed(host, ['caret.example.com'])).toBe(false);
  });
});
