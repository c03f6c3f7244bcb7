import { StartupError } from '../common/startup-error';

/** Lists every bad variable with what would be right. Never contains a value, because values may be secrets. */
export class ConfigError extends StartupError {
  constructor(readonly problems: readonly string[]) {
    super(`Invalid configuration:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}
