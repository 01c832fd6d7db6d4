import type { Socket } from 'node:net';

/** What is told when its connection closes. */
export interface ConnectionUser {
  close(): void;
}

const users = new WeakMap<Socket, Set<ConnectionUser>>();

/**
 * Closes `user` when a connection closes. One listener a connection, however many requests a client pipelines on it.
 */
export function watchConnection(socket: Socket, user: ConnectionUser): void {
  const known = users.get(socket);
  if (known !== undefined) {
    known.add(user);
    return;
  }
  const set = new Set([user]);
  users.set(socket, set);
  socket.once('close', () => {
    for (const each of set) each.close();
  });
}

/** What ended before its connection. */
export function forgetConnection(socket: Socket, user: ConnectionUser): void {
  users.get(socket)?.delete(user);
}
