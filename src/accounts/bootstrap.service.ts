import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { TokenAuthenticator } from '../tokens/token-authenticator';
import { AccountsService } from './accounts.service';

/** Injection token of the function that shows the first token to the operator, once. */
export const ANNOUNCE_TOKEN = Symbol('ANNOUNCE_TOKEN');

/** Null where no account is to be made: the command line makes its own. */
export type AnnounceToken = ((token: string) => void) | null;

/** The first start with an empty database makes one account with one `admin` token. */
@Injectable()
export class BootstrapService {
  private readonly logger = new Logger('Bootstrap');

  constructor(
    private readonly accounts: AccountsService,
    private readonly authenticator: TokenAuthenticator,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    @Inject(ANNOUNCE_TOKEN) private readonly announce: AnnounceToken,
  ) {}

  /** Run it under the migration lock, so that of several replicas one only bootstraps. */
  async run(): Promise<void> {
    const { bootstrapToken } = this.config;
    if (this.announce && (await this.accounts.isEmpty())) {
      const { token } = await this.accounts.create('default', 'first start', bootstrapToken);
      // A token that was given is known to who gave it, and is never printed.
      if (!bootstrapToken) this.announce(token);
      this.logger.log('Made the first account and its admin token.');
    }
    await this.authenticator.loadCustomTokens();
  }
}
