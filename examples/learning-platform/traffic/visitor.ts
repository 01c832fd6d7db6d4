import { setTimeout as delay } from 'node:timers/promises';
import { PASSWORD } from '../seed.js';
import type { User } from '../signed-in.js';
import type { Answer, Call, Client } from './client.js';
import type { Ledger } from './ledger.js';
import type { Random } from '../../random.js';

interface Session {
  readonly token: string;
  readonly user: User;
}

/** Someone who uses the platform: with an account, at a human's pace (speeded up). */
export class Visitor {
  readonly random: Random;
  readonly client: Client;
  readonly ledger: Ledger;
  readonly #account: string;
  readonly #signal: AbortSignal;
  #session: Session | undefined;

  constructor(parts: { account: string; random: Random; client: Client; ledger: Ledger; signal: AbortSignal }) {
    this.#account = parts.account;
    this.random = parts.random;
    this.client = parts.client;
    this.ledger = parts.ledger;
    this.#signal = parts.signal;
  }

  /** Lets some time pass. Rejects when the traffic is to stop. */
  async pause(least = 20, most = 200): Promise<void> {
    await delay(this.random.between(least, most), undefined, { signal: this.#signal });
  }

  get(path: string, endpoint: string, token?: string): Promise<Answer> {
    return this.send({ method: 'GET', path, endpoint, token });
  }

  async send(call: Call): Promise<Answer> {
    this.#signal.throwIfAborted();
    return this.client.call(call);
  }

  /** Signs in where that has not happened yet. */
  async signIn(): Promise<Session> {
    return (this.#session ??= await this.#signInNow());
  }

  async signOut(): Promise<void> {
    if (!this.#session) return;
    const { token } = this.#session;
    this.#session = undefined;
    await this.send({ method: 'DELETE', path: '/sessions', endpoint: '/sessions', token });
  }

  async #signInNow(): Promise<Session> {
    const body = { email: `${this.#account}@example.com`, password: PASSWORD };
    const answer = await this.send({ method: 'POST', path: '/sessions', endpoint: 'sign_in', body });
    return answer.body as Session;
  }
}
