import { namedEnum } from '../../http/schemas';
import { KEY_CHECKS, type KeyCheckResult } from '../key-check';

export const KEY_CHECK = namedEnum<KeyCheckResult>(
  'KeyCheck',
  KEY_CHECKS,
  '`accepted`: the upstream accepts the key. `not_checked`: it lists its models without a key too; `detail` says more.',
);

export const KEY_DETAIL = {
  type: 'string',
  required: false,
  description: 'Why the key was not checked, and what to do. For people.',
} as const;
