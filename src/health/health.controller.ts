import { Controller, Get, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../auth/bearer.guard';
import { VERSION } from '../common/version';
import type { StatusOverride } from '../http/server/fastify-adapter';
import { LivenessResponse, ReadinessResponse } from './dto/health.response.dto';
import { ReadinessService } from './readiness.service';

const READY: ReadinessResponse = {
  status: 'ready',
  checks: { database: 'ok', encryption_key: 'ok', accepting: 'ok' },
  routing_stale_since: null,
};

@ApiTags('Operations')
@Public()
@Controller()
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Is the process alive',
    description: 'Says nothing of the database.',
  })
  @ApiOkResponse({
    type: LivenessResponse,
    description: 'It is.',
    example: { status: 'ok', version: '0.1.0' },
  })
  @Get('healthz')
  live(): LivenessResponse {
    return { status: 'ok', version: VERSION };
  }

  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Can requests be served',
    description: 'Reads a real table and opens the key canary.',
  })
  @ApiOkResponse({ type: ReadinessResponse, description: 'Yes.', example: READY })
  @ApiResponse({ status: 503, type: ReadinessResponse, description: 'Not now.' })
  @Get('readyz')
  async ready(@Req() request: FastifyRequest & StatusOverride): Promise<ReadinessResponse> {
    const { ready, checks, routingStaleSince } = await this.readiness.check();
    if (!ready) request.statusOverride = 503;
    return { status: ready ? 'ready' : 'not_ready', checks, routing_stale_since: routingStaleSince };
  }
}
