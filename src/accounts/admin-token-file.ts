import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { readSmallFile } from '../config/read-small-file';
import { createDirectory } from '../config/storage-check';
import { TokenAuthenticator } from '../tokens/token-authenticator';
import { findTokenId } from '../tokens/token-format';

const MAX_BYTES = 1024;

/**
 * `DATA_DIR/admin-token`, of mode 0600: contains the generated first token until its first use, for an operator who lost
 * the terminal. If the file cannot be written or removed, Caret only warns, because the token was also printed.
 */
@Injectable()
export class AdminTokenFile {
  private readonly logger = new Logger('Bootstrap');
  private readonly path: string;
  private savedTokenId: string | null = null;

  constructor(
    private readonly authenticator: TokenAuthenticator,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {
    this.path = join(config.dataDir, 'admin-token');
    authenticator.onUse((id) => {
      if (id === this.savedTokenId) void this.remove();
    });
  }

  /** Returns the path, or null if the file cannot be written. */
  async save(token: string): Promise<string | null> {
    try {
      createDirectory(this.config.dataDir);
      await rm(this.path, { force: true });
      await writeFile(this.path, `${token}\n`, { mode: 0o600, flag: 'wx' });
      return this.path;
    } catch (error) {
      this.warn('written', error);
      return null;
    }
  }

  /**
   * Removes the file if its token is no longer of use: used on another replica, revoked, or of a start that did not end.
   * Else waits for the first use.
   */
  async watch(): Promise<void> {
    const id = findTokenId(this.read().trim());
    if (!id) return;
    if (!(await this.authenticator.isUnused(id))) return this.remove();
    this.savedTokenId = id;
    this.logger.log(`The admin token is in ${this.path} until its first use.`);
  }

  /** Returns an empty text for anything but a small file. */
  private read(): string {
    try {
      return readSmallFile(this.path, MAX_BYTES).text;
    } catch {
      return '';
    }
  }

  private async remove(): Promise<void> {
    this.savedTokenId = null;
    await rm(this.path, { force: true }).catch((error: unknown) => this.warn('removed', error));
  }

  private warn(done: string, error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    this.logger.warn(`admin-token in DATA_DIR cannot be ${done} (${code})`);
  }
}
