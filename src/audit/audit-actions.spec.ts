import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT_ACTIONS } from './audit-actions';

describe('docs/operations.md', () => {
  it('lists every action of an audit event with its meaning, and no other', () => {
    const text = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
    const section = text.split('## Read the audit log\n')[1]!.split('\n## ')[0]!;
    const rows = [...section.matchAll(/^\| `([a-z]+\.[a-z]+)` +\| (.+?) +\|$/gm)];
    expect(Object.fromEntries(rows.map(([, action, meaning]) => [action, meaning]))).toEqual(AUDIT_ACTIONS);
  });
});
