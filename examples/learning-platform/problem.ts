import type { NextFunction, Request, Response } from 'express';

/** An answer that is an error of the client's, thrown from wherever it is noticed. */
export class Problem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Answers what a route threw: a {@link Problem} and body-parser's errors as they say, anything else with 500. */
export function answerProblem(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  const status = statusOf(error);
  response.status(status).json({ error: status < 500 ? (error as Error).message : 'Something went wrong.' });
}

function statusOf(error: unknown): number {
  const { status } = error as { status?: unknown };
  return typeof status === 'number' ? status : 500;
}
