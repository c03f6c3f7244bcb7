import { parseEgressAllow } from './egress-allow';

describe('parseEgressAllow', () => {
  it.each([
    ['127.0.0.1:8000', { kind: 'address', address: '127.0.0.1', port: 8000 }],
    ['[FD00:0:0::1]:8000', { kind: 'address', address: 'fd00::1', port: 8000 }],
    ['10.0.0.0/8:443', { kind: 'network', address: '10.0.0.0', prefix: 8, port: 443 }],
    ['[fd00::/8]:443', { kind: 'network', address: 'fd00::', prefix: 8, port: 443 }],
    ['VLLM.internal:8000', { kind: 'name', name: 'vllm.internal', port: 8000 }],
    ['vllm:8000', { kind: 'name', name: 'vllm', port: 8000 }],
    ['*.svc.cluster.local:80', { kind: 'suffix', suffix: '.svc.cluster.local', port: 80 }],
  ])('parses %s', (entry, expected) => {
    expect(parseEgressAllow(entry)).toEqual([expected]);
  });

  it('parses several entries with white space around them', () => {
    expect(parseEgressAllow('a:1, 10.0.0.1:2')).toEqual([
      { kind: 'name', name: 'a', port: 1 },
      { kind: 'address', address: '10.0.0.1', port: 2 },
    ]);
  });

  it.each([
    '',
    'a',
    'a:',
    ':80',
    'a:0',
    'a:65536',
    'a:80x',
    'a:+80',
    '*:80',
    '*.:80',
    'a.*.b:80',
    'http://a:80',
    'fd00::1:80',
    '[fd00::1]',
    '[fe80::1%eth0]:80',
    '[127.0.0.1]:80',
    '127.1:80',
    '0x7f.1:80',
    '0177.0.0.1:80',
    '2130706433:80',
    '10.0.0.0/33:80',
    '10/8:80',
    '-a:80',
    'a..b:80',
    'a b:80',
    `${'a'.repeat(64)}:80`,
  ])('rejects %j and names its position', (entry) => {
    expect(() => parseEgressAllow(`ok:1,${entry}`)).toThrow(/^entry 2 /);
  });

  it('never shows the entry', () => {
    expect(() => parseEgressAllow('user:hunter2@host:80')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
