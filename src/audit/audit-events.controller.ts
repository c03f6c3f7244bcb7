import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NeedsScope } from '../auth/bearer.guard';
import { type Caller, CurrentCaller } from '../auth/caller';
import { mapPage, MAX_PAGE_SIZE, type Page, pageOf, parsePageQuery } from '../common/pagination';
import { CursorService } from '../crypto/cursor.service';
import { PAGE_PARAMETERS, QueryParameters } from '../http/request/query.guard';
import { Operation } from '../http/route/operation';
import { AuditService } from './audit.service';
import { AUDIT_EVENT_EXAMPLE } from './dto/audit-event.examples';
import { AuditEventResponse, toAuditEventResponse } from './dto/audit-event.response.dto';

@ApiTags('Audit')
@NeedsScope('admin')
@Controller('v1/audit-events')
export class AuditEventsController {
  constructor(
    private readonly audit: AuditService,
    private readonly cursors: CursorService,
  ) {}

  @Operation({
    id: 'listAuditEvents',
    summary: 'List audit events',
    description:
      'Who changed what, which keys were used, and which requests were denied. Newest first. This list always comes in pages. Events are deleted after the days in AUDIT_RETENTION_DAYS, and the oldest ones above AUDIT_MAX_MB.',
    response: [AuditEventResponse],
    example: [AUDIT_EVENT_EXAMPLE],
    etag: 'read',
  })
  @QueryParameters({
    ...PAGE_PARAMETERS,
    limit: { ...PAGE_PARAMETERS.limit, description: `Maximum number of items. Absent: ${MAX_PAGE_SIZE}.` },
  })
  @Get()
  async list(
    @CurrentCaller() { accountId }: Caller,
    @Query() query: Record<string, string>,
  ): Promise<Page<AuditEventResponse>> {
    const { limit, cursor } = parsePageQuery(query);
    const size = limit ?? MAX_PAGE_SIZE;
    const scope = ['audit-events', accountId];
    const before = cursor === null ? null : String(this.cursors.decode(scope, cursor)[0]);
    const events = await this.audit.list(accountId, before, size + 1);
    return mapPage(
      pageOf(events, size, (last) => this.cursors.encode(scope, [last.id])),
      toAuditEventResponse,
    );
  }
}
