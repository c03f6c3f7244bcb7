import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AppConfig } from '../config/config';
import { APP_CONFIG } from '../config/config.module';
import { UnitOfWork } from '../database/unit-of-work';
import { VariableWarning } from '../observability/variable-warning';
import { TokenAuthenticator } from '../tokens/token-authenticator';
import { AccountsService } from './accounts.service';
import { AdminTokenFile } from './admin-token-file';

/** Injection token of the function that shows the first token to the operator, once. */
export const ANNOUNCE_TOKEN = Symbol('ANNOUNCE_TOKEN');

/** Takes the token and the file that contains it. Null for the command line, which creates accounts by itself. */
export type AnnounceToken = ((token: string, file: string | null) => void) | null;

/** Creates one account with one `admin` token at the first start with an empty database. */
@Injectable()
export class BootstrapService {
  private readonly logger = new Logger('Bootstrap');

  constructor(
    private readonly accounts: AccountsService,
    private readonly authenticator: TokenAuthenticator,
    private readonly tokenFile: AdminTokenFile,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    @Inject(ANNOUNCE_TOKEN) private readonly announce: AnnounceToken,
  ) {}

  /** Runs under the migration lock, so that only one of several replicas creates the account. */
  async run(): Promise<void> {
    if (this.announce && (await this.accounts.isEmpty())) await this.createFirstAccount(this.announce);
    await this.authenticator.loadCustomTokens();
    if (!this.announce) return;
    await this.tokenFile.watch();
    const { bootstrapToken } = this.config;
    if (bootstrapToken && !this.authenticator.isCustomToken(bootstrapToken)) {
      const text = 'BOOTSTRAP_TOKEN has no effect, because the database already has accounts; unset it';
      this.logger.warn(new VariableWarning('BOOTSTRAP_TOKEN', text));
    }
  }

  private async createFirstAccount(announce: NonNullable<AnnounceToken>): Promise<void> {
    const { bootstrapToken } = this.config;
    const { token, file } = await this.unitOfWork.run(async () => {
      const { token } = await this.accounts.create('default', 'first start', bootstrapToken);
      // Before the commit: a start that ends here must not leave an account whose token nobody knows.
      // A retry of the transaction replaces the file.
      const file = bootstrapToken ? null : await this.tokenFile.save(token);
      return { token, file };
    });
    // The operator knows a token from BOOTSTRAP_TOKEN, so it is never printed.
    if (!bootstrapToken) announce(token, file);
    this.logger.log('Created the first account and its admin token.');
  }
}
