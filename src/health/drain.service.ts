import { Injectable } from '@nestjs/common';

/** Whether this process is on its way out, so that load balancers send no more to it. */
@Injectable()
export class DrainService {
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  begin(): void {
    this.draining = true;
  }
}
