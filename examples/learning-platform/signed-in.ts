import type { Request, RequestHandler, Response } from 'express';
import { one, type Database } from './database.js';
import { Problem } from './problem.js';

/** Who is signed in. */
export interface User {
  readonly id: number;
  readonly name: string;
  readonly role: 'learner' | 'teacher';
  readonly plan: 'free' | 'paid';
  readonly school: string;
}

/** Lets only those through who are signed in. */
export function signedIn(database: Database): RequestHandler {
  return async (request, response, next) => {
    const user = await whoSent(database, request);
    if (!user) throw new Problem(401, 'Sign in first: POST /sessions.');
    response.locals['user'] = user;
    next();
  };
}

/** Who is signed in by the token that a request shows. */
async function whoSent(database: Database, request: Request): Promise<User | undefined> {
  const token = tokenOf(request);
  if (token === undefined) return undefined;
  return one<User>(
    database,
    'select u.id, u.name, u.role, u.plan, u.school from sessions s join users u on u.id = s.user_id where s.token = $1',
    [token],
  );
}

/** Lets teachers see and change alerts, under their names: for `serveAlerts`. */
export function teacherName(database: Database): (request: Request) => Promise<string | undefined> {
  return async request => {
    const user = await whoSent(database, request);
    return user?.role === 'teacher' ? user.name : undefined;
  };
}

/** The secret that a request shows: `Authorization: Bearer …`. */
export function tokenOf(request: Request): string | undefined {
  return /^Bearer (\S+)$/.exec(request.get('authorization') ?? '')?.[1];
}

/** Who sent a request that {@link signedIn} let through. */
export function userOf(response: Response): User {
  return response.locals['user'] as User;
}

/** The plan of who sent a request: a label of its metrics. */
export function planOf(_request: Request, response: Response): string {
  return (response.locals['user'] as User | undefined)?.plan ?? 'none';
}
