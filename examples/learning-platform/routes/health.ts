import type { Request, Response } from 'express';

/** For a load balancer, every second: left out of the metrics by `skip`. */
export function health(_request: Request, response: Response): void {
  response.json({ status: 'ok' });
}
