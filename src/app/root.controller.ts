import { Controller, Get, Head, HttpCode, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/bearer.guard';

/** Redirects a browser to the API description, and responds to probes. Not part of the API. */
@ApiExcludeController()
@Public()
@Controller()
export class RootController {
  /** Claude Code sends it before its first call. */
  @Head()
  @HttpCode(204)
  respondToProbe(): void {}

  @Get()
  @Redirect('/docs', 302)
  redirectToDocs(): void {}
}
