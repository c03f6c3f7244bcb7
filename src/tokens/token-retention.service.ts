import { Injectable, type OnModuleInit } from '@nestjs/common';
import { timestampIn } from '../common/timestamp';
import { RetentionService } from '../database/retention.service';
import { TokensRepository } from './tokens.repository';

/** How long an expired token stays visible, so that its owner can find out why a client gets 401. */
const RETENTION_MS = 7 * 24 * 3600 * 1000;

/** Deletes tokens that expired more than seven days ago. */
@Injectable()
export class TokenRetentionService implements OnModuleInit {
  constructor(
    private readonly tokens: TokensRepository,
    private readonly retention: RetentionService,
  ) {}

  onModuleInit(): void {
    this.retention.add({
      rows: 'expired tokens',
      deleteOld: (inBatches) => {
        const time = timestampIn(-RETENTION_MS);
        return inBatches((limit) => this.tokens.deleteExpiredBefore(time, limit));
      },
    });
  }
}
