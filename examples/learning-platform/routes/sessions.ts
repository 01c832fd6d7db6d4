import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { monitorApi } from 'sightline';
import type { Platform } from '../app.js';
import { one } from '../database.js';
import { textField } from '../input.js';
import { isPassword } from '../password.js';
import { Problem } from '../problem.js';
import { signedIn, tokenOf, type User } from '../signed-in.js';

/** Signing in and out. */
export function sessionRoutes({ database }: Platform): Router {
  const routes = Router();

  routes.post('/', monitorApi('sign_in'), async (request, response) => {
    const user = await one<User & { password_hash: string }>(
      database,
      'select id, name, role, plan, school, password_hash from users where email = $1',
      [textField(request, 'email')],
    );
    if (!user || !(await isPassword(textField(request, 'password'), user.password_hash))) {
      throw new Problem(401, 'No user has this email and password.');
    }
    const token = randomUUID();
    await database.query('insert into sessions (token, user_id) values ($1, $2)', [token, user.id]);
    const { id, name, role, plan, school } = user;
    response.status(201).json({ token, user: { id, name, role, plan, school } });
  });

  routes.delete('/', signedIn(database), async (request, response) => {
    await database.query('delete from sessions where token = $1', [tokenOf(request)]);
    response.status(204).end();
  });

  return routes;
}
