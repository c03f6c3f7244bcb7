import { Controller, Get, Req } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../auth/bearer.guard';
import { VERSION } from '../common/version';
import { Operation } from '../http/route/operation';
import type { StatusOverride } from '../http/server/fastify-adapter';
import { LivenessResponse, ReadinessResponse } from './dto/health.response.dto';
import { ReadinessService } from './readiness.service';

const READY: ReadinessResponse = {
  status: 'ready',
  checks: { database: 'ok', encryption_key: 'ok', accepting: 'ok' },
  routing_stale_since: null,
  usage: 'ok',
};

const NOT_READY: ReadinessResponse = {
  status: 'not_ready',
  checks: { database: 'failed', encryption_key: 'unknown', accepting: 'ok' },
  routing_stale_since: '2026-01-01T00:00:00.000Z',
  usage: 'ok',
};

@ApiTags('Operations')
@Public()
@Controller()
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  @Operation({
    id: 'getLiveness',
    summary: 'Check that the process is alive',
    description: 'Does not check the database. Use it for liveness probes.',
    response: LivenessResponse,
    example: { status: 'ok', version: '0.1.0' },
    security: [],
  })
  @Get('healthz')
  live(): LivenessResponse {
    return { status: 'ok', version: VERSION };
  }

  @Operation({
    id: 'getReadiness',
    summary: 'Check that requests can be served',
    description:
      'Reads a table and opens the key canary, at most once per second. Use it for readiness probes.',
    response: ReadinessResponse,
    example: READY,
    failures: ['HostNotAllowed'],
    security: [],
  })
  @ApiResponse({
    status: 503,
    type: ReadinessResponse,
    description: 'Not ready: at least one check failed.',
    example: NOT_READY,
  })
  @Get('readyz')
  async ready(@Req() request: FastifyRequest & StatusOverride): Promise<ReadinessResponse> {
    const { ready, checks, routingStaleSince, usage } = await this.readiness.check();
    if (!ready) request.statusOverride = 503;
    return { status: ready ? 'ready' : 'not_ready', checks, routing_stale_since: routingStaleSince, usage };
  }
}
